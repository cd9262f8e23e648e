"""Killed between any two of its steps, an arena goes on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from autonome.arena.crash_points import CrashPoint
from simulation.paper_crash.outcome import Figures, figures, require_same, require_whole
from simulation.paper_crash.process import PlayedArena

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

OF_OPERATORS: Final = (
    CrashPoint.ARM_ENTERED,
    CrashPoint.COMMAND_CARRIED_OUT,
    CrashPoint.COMMAND_FINISHED,
)
OF_MODELS: Final = (
    CrashPoint.QUESTION_BOOKED,
    CrashPoint.ANSWER_COME,
    CrashPoint.ANSWER_BOOKED,
)
POINTS: Final = [point for point in CrashPoint if point not in (*OF_OPERATORS, *OF_MODELS)]
NUMBERS: Final = (1, 2, 7, 31)
"""The n-th time that a new process comes to its point."""
FEW_ROUNDS: Final = 10
"""With fewer, one arena dies of all points in turn; with more, each point has its own, too."""


def test_killed_at_every_point_an_arena_ends_as_if_it_had_lived(
    new_arena: Callable[[str], PlayedArena], arms: str, undisturbed: Figures, kill_rounds: int
) -> None:
    deaths = [[(point, NUMBERS[place % 3]) for place, point in enumerate(POINTS)]]
    deaths[0] += [(point, 1) for point in OF_MODELS]
    if kill_rounds >= FEW_ROUNDS:
        deaths += [[(point, number)] for point in (*POINTS, *OF_MODELS) for number in NUMBERS]
    for crashes in deaths:
        arena = new_arena(arms)
        for point, number in crashes:
            died = arena.crash(point, number)
            # How many answers come depends on the machine.
            assert died or point in OF_MODELS, f"{point.value} was not reached {number} times"
        arena.finish()
        require_whole(arena.url, arena.name)
        require_same(figures(arena.url, arena.name), undisturbed, after=crashes)
