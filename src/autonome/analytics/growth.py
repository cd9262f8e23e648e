"""How one account grew hour by hour: from closes, capital and what was paid beside the trades.

Growth of an hour is (close - deposits + withdrawals) / close before, the capital before the first
hour; so growth over all hours is NAV / capital where nothing was paid in or out, and the
time-weighted return where something was. Net of inference, every close is less what inference
had cost by the end of its hour. An account that holds less than a cent counts as a cent.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonome.domain.value import value
from autonome.ledger.queries.hours import HourlyCloses, HourlyPayments

__all__ = ["Growth", "growth_of"]

_CENT = 0.01
_UNITS_PER_ONE = 1e8

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
    """The last close (quote), gross."""
    whole_hours: int
    """How many of the hours have come to their end: all, or all but the last."""

    @property
    def whole(self) -> Floats:
        """Return the logarithms of the hours that have come to their end."""
        return self.logarithms[: self.whole_hours]

    def total(self, *, nav: Decimal | None = None) -> float:
        """Return the return over all hours, as a fraction; up to a newer ``nav`` where given."""
        since = 1.0 if nav is None else float(nav) / max(self.last_nav, _CENT)
        return float(np.exp(self.logarithms.sum()) * since - 1)


def growth_of(
    closes: HourlyCloses, payments: HourlyPayments | None, *, capital: Decimal, net: bool
) -> Growth:
    """Return the growth of an account, gross or net of inference.

    An hour without a NAV point has the close of the one before.
    """
    first, last = int(closes.hour[0]), int(closes.hour[-1])
    grid = np.arange(first, last + 1)
    held = np.searchsorted(closes.hour, grid, side="right") - 1
    nav = closes.cents[held] / 100.0
    flows = np.zeros(len(grid))
    if payments is not None:
        so_far = np.concatenate([[0.0], np.cumsum(payments.inference) / _UNITS_PER_ONE])
        if net:
            nav = nav + so_far[np.searchsorted(payments.hour, grid, side="right")]
        place = np.clip(payments.hour - first, 0, len(grid) - 1)
        np.add.at(flows, place, payments.flows / _UNITS_PER_ONE)
    before = np.concatenate([[float(capital)], nav[:-1]])
    grown = np.maximum(nav - flows, _CENT) / np.maximum(before, _CENT)
    return Growth(
        model_id=closes.model_id,
        first_hour=first,
        logarithms=np.log(grown),
        last_nav=float(closes.cents[-1] / 100.0),
        whole_hours=len(grid) - (not closes.is_whole),
    )
