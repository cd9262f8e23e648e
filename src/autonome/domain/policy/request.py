"""What the policy is asked, what it knows of the account, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from decimal import Decimal

from autonome.domain.choices import OrderSide
from autonome.domain.instrument import Instrument
from autonome.domain.refusals import Denied
from autonome.domain.value import value

__all__ = ["Change", "Exposure", "Request", "Standing", "Verdict"]


@value
class Request:
    """An order that would add exposure, on the grid of its instrument."""

    symbol: str
    side: OrderSide
    opening: Decimal
    """Base units that would open, once an opposite position is closed; whole lots, >= 0."""
    leverage: Decimal
    stop: Decimal | None
    """Price (quote) on the tick."""
    target: Decimal | None
    """Price (quote) on the tick."""
    cooldown_minutes: int | None
    """Asked for after the close of this position; ``None`` is the policy's default."""
    instrument: Instrument
    mark_price: Decimal
    """Quote."""
    entry_price: Decimal
    """Quote on the tick; the fill to expect, half-spread and slippage included."""
    taker_fee_bps: Decimal
    """Of the notional at ``entry_price``."""


@value
class Exposure:
    """An open position, as far as the policy looks at it."""

    size: Decimal
    """Base units; long > 0, short < 0, never flat."""
    mark_price: Decimal
    """Quote."""
    leverage: Decimal | None
    """``None`` counts as 1: an adopted order may have none."""
    stop: Decimal | None
    """Price (quote)."""


@value
class Standing:
    """The account at the instant of the decision."""

    at: datetime
    """UTC."""
    nav: Decimal
    """Quote."""
    peak_nav: Decimal
    """Quote; the highest NAV so far, deposits and withdrawals counted out."""
    day_opening_nav: Decimal
    """Quote; NAV when the UTC day began, deposits and withdrawals counted out."""
    exposures: Mapping[str, Exposure]
    """By symbol; nothing flat is kept."""
    cooldowns: Mapping[str, datetime]
    """By symbol: the instant (UTC) from which it may be entered again."""
    acted: AbstractSet[str]
    """Symbols on which this invocation has acted already."""
    halted_reason: str | None
    mark_age_ms: int
    """Milliseconds since the oldest mark in use was taken."""


@value
class Change:
    """What one rule made of the quantity that would open."""

    rule: str
    limit: str
    """In words."""
    before: Decimal
    """Base units."""
    after: Decimal
    """Base units, less than ``before``."""


@value
class Verdict:
    """What the policy made of a request: allowed, shrunk or denied."""

    opening: Decimal
    """Base units that may open; zero when denied."""
    changes: tuple[Change, ...]
    """Each shrink, in the order of the rules; kept where a later rule denied."""
    cost: Decimal
    """Quote per base unit traded: fee and slippage, as the rules counted them."""
    denied: Denied | None
