"""Rules on how much may open: limits that shrink, then the venue's minimums.

Every limit is linear in the quantity that opens: each base unit takes ``per_unit`` quote out of
a ``room``. NAV is what is left after fees and slippage, so that the limit holds once the order has
filled.
"""

from __future__ import annotations

from decimal import Decimal

from autonome.domain.money import ZERO, round_cents
from autonome.domain.policy.case import Case
from autonome.domain.policy.limits import in_percent
from autonome.domain.policy.request import Change
from autonome.domain.policy.rule import rule
from autonome.domain.refusals import Denied

__all__ = [
    "fitting",
    "lot",
    "max_gross_leverage",
    "max_position",
    "min_notional",
    "min_quantity",
    "risk_per_trade",
]


def fitting(*, room: Decimal, per_unit: Decimal, lot: Decimal) -> Decimal:
    """Return the most whole lots (base) that take at most ``room``, each unit ``per_unit``."""
    return room // (per_unit * lot) * lot if room > ZERO else ZERO


@rule("lot", "a whole number of the venue's lots", shrinks=True)
def lot(case: Case) -> Change | None:
    """Round down to whole lots."""
    step = case.request.instrument.lot
    rest = case.opening % step
    if not rest:
        return None
    return Change(
        rule="lot", limit=f"lots of {step}", before=case.opening, after=case.opening - rest
    )


@rule(
    "risk-per-trade",
    "the whole position loses at most {risk_per_trade} of NAV at its stop",
    shrinks=True,
)
def risk_per_trade(case: Case) -> Change | Denied | None:
    """Shrink until the loss at the stop is small enough.

    What is held loses from the mark, what opens from the expected fill; the fee and the slippage
    of the exit come on top.
    """
    request, limit = case.request, case.limits.risk_per_trade
    stop = request.stop
    if stop is None:
        return None
    held_loss = case.held * (request.mark_price - stop) * case.sign
    room = limit * case.nav - held_loss
    per_unit = (request.entry_price - stop) * case.sign + limit * case.cost
    if case.opening * per_unit <= room:
        return None
    words = f"loss at the stop of at most {in_percent(limit)} of NAV"
    return _shrunk(case, room, per_unit, rule="risk-per-trade", limit=words)


@rule("max-position", "notional of a position at most {max_position} x NAV", shrinks=True)
def max_position(case: Case) -> Change | Denied | None:
    """Shrink until the position is small enough."""
    mark_price, limit = case.request.mark_price, case.limits.max_position
    room = limit * case.nav - case.held * mark_price
    per_unit = mark_price + limit * case.cost
    if case.opening * per_unit <= room:
        return None
    words = f"notional of a position of at most {limit} x NAV"
    return _shrunk(case, room, per_unit, rule="max-position", limit=words)


@rule("max-gross-leverage", "sum of notionals at most {max_gross_leverage} x NAV", shrinks=True)
def max_gross_leverage(case: Case) -> Change | Denied | None:
    """Shrink until all positions together are small enough."""
    mark_price, limit = case.request.mark_price, case.limits.max_gross_leverage
    room = limit * case.nav - case.held * mark_price - _other_notional(case)
    per_unit = mark_price + limit * case.cost
    if case.opening * per_unit <= room:
        return None
    words = f"sum of notionals of at most {limit} x NAV"
    return _shrunk(case, room, per_unit, rule="max-gross-leverage", limit=words)


def _other_notional(case: Case) -> Decimal:
    """Return the notional (quote) of the positions in other symbols."""
    notional = ZERO
    for symbol, exposure in case.standing.exposures.items():
        if symbol != case.request.symbol:
            notional += abs(exposure.size) * exposure.mark_price
    return notional


def _shrunk(
    case: Case, room: Decimal, per_unit: Decimal, *, rule: str, limit: str
) -> Change | Denied:
    after = fitting(room=room, per_unit=per_unit, lot=case.request.instrument.lot)
    if after:
        return Change(rule=rule, limit=limit, before=case.opening, after=after)
    reason = (
        f"expected a {limit} ({round_cents(case.nav)}),"
        f" found no room for a lot more of {case.request.symbol}; asked was {case.request.opening}"
    )
    return Denied(rule=rule, reason=reason)


@rule("min-quantity", "a quantity of at least the venue's minimum")
def min_quantity(case: Case) -> Denied | None:
    """Deny what the venue finds too little."""
    least = case.request.instrument.min_quantity
    if case.opening >= least:
        return None
    reason = f"expected a quantity of at least {least}, found {_found(case)}"
    return Denied(rule="min-quantity", reason=reason)


@rule("min-notional", "a notional of at least the venue's minimum")
def min_notional(case: Case) -> Denied | None:
    """Deny what is worth too little to the venue."""
    least, mark_price = case.request.instrument.min_notional, case.request.mark_price
    if case.opening * mark_price >= least:
        return None
    found = f"{_found(case)} at {mark_price}"
    return Denied(
        rule="min-notional", reason=f"expected a notional of at least {least}, found {found}"
    )


def _found(case: Case) -> str:
    asked = case.request.opening
    return (
        f"{case.opening}" if case.opening == asked else f"{case.opening}, which is left of {asked}"
    )
