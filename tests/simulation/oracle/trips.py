"""Seeded trips over real candles: what every engine of the comparison is told to do.

Candles are read here, not by our own reader, so that the engines share no code but the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl

__all__ = [
    "CAPITAL",
    "LEVERAGE",
    "LOT",
    "MINUTE",
    "TICK",
    "Bar",
    "Trip",
    "gap_trips",
    "read_bars",
    "seeded_trips",
    "write",
]

CAPITAL = Decimal(100_000)
"""Quote; so much that no trip is ever short of margin."""
MINUTE = timedelta(minutes=1)
TICK = {"BTC": Decimal("0.1"), "ETH": Decimal("0.01")}
LOT = {"BTC": Decimal("0.001"), "ETH": Decimal("0.001")}
LEVERAGE = 5
"""Of every position."""

_LOTS = {"BTC": (2, 60), "ETH": (20, 2_000)}
"""From above the venue's least notional to about 6,500 of quote; far below any bar's volume."""
_FIRST_BAR = 2
"""backtesting.py asks a strategy for the first time when two bars have closed."""
_ABSENT = 0.15
"""How often a trip has no stop, and how often no target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One minute of real trading, prices in quote."""

    opens_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    """Base units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One position: entered at the open of a bar, ended by its plan or at the open of another."""

    symbol: str
    sign: int
    """+1 LONG, -1 SHORT."""
    quantity: Decimal
    stop: Decimal | None
    target: Decimal | None
    enter_bar: int
    leave_bar: int
    """The script closes at its open what has not ended before."""
    enter_at: datetime
    leave_at: datetime
    """When those bars open, and so when the decisions are made."""

    @property
    def side(self) -> str:
        """Return LONG or SHORT."""
        return "LONG" if self.sign > 0 else "SHORT"


def read_bars(folder: Path, symbol: str) -> list[Bar]:
    """Return the candles of a symbol, each figure as its shortest decimal text says it."""
    rows = pl.read_parquet(folder / f"{symbol}-1m.parquet").rows(named=True)
    return [
        Bar(
            opens_at=row["ts"],
            **{
                name: Decimal(str(row[name])) for name in ("open", "high", "low", "close", "volume")
            },
        )
        for row in rows
    ]


def seeded_trips(
    bars: Mapping[str, Sequence[Bar]], *, seed: int, longest: int, reach_bps: int
) -> list[Trip]:
    """Return trips through all the bars, at most ``longest`` bars each, never two at a time.

    Triggers lie up to ``reach_bps`` away from the entry.
    """
    return [
        trip
        for symbol in sorted(bars)
        for trip in _trips(symbol, bars[symbol], Random(f"{seed}/{symbol}"), longest, reach_bps)
    ]


def _trips(
    symbol: str, bars: Sequence[Bar], dice: Random, longest: int, reach_bps: int
) -> Iterator[Trip]:
    enter = _FIRST_BAR + dice.randint(0, 2)
    while True:
        leave = enter + dice.randint(1, longest)
        if leave >= len(bars):
            return
        sign = dice.choice((1, -1))
        yield Trip(
            symbol=symbol,
            sign=sign,
            quantity=dice.randint(*_LOTS[symbol]) * LOT[symbol],
            stop=_trigger(symbol, bars, enter, -sign, dice, reach_bps),
            target=_trigger(symbol, bars, enter, sign, dice, reach_bps),
            enter_bar=enter,
            leave_bar=leave,
            enter_at=bars[enter].opens_at,
            leave_at=bars[leave].opens_at,
        )
        enter = leave + dice.randint(1, max(2, longest // 4))


def _trigger(
    symbol: str, bars: Sequence[Bar], enter: int, sign: int, dice: Random, reach_bps: int
) -> Decimal | None:
    """Return a price above (+1) or below (-1) the entry and the close before it, on the tick.

    Both, because one engine compares a plan with the one and another with the other.
    """
    if dice.random() < _ABSENT:
        return None
    near = (bars[enter].open, bars[enter - 1].close)
    base = max(near) if sign > 0 else min(near)
    tick = TICK[symbol]
    reach = int(base * reach_bps / 10_000 / tick)
    return base + sign * dice.randint(1, reach) * tick


def gap_trips(bars: Mapping[str, Sequence[Bar]], *, first: int) -> list[Trip]:
    """Return a trip over every bar that opens two ticks or more beyond the one before.

    A trigger lies in the gap. Four kinds take turns, beginning with number ``first``: a target or
    a stop, and the script closes one bar later or at the very open that jumps over the trigger.
    """
    trips: list[Trip] = []
    for symbol in sorted(bars):
        free = _FIRST_BAR
        for bar in range(_FIRST_BAR + 1, len(bars[symbol]) - 1):
            trip = _gap_trip(symbol, bars[symbol], bar, kind=first + len(trips))
            if trip is not None and trip.enter_bar >= free:
                trips.append(trip)
                free = trip.leave_bar + 1
    return trips


def _gap_trip(symbol: str, bars: Sequence[Bar], bar: int, *, kind: int) -> Trip | None:
    tick, opened, before = TICK[symbol], bars[bar].open, bars[bar - 1]
    highest = max(before.high, bars[bar - 2].close)
    lowest = min(before.low, bars[bar - 2].close)
    if opened >= highest + 2 * tick:
        jump, trigger = 1, highest + tick
    elif opened <= lowest - 2 * tick:
        jump, trigger = -1, lowest - tick
    else:
        return None
    helps, leave = kind % 2 == 0, bar + (kind // 2 % 2)
    return Trip(
        symbol=symbol,
        sign=jump if helps else -jump,
        quantity=_LOTS[symbol][1] * LOT[symbol],
        stop=None if helps else trigger,
        target=trigger if helps else None,
        enter_bar=bar - 1,
        leave_bar=leave,
        enter_at=before.opens_at,
        leave_at=bars[leave].opens_at,
    )


def write(trips: Sequence[Trip], path: Path) -> None:
    """Write the trips as a script for the scripted arm."""
    rows = []
    for trip in trips:
        stop, target = trip.stop or "", trip.target or ""
        opened = f"{trip.enter_at.isoformat()},{trip.symbol},open,{trip.side},{trip.quantity}"
        rows.append((trip.enter_at, f"{opened},{LEVERAGE},{stop},{target}"))
        rows.append((trip.leave_at, f"{trip.leave_at.isoformat()},{trip.symbol},close,,,,,"))
    lines = [line for _, line in sorted(rows)]
    header = "ts,symbol,action,side,quantity,leverage,stop,target"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
