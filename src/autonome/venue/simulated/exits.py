"""Where a stop or a target is first touched, bar by bar, and at which price it trades.

Conventions: an opening at or beyond a trigger trades at the open; where both triggers lie within
one bar, the stop came first; a touched trigger trades at its price. Spread, slippage and fee come
on top: both are market orders once triggered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.domain.choices import CloseTrigger, OrderSide
from autonome.domain.money import round_down, round_up
from autonome.domain.value import value
from autonome.market.candles import Candles, Ints

__all__ = [
    "BLOCK",
    "Extremes",
    "Touch",
    "Triggers",
    "first_close_beyond",
    "first_touch",
    "touch_of",
]

BLOCK: Final = 256
"""Bars per block: whole blocks that cannot hold a touch are passed over by their extremes."""


@value
class Triggers:
    """The prices that end a position, in ticks."""

    side: OrderSide
    stop: int | None
    target: int | None


@value
class Touch:
    """The first touch of a trigger."""

    bar: int
    trigger: CloseTrigger
    price: int
    """Ticks, before spread and slippage."""
    at_open: bool
    """Whether the bar opened at or beyond the trigger."""


@dataclass(frozen=True, kw_only=True)
class Extremes:
    """The lowest low and the highest high of each block of bars."""

    low: Ints
    high: Ints

    @cached_property
    def lows(self) -> list[int]:
        """Return ``low`` as a list: single items of it are cheaper."""
        return list(self.low.tolist())

    @cached_property
    def highs(self) -> list[int]:
        """Return ``high`` as a list."""
        return list(self.high.tolist())

    @classmethod
    def of(cls, candles: Candles) -> Extremes:
        """Return the extremes of all blocks, the last one perhaps shorter."""
        starts = np.arange(0, len(candles), BLOCK)
        return cls(
            low=np.minimum.reduceat(candles.low, starts),
            high=np.maximum.reduceat(candles.high, starts),
        )


def first_touch(
    candles: Candles, extremes: Extremes, triggers: Triggers, *, first_bar: int
) -> Touch | None:
    """Return the first touch in ``first_bar`` or later, ``None`` when there is none."""
    if triggers.stop is None and triggers.target is None:
        return None
    below, above = triggers.stop, triggers.target
    if triggers.side is OrderSide.SHORT:
        below, above = above, below
    for start, end in _candidates(extremes, below, above, first_bar, len(candles)):
        found = _outside(candles.low[start:end], candles.high[start:end], below, above)
        bar = int(found.argmax())
        if found[bar]:
            return touch_of(candles, triggers, start + bar)
    return None


def _candidates(
    extremes: Extremes, below: int | None, above: int | None, first_bar: int, end: int
) -> Iterator[tuple[int, int]]:
    """Yield the rest of the first bar's block, then each later block that holds a touch."""
    if first_bar >= end:
        return
    next_block = first_bar // BLOCK + 1
    yield first_bar, min(next_block * BLOCK, end)
    found = _outside(extremes.low[next_block:], extremes.high[next_block:], below, above)
    if found.size:
        block = int(found.argmax())
        if found[block]:
            start = (next_block + block) * BLOCK
            yield start, min(start + BLOCK, end)


def _outside(low: Ints, high: Ints, below: int | None, above: int | None) -> NDArray[np.bool_]:
    if below is not None and above is not None:
        return np.asarray((low <= below) | (high >= above))
    if below is not None:
        return np.asarray(low <= below)
    assert above is not None
    return np.asarray(high >= above)


def touch_of(candles: Candles, triggers: Triggers, bar: int) -> Touch:
    """Return how a bar that touches at least one of the triggers does so."""
    sign = triggers.side.sign
    opened = sign * int(candles.open[bar])
    worst = sign * int(candles.low[bar] if sign > 0 else candles.high[bar])
    # Seen from the position's side, a stop lies below and a target above, LONG or SHORT.
    stop = None if triggers.stop is None else sign * triggers.stop
    target = None if triggers.target is None else sign * triggers.target
    if target is not None and opened >= target:
        return Touch(bar=bar, trigger=CloseTrigger.TARGET, price=sign * opened, at_open=True)
    if stop is not None and worst <= stop:
        price = min(opened, stop)
        return Touch(bar=bar, trigger=CloseTrigger.STOP, price=sign * price, at_open=opened <= stop)
    assert target is not None
    return Touch(bar=bar, trigger=CloseTrigger.TARGET, price=sign * target, at_open=False)


def first_close_beyond(
    candles: Candles, side: OrderSide, price: Decimal, *, first_bar: int
) -> int | None:
    """Return the first bar that closes beyond ``price`` (quote), further against ``side``."""
    closes = candles.close[first_bar:]
    if side is OrderSide.LONG:
        beyond = closes < int(round_up(price, step=candles.tick) / candles.tick)
    else:
        beyond = closes > int(round_down(price, step=candles.tick) / candles.tick)
    bar = int(beyond.argmax()) if beyond.size else 0
    return first_bar + bar if beyond.size and beyond[bar] else None
