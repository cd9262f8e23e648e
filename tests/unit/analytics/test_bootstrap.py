"""The stationary bootstrap draws what Politis and Romano (1994) say that it draws."""

from __future__ import annotations

import numpy as np
import pytest

from autonome.analytics.bootstrap import (
    Interval,
    interval,
    p_value,
    resampled_sums,
    times_drawn,
)


def chance() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize(("rows", "mean_block"), [(1, 1), (2, 24), (72, 24), (1000, 1), (999, 24)])
def test_every_resample_is_as_long_as_the_series(rows: int, mean_block: float) -> None:
    drawn = times_drawn(rows, 200, mean_block=mean_block, chance=chance())
    assert drawn.shape == (200, rows)
    assert (drawn.sum(axis=1) == rows).all()
    assert (drawn >= 0).all()


def test_every_row_is_drawn_equally_often() -> None:
    drawn = times_drawn(240, 20_000, mean_block=24, chance=chance())
    # The mean of a row's count is 1; its standard error, at most sqrt(2 x 24 / 20,000).
    assert np.abs(drawn.mean(axis=0) - 1).max() < 4.5 * np.sqrt(2 * 24 / 20_000)


def direct_variance(series: np.ndarray, mean_block: float) -> float:
    """Return the variance of a resampled mean, from its definition.

    Two places that lie a lag apart are drawn from one block with chance (1 - p) ** lag, and are
    independent otherwise; the covariance within a block is that of the series wrapped around.
    """
    count, p = len(series), 1 / mean_block
    centred = series - series.mean()
    total = 0.0
    for lag in range(count):
        shifted = np.roll(centred, -lag)
        places = count if lag == 0 else 2 * (count - lag)
        total += places * (1 - p) ** lag * float(centred @ shifted) / count
    return total / count**2


@pytest.mark.parametrize("mean_block", [1, 6, 24])
def test_the_variance_of_a_mean_is_the_one_that_was_proved(mean_block: float) -> None:
    series = np.cumsum(chance().normal(size=120))
    means = resampled_sums(series[:, None], resamples=40_000, mean_block=mean_block, seed=3) / 120
    found = means.var()
    expected = direct_variance(series, mean_block)
    # A variance from 40,000 draws has a relative error of about sqrt(2 / 40,000), 0.7 %.
    assert found == pytest.approx(expected, rel=0.035)


def test_series_are_drawn_together() -> None:
    series = chance().normal(size=(300, 1))
    both = np.concatenate([series, 2 * series], axis=1)
    sums = resampled_sums(both, resamples=500)
    assert np.allclose(sums[:, 1], 2 * sums[:, 0])


def test_equal_seeds_give_equal_sums_and_others_do_not() -> None:
    series = chance().normal(size=(100, 2))
    one, same, other = (resampled_sums(series, resamples=150, seed=seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_an_interval_holds_its_share() -> None:
    assert interval(np.arange(1001.0)) == pytest.approx(Interval(25.0, 975.0))


@pytest.mark.parametrize(
    ("found", "expected"),
    # Of -5 ... 5 around what was found, so many lie as far as it lies from zero.
    [(0.0, 12 / 12), (5.0, 3 / 12), (-4.0, 5 / 12), (6.0, 1 / 12)],
)
def test_a_p_value_counts_what_chance_does(found: float, expected: float) -> None:
    assert p_value(np.arange(-5.0, 6.0) + found, found=found) == pytest.approx(expected)


def test_of_series_without_any_difference_few_are_called_different() -> None:
    draws = np.random.default_rng(11)
    called = 0
    for _ in range(200):
        noise = draws.normal(size=480)
        series = noise - noise.mean() + draws.normal() * noise.std() / np.sqrt(480)
        sums = resampled_sums(series[:, None], resamples=200, mean_block=24)
        called += p_value(sums[:, 0], found=float(series.sum())) < 0.05
    # 5 % of 200 is 10; blocks of 24 in 480 hours make it somewhat more than that.
    assert 2 <= called <= 32
