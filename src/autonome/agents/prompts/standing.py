"""What a prompt tells of an arm's own account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from autonome.agents.port import PositionView, TradeResult
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.refusals import Denied
from autonome.domain.value import field, value

__all__ = ["ArmStanding", "HeldPosition"]


@value
class HeldPosition:
    """An open position, and how it is meant to end."""

    view: PositionView
    plan: ExitPlan = field(default_factory=ExitPlan)
    """Stop and target are those of the view, trailing included."""


@value
class ArmStanding:
    """An arm's account at the instant at which it is asked."""

    nav: Decimal
    """Quote."""
    cash: Decimal
    """Quote: NAV less unrealized P&L."""
    free_collateral: Decimal
    """Quote: NAV less initial margins; may be negative."""
    starting_capital: Decimal
    """Quote, > 0."""
    peak_nav: Decimal
    """Quote; the highest NAV so far."""
    day_opening_nav: Decimal
    """Quote; NAV when the UTC day began."""
    positions: Sequence[HeldPosition] = ()
    trades: Sequence[TradeResult] = ()
    """Every completed trade, oldest first."""
    under_way: Sequence[str] = ()
    """Symbols of which an order is on its way or still working."""
    cooldowns: Mapping[str, datetime] = field(default_factory=dict)
    """By symbol: the instant (UTC) before which it is not entered again."""
    round_trip_bps: Decimal | None = None
    """What opening and closing cost together, fees, half-spreads and slippage, of the notional."""
    tokens_left: int | None = None
    """Of the day's budget; ``None``: there is none."""
    money_left: Decimal | None = None
    """USD, likewise."""
    denied: Sequence[Denied] = ()
    """What the policy refused when the arm was last asked."""
    halted_reason: str | None = None
    """Why it may take no new risk; ``None``: it may."""
