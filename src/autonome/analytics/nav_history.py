"""The NAV of some models over any range, in at most the points asked for, extremes kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.domain.errors import InvariantBroken
from autonome.domain.value import value
from autonome.ledger.queries.nav_history import (
    MOST_ROWS,
    InferencePaid,
    NavRange,
    NavSeries,
    Resolution,
    inference_paid,
    missed_cycles,
    nav_ranges,
    nav_series,
)
from autonome.ledger.reader import Reads

__all__ = ["FEWEST_POINTS", "Gap", "NavHistory", "nav_history", "reduced"]

FEWEST_POINTS: Final = 5
"""First, last, lowest and highest, and one between."""
_UNITS_PER_CENT: Final = 1_000_000
_UNITS_PER_ONE: Final = 100_000_000
_LONGEST_STEP: Final = timedelta(seconds=90)
"""NAV is taken each minute; what is farther apart has a gap between."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@value
class Gap:
    """A span without NAV points."""

    start: datetime
    """The last point before it."""
    end: datetime
    """The first one after it."""


@value
class NavHistory:
    """NAV points of one model, oldest first."""

    model_id: str
    net: bool
    """Whether what inference had cost so far is taken off."""
    resolution: Resolution
    """What the points were taken from; finer extremes than its own are among them."""
    downsampled: bool
    """Whether points were left out, beyond what the resolution does."""
    at_us: NDArray[np.int64]
    """Shape (n,); microseconds since 1970 UTC, ascending; the newest point is always the last."""
    nav: NDArray[np.int64]
    """Shape (n,); 1e-8 of quote, exact."""
    gaps: tuple[Gap, ...] = ()
    missed: tuple[datetime, ...] = ()
    """Cycles that the model missed; told at a resolution of minutes alone."""

    def instant(self, place: int) -> datetime:
        """Return when a point was, by its place."""
        return _instant(int(self.at_us[place]))

    def points(self) -> list[tuple[datetime, Decimal]]:
        """Return instant and NAV (quote) of each point."""
        places = 8 if self.net else 2
        return [
            (_instant(at), Decimal(nav // 10 ** (8 - places)).scaleb(-places))
            for at, nav in zip(self.at_us.tolist(), self.nav.tolist(), strict=True)
        ]

    def texts(self) -> list[tuple[str, str]]:
        """Return the same as texts, RFC 3339 in UTC and plain decimals: fast for many points."""
        times = np.datetime_as_string(self.at_us.astype("datetime64[us]"), unit="ms").tolist()
        return [
            (f"{at}Z", _plain(nav, net=self.net))
            for at, nav in zip(times, self.nav.tolist(), strict=True)
        ]


def _plain(nav: int, *, net: bool) -> str:
    sign = "-" if nav < 0 else ""
    whole, rest = divmod(abs(nav), _UNITS_PER_ONE)
    return f"{sign}{whole}.{rest:08d}" if net else f"{sign}{whole}.{rest // _UNITS_PER_CENT:02d}"


async def nav_history(
    reader: Reads,
    model_ids: Sequence[str],
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    points: int = 1_000,
    net: bool = False,
) -> list[NavHistory]:
    """Return the history of each model that has NAV points, in the order asked for.

    Args:
        reader: The arena.
        model_ids: Whose history; all of them get the same resolution.
        start: From when on, included; ``None`` is the beginning.
        end: Until when, included; ``None`` is the newest point.
        points: At most so many for each model, at least ``FEWEST_POINTS``. The lowest, the
            highest, the first and the newest point that the resolution knows are among them; the
            others are chosen by MinMaxLTTB (Van Der Donckt and others, 2023).
        net: Whether to take off what inference had cost at each point. The extremes of an hour
            or a day are then those of the gross series, less the cost so far.
    """
    if points < FEWEST_POINTS:
        raise InvariantBroken(f"expected at least {FEWEST_POINTS} points, found {points}")
    ids = list(dict.fromkeys(model_ids))
    ranges = {each.model_id: each for each in await reader.all(nav_ranges(ids))}
    if not ranges:
        return []
    begin = max(filter(None, [start, min(each.first for each in ranges.values())]))
    last = min(filter(None, [end, max(each.last for each in ranges.values())]))
    if begin > last:
        return []
    resolution = _resolution([*ranges.values()], begin, last)
    query = nav_series(ids, start=begin, end=last, resolution=resolution)
    series = {each.model_id: each for each in await reader.all(query)}
    paid: dict[str, InferencePaid] = {}
    if net:
        paid = {each.model_id: each for each in await reader.all(inference_paid(ids, end=last))}
    missed: list[tuple[str, datetime]] = []
    if resolution is Resolution.MINUTE:
        missed = await reader.all(missed_cycles(ids, start=begin, end=last))
    return [
        _history(
            series[each],
            resolution,
            points=points,
            paid=paid.get(each),
            net=net,
            missed=tuple(at for model_id, at in missed if model_id == each),
        )
        for each in ids
        if each in series and len(series[each].at_us)
    ]


def _resolution(ranges: Sequence[NavRange], begin: datetime, last: datetime) -> Resolution:
    """Return the finest resolution that is there and needs no more than ``MOST_ROWS`` rows."""
    is_whole = all(
        each.whole_from is not None and each.whole_from <= max(begin, each.first) for each in ranges
    )
    for each in Resolution:
        rows = len(ranges) * ((last - begin) // each.width + 1)
        if rows <= MOST_ROWS and (is_whole or each is not Resolution.MINUTE):
            return each
    return Resolution.DAY


def _history(
    series: NavSeries,
    resolution: Resolution,
    *,
    points: int,
    paid: InferencePaid | None,
    net: bool,
    missed: tuple[datetime, ...],
) -> NavHistory:
    nav = series.cents * _UNITS_PER_CENT
    if paid is not None:
        so_far = np.concatenate([[0], np.cumsum(paid.amount)])
        nav = nav + so_far[np.searchsorted(paid.at_us, series.at_us, side="right")]
    kept = reduced(series.at_us, nav, points=points)
    return NavHistory(
        model_id=series.model_id,
        net=net,
        resolution=resolution,
        downsampled=len(kept) < len(nav),
        at_us=series.at_us[kept],
        nav=nav[kept],
        gaps=_gaps(series.at_us, max(resolution.width, _LONGEST_STEP)),
        missed=missed,
    )


def reduced(at_us: NDArray[np.int64], nav: NDArray[np.int64], *, points: int) -> NDArray[np.intp]:
    """Return the places of at most ``points`` points that show the series, ascending.

    MinMaxLTTB keeps first and last; it may pass over the lowest or the highest, which are added.
    """
    if len(nav) <= points:
        return np.arange(len(nav))
    from tsdownsample import MinMaxLTTBDownsampler

    heights = nav.astype(np.float64)
    choose = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
    chosen = choose.downsample(at_us, heights, n_out=points - 2)
    return np.union1d(chosen.astype(np.intp), [np.argmin(nav), np.argmax(nav)])


def _gaps(at_us: NDArray[np.int64], longest: timedelta) -> tuple[Gap, ...]:
    places = np.flatnonzero(np.diff(at_us) > longest // _MICROSECOND)
    return tuple(
        Gap(start=_instant(int(at_us[each])), end=_instant(int(at_us[each + 1]))) for each in places
    )


def _instant(at_us: int) -> datetime:
    return _EPOCH + at_us * _MICROSECOND
