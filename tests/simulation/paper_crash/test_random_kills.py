"""Killed at any moment, again and again, an arena goes on as if nothing had happened."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest

from simulation.paper_crash.outcome import Figures, figures, require_same, require_whole
from simulation.paper_crash.process import PlayedArena

pytestmark = [pytest.mark.postgres, pytest.mark.kill]

SEED: Final = 20250505
MOST_LINES: Final = 8
"""The first line comes before the arena is restored, and one after each tick."""
LONGEST_S: Final = 0.3
"""A few ticks."""
KILLS_OF_ONE: Final = 20
"""Of one arena, at most: each of them costs it at least a start."""


def test_an_arena_that_is_killed_at_random_ends_as_if_it_had_lived(
    new_arena: Callable[[str], PlayedArena], arms: str, undisturbed: Figures, kill_rounds: int
) -> None:
    chance = random.Random(SEED)
    left = kill_rounds
    while left > 0:
        arena = new_arena(arms)
        for _ in range(min(left, KILLS_OF_ONE)):
            left -= 1
            if not arena.kill_after(chance.randint(1, MOST_LINES), chance.uniform(0, LONGEST_S)):
                break
        arena.finish()
        require_whole(arena.url, arena.name)
        require_same(
            figures(arena.url, arena.name), undisturbed, after=f"seed {SEED}, {left} kills left"
        )
