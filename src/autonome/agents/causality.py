"""Whether a rule looks ahead: its signals on a part of the data must be those on all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.agents.rules.agent import RuleAgent, signals_of
from autonome.agents.rules.signals import Signals
from autonome.domain.errors import SettingError
from autonome.domain.instants import utc
from autonome.market.frame import Frame
from autonome.market.market import Market

__all__ = ["check_causality"]

_REMEDY: Final = (
    "Use nothing of a bar before it has closed: no shift to the left, no centred window, no mean"
    " over the whole data; join other timeframes with frame.latest(other, values)."
)


def check_causality(
    agent: RuleAgent, market: Market, *, cadence_minutes: int, seed: int, prefixes: int = 8
) -> None:
    """Compute the signals on ``prefixes`` beginnings of ``market`` and compare them with the whole.

    Every row that closed at or before the cut must be exactly equal, NaN equal to NaN. Half of the
    cuts are made at entries of the whole, where a look at the next bar shows; the others halve the
    data again and again, so that early rows are seen without most of what follows.

    Raises:
        SettingError: a row differs; the message names agent, symbol, column, row and cut.
    """
    frames, whole = signals_of(agent, market, cadence_minutes=cadence_minutes)
    for bars in _cuts(market, frames, whole, seed=seed, count=prefixes):
        cut_ms = market.close_ms_of(bars - 1)
        part = _computed(agent, market.until(cut_ms), cadence_minutes, cut_ms)
        for symbol, frame in frames.items():
            _compare(agent, frame, whole[symbol], part[symbol], cut_ms)


def _cuts(
    market: Market,
    frames: Mapping[str, Frame],
    signals: Mapping[str, Signals],
    *,
    seed: int,
    count: int,
) -> list[int]:
    """Return how many bars each beginning has, at random."""
    random = np.random.default_rng(seed)
    entered = [
        frames[symbol].close_ms[column]
        for symbol, each in signals.items()
        for name, column in each.columns().items()
        if name.endswith(".enter")
    ]
    instants = np.unique(np.concatenate([*entered, np.empty(0, np.int64)]))
    chosen = random.choice(instants, size=min(count // 2, len(instants)), replace=False)
    at_entries = np.searchsorted(market.open_ms, chosen, side="left")
    parts = 2.0 ** -np.arange(count - len(chosen))
    anywhere = np.ceil(len(market.open_ms) * parts * random.uniform(0.5, 1, len(parts)))
    return sorted({*at_entries.tolist(), *anywhere.astype(np.int64).tolist()})


def _computed(
    agent: RuleAgent, market: Market, cadence_minutes: int, cut_ms: int
) -> Mapping[str, Signals]:
    """Return the signals on a beginning; failing there and not on the whole is a look ahead."""
    try:
        return signals_of(agent, market, cadence_minutes=cadence_minutes)[1]
    except Exception as error:
        raise SettingError(
            f"{agent.name}: expected the signals on the bars until {_words(cut_ms)}, as on all of"
            f" them; computing them failed: {error}",
            remedy=_REMEDY,
        ) from error


def _compare(agent: RuleAgent, frame: Frame, whole: Signals, part: Signals, cut_ms: int) -> None:
    rows = int(np.searchsorted(frame.close_ms, cut_ms, side="right"))
    expected, found = whole.columns(), part.columns()
    for name in sorted(expected.keys() | found.keys()):
        row = _first_difference(expected.get(name), found.get(name), rows)
        if row is not None:
            raise SettingError(
                f"{agent.name} looks ahead: {name} of {frame.symbol} in the bar that closed at"
                f" {_words(int(frame.close_ms[row]))} is {_shown(found.get(name), row)} when the"
                f" data end at {_words(cut_ms)}, and {_shown(expected.get(name), row)} when they"
                " go on.",
                remedy=_REMEDY,
            )


def _first_difference(
    expected: NDArray[np.generic] | None, found: NDArray[np.generic] | None, rows: int
) -> int | None:
    if expected is None or found is None:
        return 0
    whole, part = expected[:rows], found[:rows]
    same = (whole == part) | ((whole != whole) & (part != part))
    return None if same.all() else int(np.argmin(same))


def _shown(column: NDArray[np.generic] | None, row: int) -> str:
    return "absent" if column is None else str(column[row])


def _words(at_ms: int) -> str:
    return f"{utc(at_ms):%Y-%m-%d %H:%M}"
