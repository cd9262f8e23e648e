"""Exits the slow way: one bar after the other, word by word from "Exits, bar by bar"."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SlowExit", "slow_exit"]


class SlowExit(NamedTuple):
    """Where a position ends."""

    bar: int
    trigger: str
    price: int


def slow_exit(
    bars: list[tuple[int, int, int, int]],
    *,
    long: bool,
    stop: int | None,
    target: int | None,
    first_bar: int,
) -> SlowExit | None:
    """Return the first exit of a position that was filled at the open of ``first_bar``."""
    for number in range(first_bar, len(bars)):
        opened, high, low, _ = bars[number]
        # 1. The bar opens at or beyond a trigger: the exit fills at the open.
        if stop is not None and (opened <= stop if long else opened >= stop):
            return SlowExit(number, "STOP", opened)
        if target is not None and (opened >= target if long else opened <= target):
            return SlowExit(number, "TARGET", opened)
        # 2. Both lie within the bar: the stop first. 3. Else a touched trigger at its price.
        if stop is not None and low <= stop <= high:
            return SlowExit(number, "STOP", stop)
        if target is not None and low <= target <= high:
            return SlowExit(number, "TARGET", target)
    return None
