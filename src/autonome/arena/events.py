"""What happens to an arm, and what it sets in motion: the inputs and outputs of the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from autonome.agents.actions import Action, UpdateExitPlan
from autonome.agents.port import TradeResult
from autonome.arena.account import Account
from autonome.domain.choices import CloseTrigger, IntentPurpose, IntentState, OrderType
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO
from autonome.domain.policy import Request, Standing
from autonome.domain.position import Execution
from autonome.domain.refusals import Denied
from autonome.domain.value import field, value
from autonome.ledger.journal.port import Booking, Counts
from autonome.ledger.rows import Intent, Invocation, ToolCall

__all__ = [
    "Ended",
    "Event",
    "ExitDue",
    "Filled",
    "FundingSettled",
    "Halted",
    "Judged",
    "Leg",
    "Liquidated",
    "Names",
    "PlaceOrder",
    "PlanEdited",
    "Quote",
    "Reset",
    "Resumed",
    "Said",
    "Step",
    "StopMoved",
    "WokeUp",
]


@value
class Names:
    """Where new identifiers come from."""

    new_id: Callable[[], str]
    next_order_index: Callable[[], int]
    """The next client order index, unique in the arena."""


@value
class Quote:
    """What a symbol costs, as far as closed bars tell."""

    instrument: Instrument
    mark_price: Decimal
    """Last closing price (quote)."""
    buy_price: Decimal
    """What a market order to buy would pay at the mark: spread and slippage included."""
    sell_price: Decimal
    taker_fee_bps: Decimal
    age_ms: int = 0
    """How old the mark is."""


@value
class Judged:
    """What the policy was asked about one entry, and what it knew of the account."""

    tool_call_id: str
    request: Request
    standing: Standing


@value
class Said:
    """What a model's turn leaves on record beside its actions."""

    invocation: Invocation
    """Begun when the model was asked; with its response and all that was exchanged."""
    denials: Mapping[int, Denied]
    """By place among the actions: what was refused while the model was still thinking."""
    refused_by: str | None = None
    """Title of the policy that judged while the model was thinking; limits may have changed since.
    ``None`` is the policy in force."""
    told: Mapping[int, Decimal] = field(default_factory=dict)
    """By place among the actions: what may open (base), as the model was told. Never more does,
    even if the policy would allow it by now."""
    judged: Mapping[int, Judged] = field(default_factory=dict)
    """By place among the actions: how an entry was judged while the model was thinking."""
    unusable: tuple[ToolCall, ...] = ()
    """Calls that could not be executed."""
    cost: Decimal = ZERO
    """Quote paid for the turn, >= 0."""
    counts: Counts
    sent: datetime | None = None
    """When its orders are sent, where that is later than the decision: the answer came after the
    bar had opened that goes on."""


@value
class WokeUp:
    """An agent was asked, and answered."""

    at: datetime
    actions: tuple[Action, ...]
    symbols: tuple[str, ...]
    """What is traded in this arena."""
    quotes: Mapping[str, Quote]
    """Of every symbol of the arena that the answer names."""
    marks: Mapping[str, Decimal] = field(default_factory=dict)
    """Last closing prices (quote) of what is held or under way and not named."""
    peak_nav: Decimal
    """The highest NAV so far (quote)."""
    day_opening_nav: Decimal
    """NAV when the UTC day began (quote)."""
    under_way: Mapping[str, Decimal]
    """By symbol, for orders that have not traded yet or still work: base units that they may
    still open, signed."""
    said: Said | None = None
    """Of a model; rules and controls say nothing beside their actions."""

    def mark_price(self, symbol: str) -> Decimal:
        """Return the last closing price (quote) of a symbol."""
        quote = self.quotes.get(symbol)
        return self.marks[symbol] if quote is None else quote.mark_price


@value
class PlaceOrder:
    """Command: send a market order to the venue."""

    intent: Intent
    tool_call: ToolCall | None = None
    closing: Decimal = ZERO
    """Base units that close an opposite position; they trade first."""
    opening: Decimal = ZERO
    """Base units that may open a position or add to it."""
    exit_plan: ExitPlan | None = None
    """Of the position that is opened."""
    leverage: Decimal | None = None
    cooldown_minutes: int = 0
    """After the close of the position that is opened; 0 is none."""
    trigger: CloseTrigger | None = None
    """What closes the position; ``None`` is the model's own decision."""


@value
class Filled:
    """The venue executed an order, or a part of it, at one moment."""

    at: datetime
    order: PlaceOrder
    executions: tuple[Execution, ...]
    """At least one: of a book, one for each level that it walked, in that order."""
    venue_fill_ids: tuple[str, ...]
    """Of each execution."""
    state: IntentState = IntentState.FILLED
    """ACKNOWLEDGED while the rest works on, CANCELLED when the rest never trades."""
    reason: str | None = None
    """Why the rest does not trade."""


@value
class Ended:
    """An order ended without any fill."""

    at: datetime
    order: PlaceOrder
    state: IntentState
    """CANCELLED or REJECTED."""
    reason: str


@value
class ExitDue:
    """An exit plan asks for an order: a trigger was touched, or a condition came true."""

    at: datetime
    symbol: str
    trigger: CloseTrigger
    purpose: IntentPurpose
    order_type: OrderType
    trigger_price: Decimal | None = None
    reason: str | None = None


@value
class StopMoved:
    """A stop that trails was tightened."""

    at: datetime
    symbol: str
    stop: Decimal


@value
class FundingSettled:
    """Funding of one symbol was settled."""

    at: datetime
    symbol: str
    mark_price: Decimal
    rate: Decimal
    """Fraction for the whole interval; positive: longs pay."""
    due_at: datetime | None = None
    """When it was due, where a live market told of it late: who held nothing then owes nothing."""


@value
class Leg:
    """One position of a liquidation."""

    symbol: str
    execution: Execution
    fee_rate: Decimal
    """Most that it costs, as a fraction of the notional."""


@value
class Halted:
    """The arm takes no new risk from now on."""

    at: datetime
    reason: str
    was_asked: bool = False
    """Whether an operator asked for it."""


@value
class Resumed:
    """An operator takes a halt back."""

    at: datetime


@value
class Reset:
    """An operator brings an arm that holds nothing back to its starting capital."""

    at: datetime
    payment_id: str
    """Of the deposit or withdrawal: done again, it is there already."""


@value
class PlanEdited:
    """An operator changes the exit plan of what is held of a symbol."""

    at: datetime
    update: UpdateExitPlan
    quote: Quote


@value
class Liquidated:
    """The venue took over every position: NAV had fallen to the maintenance margin."""

    at: datetime
    legs: tuple[Leg, ...]


Event = (
    WokeUp
    | Filled
    | Ended
    | ExitDue
    | StopMoved
    | PlanEdited
    | FundingSettled
    | Liquidated
    | Halted
    | Resumed
    | Reset
)


@value
class Step:
    """What one event makes of an arm."""

    account: Account
    booking: Booking | None
    """``None`` when nothing is to be written."""
    orders: tuple[PlaceOrder, ...] = ()
    """Commands: what to send to the venue, once the booking is written."""
    accepted: tuple[Action, ...] = ()
    """Of an answer: the actions as the policy let them through, quantities in lots, triggers on
    the tick."""
    denials: tuple[Denied, ...] = ()
    """Of an answer: what the policy refused."""
    judged: tuple[Judged, ...] = ()
    """Of an answer: what the policy was asked, for each entry that it judged."""
    results: tuple[TradeResult, ...] = ()
    """Trades, or parts of them, that ended."""
