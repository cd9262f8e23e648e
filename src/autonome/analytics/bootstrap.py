"""The stationary block bootstrap: how far a sum over hours may be chance, neighbours kept together.

Politis and Romano (1994), "The Stationary Bootstrap", JASA 89: blocks begin anywhere with equal
chance, their lengths are geometric, the series is wrapped around. All series are resampled at the
same hours, so that what they share cancels where two are compared.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CONFIDENCE",
    "MEAN_BLOCK_HOURS",
    "RESAMPLES",
    "SEED",
    "Interval",
    "interval",
    "p_value",
    "resampled_sums",
    "times_drawn",
]

RESAMPLES: Final = 2_000
MEAN_BLOCK_HOURS: Final = 24
CONFIDENCE: Final = 0.95
SEED: Final = 1994
_AT_ONCE: Final = 100
"""Resamples that are drawn together: some 14 MB for a year of hours."""

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Between what a figure lies with the confidence stated."""

    low: float
    high: float


def resampled_sums(
    series: Floats,
    *,
    resamples: int = RESAMPLES,
    mean_block: float = MEAN_BLOCK_HOURS,
    seed: int = SEED,
) -> Floats:
    """Return the sum of each series in each resample, the same rows drawn for all of them.

    Args:
        series: Shape (hours, series).
        resamples: How many.
        mean_block: Mean length of a block, in rows, at least 1.
        seed: Equal seeds draw equal rows.

    Returns:
        Shape (resamples, series).
    """
    chance = np.random.default_rng(seed)
    sums = np.empty((resamples, series.shape[1]))
    for begin in range(0, resamples, _AT_ONCE):
        end = min(begin + _AT_ONCE, resamples)
        drawn = times_drawn(len(series), end - begin, mean_block=mean_block, chance=chance)
        sums[begin:end] = drawn @ series
    return sums


def times_drawn(
    rows: int, resamples: int, *, mean_block: float, chance: np.random.Generator
) -> Floats:
    """Return how often each resample draws each row, shape (``resamples``, ``rows``).

    A block is one addition where it begins and one subtraction where it ends; sums of these along
    the rows are the counts. Its length is geometric with mean ``mean_block``; the last one of a
    resample ends with it.
    """
    # So many blocks fill nearly every resample at once; where they do not, more are drawn.
    blocks = int(rows / mean_block + 6 * np.sqrt(rows / mean_block) + 6)
    lengths = chance.geometric(1 / mean_block, (resamples, blocks))
    while (short := lengths.sum(axis=1).min()) < rows:
        more = chance.geometric(1 / mean_block, (resamples, 1 + int(rows - short)))
        lengths = np.concatenate([lengths, more], axis=1)
    begun = np.minimum(np.cumsum(lengths, axis=1) - lengths, rows)
    lengths = np.minimum(lengths, rows - begun)
    starts = chance.integers(0, rows, lengths.shape)
    ends = starts + lengths
    resample = np.broadcast_to(np.arange(resamples)[:, None], starts.shape)
    width = 2 * rows + 1
    edges = np.bincount((resample * width + starts).ravel(), minlength=resamples * width)
    edges -= np.bincount((resample * width + ends).ravel(), minlength=resamples * width)
    counts = np.cumsum(edges.reshape(resamples, width), axis=1)
    # What runs over the end goes on at the beginning.
    wrapped: Floats = (counts[:, :rows] + counts[:, rows : 2 * rows]).astype(np.float64)
    return wrapped


def interval(sums: Floats, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the percentile interval of a resampled figure."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(sums, [tail, 1 - tail])
    return Interval(float(low), float(high))


def p_value(sums: Floats, *, found: float) -> float:
    """Return the two-sided p value of a sum that was ``found``, if the true one is zero.

    The resampled sums, centred on what was found, stand for chance (Davison and Hinkley 1997,
    "Bootstrap Methods and their Application", section 4.4: one is added to both counts).
    """
    as_far = np.count_nonzero(np.abs(sums - found) >= abs(found))
    return float((1 + as_far) / (1 + len(sums)))
