"""Transfers counted out: what a series of NAV would be had nothing been paid in or out.

The time-weighted return links what was before a transfer to what came after it: from a transfer
on, NAV counts times (NAV before) / (NAV before + amount).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from autonome.ledger.queries.transfers import Transfer

__all__ = ["linked"]

_CENT = 0.01

Floats = NDArray[np.float64]


def linked(
    nav: Floats,
    at: NDArray[np.int64],
    transfers: Sequence[Transfer],
    *,
    unit_us: int = 1,
    offset: Floats | None = None,
) -> Floats:
    """Return ``nav`` with transfers counted out.

    Args:
        nav: Shape (n,); quote.
        at: Shape (n,), ascending; instants in ``unit_us`` microseconds since 1970 UTC.
        transfers: Of the same account, oldest first.
        unit_us: 1 for instants, an hour's for hours.
        offset: Shape (n,); what ``nav`` has beyond the account, such as the cost of inference.

    Where nobody knows what the account was worth before a transfer, it is taken to come just
    before the next point.
    """
    index = nav.copy()
    for each in transfers:
        place = int(np.searchsorted(at, each.at_us // unit_us))
        if place == len(nav):
            continue
        beyond = 0.0 if offset is None else float(offset[place])
        amount = float(each.amount)
        before = nav[place] - amount if each.before is None else float(each.before) + beyond
        index[place:] *= max(before, _CENT) / max(before + amount, _CENT)
    return index
