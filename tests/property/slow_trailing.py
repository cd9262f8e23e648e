"""A trailing stop the slow way: one bar after the other, in plain numbers."""

from __future__ import annotations

from property.slow_exits import SlowExit, slow_exit

__all__ = ["slow_trailing"]


def slow_trailing(
    bars: list[tuple[int, int, int, int]],
    proposed: list[int | None],
    *,
    long: bool,
    stop: int | None,
    target: int | None,
    first_bar: int,
) -> SlowExit | None:
    """Return the first exit; ``proposed`` holds the level of each bar's close."""
    for number in range(first_bar, len(bars)):
        if number > first_bar:
            level, close = proposed[number - 1], bars[number - 1][3]
            if level is not None and (level < close if long else level > close):
                stop = level if stop is None else max(stop, level) if long else min(stop, level)
        found = slow_exit(bars[: number + 1], long=long, stop=stop, target=target, first_bar=number)
        if found is not None:
            return found
    return None
