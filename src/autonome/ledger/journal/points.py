"""NAV points and marks from int64 arrays to rows and to text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonome.domain.instants import utc
from autonome.ledger.journal.port import MarkPoints, NavPoints
from autonome.ledger.rows import Mark, PortfolioSnapshot
from autonome.ledger.rows.ids import new_ids

__all__ = ["instants", "mark_rows", "nav_rows", "nav_texts", "price_texts", "timestamp_texts"]

_UNITS_PER_CENT = 1_000_000
_CENTS_PER_UNIT = 100
_UNITS_PER_ONE = 100_000_000


def _cents(nav: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 1e-8 of quote as cents, half to even."""
    cents, rest = np.divmod(nav, _UNITS_PER_CENT)
    twice = 2 * rest
    up = (twice > _UNITS_PER_CENT) | ((twice == _UNITS_PER_CENT) & (cents % 2 == 1))
    return np.asarray(cents + up, dtype=np.int64)


def nav_texts(points: NavPoints) -> list[str]:
    """Return each NAV in cents as decimal text."""
    return [_fixed(cents, _CENTS_PER_UNIT, 2) for cents in _cents(points.nav).tolist()]


def price_texts(points: MarkPoints) -> list[str]:
    """Return each price as decimal text with eight places."""
    return [_fixed(units, _UNITS_PER_ONE, 8) for units in points.price.tolist()]


def _fixed(units: int, per_one: int, places: int) -> str:
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), per_one)
    return f"{sign}{whole}.{rest:0{places}d}"


def timestamp_texts(at_ms: NDArray[np.int64]) -> list[str]:
    """Return each instant as ISO text without zone, in UTC."""
    texts: list[str] = np.datetime_as_string(at_ms.astype("datetime64[ms]")).tolist()
    return texts


def instants(at_ms: NDArray[np.int64]) -> list[datetime]:
    """Return each instant as an aware datetime."""
    return [utc(at) for at in at_ms.tolist()]


def nav_rows(points: NavPoints) -> Iterator[PortfolioSnapshot]:
    """Yield the rows of NAV points, with new ids."""
    times = instants(points.at_ms)
    for row_id, at, net in zip(new_ids(len(times)), times, nav_texts(points), strict=True):
        yield PortfolioSnapshot(
            id=row_id,
            model_id=points.model_id,
            net_portfolio=Decimal(net),
            created_at=at,
            updated_at=at,
        )


def mark_rows(points: MarkPoints) -> Iterator[Mark]:
    """Yield the rows of marks."""
    for at, price in zip(instants(points.at_ms), price_texts(points), strict=True):
        yield Mark(symbol=points.symbol, at=at, price=Decimal(price))
