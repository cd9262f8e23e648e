"""Latency and slippage: fixed, or drawn on a grid."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest

from autonome.venue.ranges import Range


def between(low: str, high: str, *, step: str = "0.01") -> Range:
    return Range(low=Decimal(low), high=Decimal(high), step=Decimal(step))


def test_a_draw_is_each_number_of_the_grid_about_as_often_and_no_other() -> None:
    numbers = between("40", "43", step="1")
    draws = Counter(numbers.draw(random.Random(seed)) for seed in range(4_000))
    assert set(draws) == {Decimal(40), Decimal(41), Decimal(42), Decimal(43)}
    # 1,000 expected of each with a standard deviation of 27: five of them.
    assert all(abs(count - 1_000) < 137 for count in draws.values())


def test_a_draw_is_an_exact_decimal_and_the_same_for_the_same_seed() -> None:
    numbers = between("0", "10")
    first = [numbers.draw(generator) for generator in [random.Random(7)] for _ in range(100)]
    again = [numbers.draw(generator) for generator in [random.Random(7)] for _ in range(100)]
    assert first == again
    assert len(set(first)) > 50
    assert all(drawn % Decimal("0.01") == 0 and 0 <= drawn <= 10 for drawn in first)


def test_a_fixed_number_is_drawn_without_taking_from_the_randomness() -> None:
    generator = random.Random(7)
    before = generator.getstate()
    assert between("1.5", "1.5").draw(generator) == Decimal("1.5")
    assert generator.getstate() == before
    assert between("1.5", "1.5").is_fixed
    assert not between("1.5", "1.51").is_fixed


@pytest.mark.parametrize(
    ("low", "high", "step"),
    [("2", "1", "1"), ("-1", "1", "1"), ("0.5", "2", "1"), ("0", "2.5", "1"), ("0.5", "0.5", "1")],
)
def test_a_range_that_is_turned_around_negative_or_off_its_grid_is_refused(
    low: str, high: str, step: str
) -> None:
    with pytest.raises(ValueError, match="expected"):
        between(low, high, step=step)
