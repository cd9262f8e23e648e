"""The fixed choices of trading: sides, states, purposes, kinds. Values are what is stored."""

from __future__ import annotations

from enum import Enum

__all__ = [
    "ArmKind",
    "CloseTrigger",
    "IntentPurpose",
    "IntentState",
    "Liquidity",
    "OrderSide",
    "OrderStatus",
    "OrderType",
    "PaymentKind",
    "PolicyName",
    "Side",
    "ToolCallType",
]


class Side(Enum):
    """The direction of an intent or a fill."""

    BUY = "BUY"
    SELL = "SELL"

    def __init__(self, stored: str) -> None:
        self.sign = 1 if stored == "BUY" else -1
        """+1 for BUY, -1 for SELL."""

    @property
    def opposite(self) -> Side:
        """Return the other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderSide(Enum):
    """The direction of a position, as its row stores it."""

    LONG = "LONG"
    SHORT = "SHORT"

    def __init__(self, stored: str) -> None:
        self.sign = 1 if stored == "LONG" else -1
        """+1 for LONG, -1 for SHORT."""
        self.entry_side = Side.BUY if stored == "LONG" else Side.SELL
        """The side of a fill that adds to such a position."""
        self.exit_side = self.entry_side.opposite
        """The side of a fill that reduces such a position."""

    @property
    def opposite(self) -> OrderSide:
        """Return the other side."""
        return OrderSide.SHORT if self is OrderSide.LONG else OrderSide.LONG


class OrderStatus(Enum):
    """OPEN is a position, CLOSED a completed trade."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class ToolCallType(Enum):
    """What a model asked for."""

    CREATE_POSITION = "CREATE_POSITION"
    CLOSE_POSITION = "CLOSE_POSITION"
    HOLDING = "HOLDING"


class CloseTrigger(Enum):
    """Why a position ended, where it was not the model's own decision (stored as null)."""

    STOP = "STOP"
    TARGET = "TARGET"
    INVALIDATION = "INVALIDATION"
    TIME = "TIME"
    LIQUIDATION = "LIQUIDATION"
    HALT = "HALT"
    RECONCILE = "RECONCILE"
    MANUAL = "MANUAL"


class ArmKind(Enum):
    """How a model is run."""

    LLM = "LLM"
    RULE = "RULE"
    CONTROL = "CONTROL"
    EXTERNAL = "EXTERNAL"


class PolicyName(Enum):
    """Which rules guard an arm."""

    STANDARD = "standard"
    CONTROL = "control"
    AS_WRITTEN = "as-written"


class OrderType(Enum):
    """How an intent trades at the venue."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    STOP_MARKET = "STOP_MARKET"
    TARGET_MARKET = "TARGET_MARKET"


class IntentPurpose(Enum):
    """Why an intent exists."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    STOP = "STOP"
    TARGET = "TARGET"
    INVALIDATION = "INVALIDATION"
    TIME = "TIME"
    LIQUIDATION = "LIQUIDATION"
    HALT = "HALT"
    RECONCILE = "RECONCILE"


class IntentState(Enum):
    """How far an intent has come at the venue."""

    NEW = "NEW"
    SENT = "SENT"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    FILLED = "FILLED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class Liquidity(Enum):
    """Who waited: MAKER or TAKER; ADOPTED stands for a fill rebuilt from an adopted order."""

    MAKER = "MAKER"
    TAKER = "TAKER"
    ADOPTED = "ADOPTED"


class PaymentKind(Enum):
    """A movement of money that is no fill."""

    FUNDING = "FUNDING"
    LIQUIDATION_FEE = "LIQUIDATION_FEE"
    SHORTFALL = "SHORTFALL"
    INFERENCE = "INFERENCE"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"
    ADOPTED = "ADOPTED"
