"""Resampled sums are distributed as those of arch's stationary bootstrap."""

from __future__ import annotations

import numpy as np
import pytest

from autonome.analytics.bootstrap import interval, p_value, resampled_sums

DRAWS = 20_000


@pytest.fixture(scope="module")
def series() -> np.ndarray:
    """Return 240 hours of two arms that share half of what moves them, each hour like the last."""
    chance = np.random.default_rng(5)
    noise = chance.normal(scale=0.01, size=(240, 3))
    for hour in range(1, 240):
        noise[hour] += 0.6 * noise[hour - 1]
    return noise[:, :1] + noise[:, 1:] + 0.0005


@pytest.fixture(scope="module")
def theirs(series: np.ndarray) -> np.ndarray:
    """Return the sums of both series in each of arch's resamples."""
    bootstrap = pytest.importorskip("arch.bootstrap", reason="needs arch: make oracle-test")
    resampling = bootstrap.StationaryBootstrap(24, series, seed=np.random.default_rng(9))
    sums: np.ndarray = resampling.apply(lambda drawn: drawn.sum(axis=0), reps=DRAWS)
    return sums


@pytest.fixture(scope="module")
def ours(series: np.ndarray) -> np.ndarray:
    """Return the same from ours."""
    return resampled_sums(series, resamples=DRAWS, seed=4)


def test_mean_spread_and_correlation_agree(ours: np.ndarray, theirs: np.ndarray) -> None:
    spread = theirs.std(axis=0)
    assert np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) == pytest.approx(0, abs=0.03 * spread[0])
    assert ours.std(axis=0) == pytest.approx(spread, rel=0.02)
    assert np.corrcoef(ours.T)[0, 1] == pytest.approx(np.corrcoef(theirs.T)[0, 1], abs=0.01)


def test_the_distributions_are_the_same(ours: np.ndarray, theirs: np.ndarray) -> None:
    from scipy.stats import ks_2samp

    for place in (0, 1):
        assert ks_2samp(ours[:, place], theirs[:, place]).pvalue > 0.001
    assert ks_2samp(ours[:, 0] - ours[:, 1], theirs[:, 0] - theirs[:, 1]).pvalue > 0.001


def test_intervals_and_p_values_agree(
    series: np.ndarray, ours: np.ndarray, theirs: np.ndarray
) -> None:
    width = interval(theirs[:, 0]).high - interval(theirs[:, 0]).low
    assert interval(ours[:, 0]) == pytest.approx(interval(theirs[:, 0]), abs=0.03 * width)
    found = float(series[:, 0].sum() - series[:, 1].sum())
    one, other = ours[:, 0] - ours[:, 1], theirs[:, 0] - theirs[:, 1]
    assert p_value(one, found=found) == pytest.approx(p_value(other, found=found), abs=0.02)
