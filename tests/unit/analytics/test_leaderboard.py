"""A leaderboard ranks, ties what cannot be told apart, and says what it does not know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from autonome.analytics.bootstrap import Interval
from autonome.analytics.comparison import Difference, TooLittle, compared
from autonome.analytics.growth import Growth
from autonome.analytics.leaderboard import Leaderboard, Measured, leaderboard_of
from autonome.domain.choices import ArmKind
from autonome.ledger.queries.hours import Competitor

HOURS = 480
NOISE = np.random.default_rng(1).normal(scale=0.01, size=(HOURS, 3))


def arm(name: str, *, kind: ArmKind = ArmKind.RULE, **settings: Any) -> Competitor:
    return Competitor(
        model_id=name,
        name=name,
        variant="",
        kind=kind,
        replica=0,
        settings=settings,
        starting_capital=Decimal(100),
        halted_reason=None,
        nav=Decimal(100),
        nav_at=None,
        trades=0,
    )


def growth(name: str, logarithms: np.ndarray, *, first_hour: int = 0) -> Growth:
    return Growth(
        model_id=name,
        first_hour=first_hour,
        logarithms=logarithms,
        last_nav=100.0,
        whole_hours=len(logarithms),
    )


def board(arms: Sequence[Competitor], growths: Sequence[Growth]) -> Leaderboard:
    known = Measured(
        net=True,
        growths={each.model_id: each for each in growths},
        comparison=compared(growths),
        missed={"twin": 2},
    )
    return leaderboard_of(arms, known, {})


def test_what_rises_with_the_first_is_tied_and_what_falls_behind_is_not() -> None:
    common = NOISE[:, 0]
    found = board(
        [
            arm("worse"),
            arm("twin"),
            arm("best"),
            arm("hold", kind=ArmKind.CONTROL, symbols=["BTC"]),
        ],
        [
            growth("best", common + 0.001),
            growth("twin", common + 0.001 + 0.02 * (NOISE[:, 1] - NOISE[:, 1].mean()) - 1e-6),
            growth("worse", common - 0.001),
            growth("hold", common),
        ],
    )
    assert [each.competitor.name for each in found.places] == ["best", "twin", "hold", "worse"]
    assert [each.tied for each in found.places] == [False, True, False, False]
    assert [each.missed for each in found.places] == [0, 2, 0, 0]
    first, _, hold, worse = found.places
    assert first.versus_first is None
    assert isinstance(first.interval, Interval)
    assert first.total_return is not None
    assert first.interval.low < first.total_return < first.interval.high
    # What both share cancels: a constant difference is told apart with certainty.
    assert isinstance(hold.versus_first, Difference)
    assert hold.versus_first.p_value == pytest.approx(1 / 2001)
    assert isinstance(worse.versus_first, Difference)
    assert worse.versus_first.difference < hold.versus_first.difference < 0
    sentence = found.sentence
    assert sentence.leader is not None
    assert (sentence.leader.name, sentence.competitors, sentence.others) == ("best", 3, 2)
    assert (sentence.indistinguishable, sentence.beat_hold) == (1, 2)
    assert sentence.too_little is None


def test_a_day_is_too_little() -> None:
    series = NOISE[:24]
    found = board(
        [arm("a"), arm("b"), arm("new")], [growth("a", series[:, 0]), growth("b", series[:, 1])]
    )
    words = TooLittle(words="needs 3 days, has 1")
    assert [each.interval for each in found.places[:2]] == [words, words]
    assert found.places[1].versus_first == words
    assert not found.places[1].tied
    assert found.sentence.too_little == words.words
    assert found.places[2].total_return is None
    assert found.places[2].interval == TooLittle(words="needs 3 days, has 0")


def test_two_that_began_apart_are_compared_over_what_both_have() -> None:
    late = HOURS - 100
    found = compared(
        [
            growth("early", np.concatenate([np.full(late, 0.01), NOISE[late:, 0]])),
            growth("late", NOISE[late:, 0] + 0.001, first_hour=late),
        ]
    )
    told = found.difference("late", "early")
    assert isinstance(told, Difference)
    assert told.difference > 0
    assert told.p_value == pytest.approx(1 / (found.resamples + 1))
    assert found.resamples == 1000


def test_an_arena_without_arms_has_an_empty_board() -> None:
    found = board([], [])
    assert (found.places, found.as_of, found.sentence.leader) == ((), None, None)
