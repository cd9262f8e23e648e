"""How one account grew hour by hour: from closes, capital and what was paid beside the trades.

Growth of an hour is close / close before, the capital before the first hour, with transfers
counted out (``linking.py``); so growth over all hours is NAV / capital where nothing was paid in or
out, and the time-weighted return where something was. Net of inference, every close is less what
inference had cost by the end of its hour. An account that holds less than a cent counts as a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonome.analytics.linking import linked
from autonome.domain.money import ZERO
from autonome.domain.value import changed, value
from autonome.ledger.queries.hours import HourlyCloses, HourlyPayments
from autonome.ledger.queries.transfers import Transfer

__all__ = ["Growth", "growth_of"]

_CENT = 0.01
_UNITS_PER_ONE = 1e8
_HOUR_US = 3_600_000_000
_MINUTE_US = 60_000_000

Floats = NDArray[np.float64]


@value
class Growth:
    """The growth of one account in each hour, none left out."""

    model_id: str
    first_hour: int
    """Hours since 1970 UTC."""
    logarithms: Floats
    """Shape (n,); natural logarithm of each hour's growth."""
    last_nav: float
    """The last close (quote), net where the growth is."""
    inference: float = 0.0
    """What inference came to before the last hour (quote received, so not above zero); zero where
    the growth is gross."""
    transferred: float = 0.0
    """Deposits less withdrawals that were counted out (quote)."""
    whole_hours: int
    """How many of the hours have come to their end: all, or all but the last."""

    @property
    def whole(self) -> Floats:
        """Return the logarithms of the hours that have come to their end."""
        return self.logarithms[: self.whole_hours]

    @property
    def last_hour(self) -> int:
        """Return the hour of the last close, since 1970 UTC."""
        return self.first_hour + len(self.logarithms) - 1

    def total(
        self,
        *,
        nav: Decimal | None = None,
        transferred: Decimal | None = None,
        inference: Decimal = ZERO,
    ) -> float:
        """Return the return over all hours, as a fraction; up to a newer ``nav`` where given.

        ``transferred`` is then what was paid in and out by that time: what came since the last
        close is no return. ``inference`` is what it came to since the last hour began, where the
        growth is net.
        """
        since = 1.0
        if nav is not None:
            came = 0.0 if transferred is None else float(transferred) - self.transferred
            now = float(nav) + self.inference + float(inference) - came
            since = max(now, _CENT) / max(self.last_nav, _CENT)
        return float(np.exp(self.logarithms.sum()) * since - 1)


def growth_of(
    closes: HourlyCloses,
    payments: HourlyPayments | None,
    transfers: Sequence[Transfer] = (),
    *,
    capital: Decimal,
    net: bool,
) -> Growth:
    """Return the growth of an account, gross or net of inference.

    An hour without a NAV point has the close of the one before.
    """
    first, last = int(closes.hour[0]), int(closes.hour[-1])
    grid = np.arange(first, last + 1)
    held = np.searchsorted(closes.hour, grid, side="right") - 1
    nav = closes.cents[held] / 100.0
    cost, cost_before = None, 0.0
    if payments is not None and net:
        so_far = np.concatenate([[0.0], np.cumsum(payments.inference) / _UNITS_PER_ONE])
        cost = so_far[np.searchsorted(payments.hour, grid, side="right")]
        cost_before = float(so_far[np.searchsorted(payments.hour, last, side="left")])
        nav = nav + cost
    # A transfer counts from the point after it: past minute 59 that is the next hour's.
    moved = [changed(each, at_us=-(-each.at_us // _MINUTE_US) * _MINUTE_US) for each in transfers]
    index = linked(nav, grid, moved, unit_us=_HOUR_US, offset=cost)
    before = np.concatenate([[float(capital)], index[:-1]])
    grown = np.maximum(index, _CENT) / np.maximum(before, _CENT)
    return Growth(
        model_id=closes.model_id,
        first_hour=first,
        logarithms=np.log(grown),
        last_nav=float(nav[-1]),
        inference=cost_before,
        transferred=float(sum(each.amount for each in transfers)),
        whole_hours=len(grid) - (not closes.is_whole),
    )
