"""What happens to an arm, and what it sets in motion: the inputs and outputs of the core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from autonome.agents.actions import Action
from autonome.domain.choices import CloseTrigger
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO
from autonome.domain.position import Execution
from autonome.ledger.rows import Intent, ToolCall

__all__ = ["Filled", "FundingSettled", "Names", "PlaceOrder", "WokeUp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Where new identifiers come from."""

    new_id: Callable[[], str]
    next_order_index: Callable[[], int]
    """The next client order index, unique in the arena."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WokeUp:
    """An agent was asked, and answered."""

    at: datetime
    actions: tuple[Action, ...]
    closes: dict[str, Decimal]
    """The last closing price of each symbol."""
    instruments: dict[str, Instrument]
    """What can be traded in this arena, by symbol."""
    under_way: frozenset[str] = frozenset()
    """Symbols of which an order has not arrived at the venue yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """Command: send a market order to the venue."""

    intent: Intent
    tool_call: ToolCall
    opening: Decimal
    """Base units that may open a position; what is beyond them may only close one."""
    exit_plan: ExitPlan
    leverage: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The venue executed an intent, all of it."""

    at: datetime
    venue_fill_id: str
    intent: Intent
    execution: Execution
    opening: Decimal = ZERO
    """Base units that may open a position."""
    trigger: CloseTrigger | None = None
    """What closed the position; ``None`` is the model's own decision."""
    tool_call: ToolCall | None = None
    exit_plan: ExitPlan | None = None
    """Of the position that the fill opens or adds to."""
    leverage: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSettled:
    """Funding of one symbol was settled."""

    at: datetime
    symbol: str
    mark_price: Decimal
    rate: Decimal
    """Fraction for the whole interval; positive: longs pay."""
