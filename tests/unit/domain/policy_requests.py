"""Requests and accounts for the tests of the policy: plain ones, to be changed where it matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from autonome.domain.choices import OrderSide, PolicyName
from autonome.domain.instrument import Instrument
from autonome.domain.policy import Exposure, Policy, Request, Standing, policy_for
from autonome.domain.value import changed
from autonome.domain.variants import VARIANTS

AT = datetime(2025, 5, 7, 13, 45, tzinfo=UTC)

BOLD = next(variant.id for variant in VARIANTS if variant.is_aggressive)
CALM = next(variant.id for variant in VARIANTS if not variant.is_aggressive)

STANDARD = policy_for(PolicyName.STANDARD, CALM)
BOLD_STANDARD = policy_for(PolicyName.STANDARD, BOLD)
CONTROL = policy_for(PolicyName.CONTROL, None)
AS_WRITTEN = policy_for(PolicyName.AS_WRITTEN, None)
POLICIES: Mapping[str, Policy] = {
    "standard": STANDARD,
    "bold": BOLD_STANDARD,
    "control": CONTROL,
    "as-written": AS_WRITTEN,
}

BTC = Instrument(
    symbol="BTC",
    tick=Decimal("0.1"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.002"),
    min_notional=Decimal(150),
    max_leverage=Decimal(20),
    maintenance_rate=Decimal("0.005"),
    liquidation_fee_rate=Decimal("0.01"),
)

LONG = Request(
    symbol="BTC",
    side=OrderSide.LONG,
    opening=Decimal("0.05"),
    leverage=Decimal(5),
    stop=Decimal(49_000),
    target=None,
    cooldown_minutes=None,
    instrument=BTC,
    mark_price=Decimal(50_000),
    entry_price=Decimal(50_000),
    taker_fee_bps=Decimal(0),
)
"""0.05 BTC at 50,000 that loses 50 at its stop; free of costs, so that numbers stay round."""
SHORT = changed(LONG, side=OrderSide.SHORT, stop=Decimal(51_000))

CALM_ACCOUNT = Standing(
    at=AT,
    nav=Decimal(10_000),
    peak_nav=Decimal(10_000),
    day_opening_nav=Decimal(10_000),
    exposures={},
    cooldowns={},
    acted=frozenset(),
    halted_reason=None,
    mark_age_ms=0,
)


def exposure(
    size: str, mark: str = "50000", *, leverage: str | None = "5", stop: str | None = None
) -> Exposure:
    """Return an open position, its numbers as text."""
    return Exposure(
        size=Decimal(size),
        mark_price=Decimal(mark),
        leverage=None if leverage is None else Decimal(leverage),
        stop=None if stop is None else Decimal(stop),
    )


def holding(exposures: Mapping[str, Exposure], *, nav: str = "10000") -> Standing:
    """Return an account of 10,000 with positions."""
    return changed(CALM_ACCOUNT, exposures=exposures, nav=Decimal(nav))
