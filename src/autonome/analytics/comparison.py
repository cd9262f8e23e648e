"""All arms resampled at once: the interval of each return, and whether two can be told apart.

Arms that began in one hour share their resamples. Two that began apart are compared over the
hours that both have.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.analytics.bootstrap import (
    CONFIDENCE,
    RESAMPLES,
    Interval,
    interval,
    p_value,
    resampled_sums,
)
from autonome.analytics.growth import Growth
from autonome.domain.value import value

__all__ = ["FEWEST_DAYS", "Comparison", "Difference", "TooLittle", "compared", "enough_days"]

FEWEST_DAYS: Final = 3
"""Three blocks of a day: with fewer, resampling says nothing."""
_FEWEST_RESAMPLES: Final = 400
_HOURS_PER_DAY: Final = 24


@value
class TooLittle:
    """Why a statistic has no value."""

    words: str
    """Such as: needs 3 days, has 1."""


@value
class Difference:
    """One arm's growth against another's, over the hours that both have."""

    difference: float
    """Of the two returns, as a fraction; positive where the first one did better."""
    p_value: float
    """Two-sided, that the true difference of their growth is zero."""

    @property
    def is_told_apart(self) -> bool:
        """Say whether chance alone would hardly do this."""
        return self.p_value < 1 - CONFIDENCE


@value
class _Window:
    """The arms that were there from one hour on."""

    places: dict[str, int]
    """By model id, the column."""
    hours: int
    found: NDArray[np.float64]
    """Shape (arms,); logarithm of each one's growth."""
    sums: NDArray[np.float64]
    """Shape (resamples, arms); the same of each resample."""


@value
class Comparison:
    """What resampling said of every arm, at one time."""

    until_hour: int
    """Hours since 1970 UTC: the end of the last hour that counts; 0 where none does."""
    resamples: int
    first_hours: dict[str, int]
    """By model id."""
    windows: dict[int, _Window]
    """By first hour; those that are too short are empty of sums."""

    def interval(self, model_id: str) -> Interval | TooLittle:
        """Return the interval of a return, as a fraction."""
        window = self._window(model_id)
        if isinstance(window, TooLittle):
            return window
        low, high = interval(np.expm1(window.sums[:, window.places[model_id]]))
        return Interval(low, high)

    def difference(self, model_id: str, other_id: str) -> Difference | TooLittle:
        """Compare one arm with another."""
        window = self._window(model_id, other_id)
        if isinstance(window, TooLittle):
            return window
        one, other = window.places[model_id], window.places[other_id]
        found = window.found[one] - window.found[other]
        sums = window.sums[:, one] - window.sums[:, other]
        returns = np.expm1(window.found)
        return Difference(
            difference=float(returns[one] - returns[other]),
            p_value=p_value(sums, found=float(found)),
        )

    def _window(self, *model_ids: str) -> _Window | TooLittle:
        begun = [self.first_hours.get(each) for each in model_ids]
        if None in begun:
            return TooLittle(words=f"needs {FEWEST_DAYS} days, has 0")
        window = self.windows[max(each for each in begun if each is not None)]
        return enough_days(window.hours, FEWEST_DAYS) or window


def enough_days(hours: int, days: int) -> TooLittle | None:
    """Return ``None`` where ``hours`` make ``days`` days, otherwise the words that say so."""
    if hours >= days * _HOURS_PER_DAY:
        return None
    return TooLittle(words=f"needs {days} days, has {max(hours, 0) // _HOURS_PER_DAY}")


def compared(growths: Sequence[Growth], *, resamples: int = RESAMPLES) -> Comparison:
    """Resample every arm over its whole hours.

    Where arms began at many different hours, each window is resampled less often, so that all of
    it stays bounded.
    """
    until = max((each.first_hour + each.whole_hours for each in growths), default=0)
    first_hours = {each.model_id: each.first_hour for each in growths}
    starts = sorted(set(first_hours.values()))
    count = max(_FEWEST_RESAMPLES, resamples // max(len(starts), 1))
    return Comparison(
        until_hour=until,
        resamples=count,
        first_hours=first_hours,
        windows={each: _window(growths, each, until, resamples=count) for each in starts},
    )


def _window(growths: Sequence[Growth], begin: int, until: int, *, resamples: int) -> _Window:
    there = [each for each in growths if each.first_hour <= begin]
    places = {each.model_id: place for place, each in enumerate(there)}
    hours = max(until - begin, 0)
    if enough_days(hours, FEWEST_DAYS) is not None:
        nothing = np.empty((0, len(there)))
        return _Window(places=places, hours=hours, found=np.empty(0), sums=nothing)
    # An arm that has stopped before the others stays where it was.
    series = np.zeros((hours, len(there)))
    for place, each in enumerate(there):
        own = each.whole[begin - each.first_hour :][:hours]
        series[: len(own), place] = own
    return _Window(
        places=places,
        hours=hours,
        found=series.sum(axis=0),
        sums=resampled_sums(series, resamples=resamples),
    )
