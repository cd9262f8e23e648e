"""Rules on margin: what an account must keep once an order has added exposure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.domain.margin import initial_margin, most_opening
from autonome.domain.money import ZERO, round_cents
from autonome.domain.policy.case import Case
from autonome.domain.policy.limits import in_percent
from autonome.domain.policy.rule import rule
from autonome.domain.refusals import Denied

__all__ = ["margin", "min_free_collateral"]

_ONE: Final = Decimal(1)


@rule("margin", "NAV after fees and slippage covers the initial margins")
def margin(case: Case) -> Denied | None:
    """Deny what the account cannot carry."""
    return _uncovered(case, ZERO, rule="margin")


@rule("min-free-collateral", "{min_free_collateral} of NAV free of initial margin after the order")
def min_free_collateral(case: Case) -> Denied | None:
    """Deny what would leave too little free."""
    return _uncovered(case, case.limits.min_free_collateral, rule="min-free-collateral")


def _uncovered(case: Case, free: Decimal, *, rule: str) -> Denied | None:
    """Deny unless ``(1 - free) x NAV`` covers the initial margins, NAV after the costs."""
    leverage, usable = _leverage_after(case), _ONE - free
    most = most_opening(
        nav=usable * case.nav,
        other_margins=_other_margins(case),
        held=case.held,
        mark_price=case.request.mark_price,
        cost=usable * case.cost,
        leverage=leverage,
        lot=case.request.instrument.lot,
    )
    if case.opening <= most:
        return None
    reason = (
        f"expected initial margins of at most {in_percent(usable)} of NAV"
        f" ({round_cents(case.nav)}), which leaves room for {most} of {case.request.symbol} at"
        f" leverage {leverage}, found {case.opening}"
    )
    return Denied(rule=rule, reason=reason)


def _leverage_after(case: Case) -> Decimal:
    """Return the lower of the two leverages: that is what an addition leaves."""
    asked = case.request.leverage
    return asked if case.present is None else min(asked, case.present.leverage or _ONE)


def _other_margins(case: Case) -> Decimal:
    """Return the initial margins (quote) of the positions in other symbols."""
    margins = ZERO
    for symbol, exposure in case.standing.exposures.items():
        if symbol != case.request.symbol:
            margins += initial_margin(
                size=exposure.size,
                mark_price=exposure.mark_price,
                leverage=exposure.leverage or _ONE,
            )
    return margins
