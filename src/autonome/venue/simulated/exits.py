"""Where a stop or a target is first touched, bar by bar, and at which price it trades.

Conventions: an opening at or beyond a trigger trades at the open; where both triggers lie within
one bar, the stop came first; a touched trigger trades at its price. Spread, slippage and fee come
on top: both are market orders once triggered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from autonome.domain.choices import CloseTrigger, OrderSide
from autonome.market.candles import Candles

__all__ = ["Touch", "Triggers", "first_touch"]

_WINDOW: Final = 1024
"""Bars looked at in one go: long enough to be cheap, short enough not to search in vain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """The prices that end a position, in ticks."""

    side: OrderSide
    stop: int | None
    target: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """The first touch of a trigger."""

    bar: int
    trigger: CloseTrigger
    price: int
    """Ticks, before spread and slippage."""
    at_open: bool
    """Whether the bar opened at or beyond the trigger."""


def first_touch(candles: Candles, triggers: Triggers, *, first_bar: int) -> Touch | None:
    """Return the first touch in ``first_bar`` or later, ``None`` when there is none."""
    if triggers.stop is None and triggers.target is None:
        return None
    for start in range(first_bar, len(candles), _WINDOW):
        end = min(start + _WINDOW, len(candles))
        touched = _touched(candles, triggers, start, end)
        if touched.any():
            return _touch(candles, triggers, start + int(np.argmax(touched)))
    return None


def _touched(
    candles: Candles, triggers: Triggers, start: int, end: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    low, high = candles.low[start:end], candles.high[start:end]
    touched = np.zeros(end - start, dtype=np.bool_)
    long = triggers.side is OrderSide.LONG
    if triggers.stop is not None:
        touched |= low <= triggers.stop if long else high >= triggers.stop
    if triggers.target is not None:
        touched |= high >= triggers.target if long else low <= triggers.target
    return touched


def _touch(candles: Candles, triggers: Triggers, bar: int) -> Touch:
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
