"""backtesting.py's side: one run for each symbol, in lots, in binary floating-point numbers.

It trades whole units of what its candles price, so a unit is one lot. It tells the bar of an exit
and not the instant in it, and no trigger: that follows from the price, since a plan's triggers
lie on either side of the entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
from backtesting import Backtest, Strategy

from simulation.oracle.outcomes import Key, Outcome, Run, key_of, to_cents
from simulation.oracle.trips import CAPITAL, LEVERAGE, LOT, TICK, Bar, Trip

__all__ = ["as_it_would_tell", "backtested"]

_FEE = 0.0005
_MOST_OFF_TICK = Decimal("0.000001")


def backtested(trips: Sequence[Trip], bars: Mapping[str, Sequence[Bar]]) -> Run:
    """Run the trips over the bars."""
    outcomes: dict[Key, Outcome] = {}
    nav = CAPITAL
    for symbol in bars:
        own = [trip for trip in trips if trip.symbol == symbol]
        stats = Backtest(
            _frame(symbol, bars[symbol]),
            _strategy(own),
            cash=float(CAPITAL),
            commission=_FEE,
            margin=1 / LEVERAGE,
        ).run()
        rows = stats["_trades"].sort_values("EntryBar").itertuples()
        for trip, row in zip(own, rows, strict=True):
            assert row.EntryBar == trip.enter_bar
            outcomes[key_of(trip)] = _outcome(trip, row, bars[symbol])
        nav += Decimal(float(stats["Equity Final [$]"])) - CAPITAL
    return Run(outcomes=outcomes, nav=to_cents(nav))


def as_it_would_tell(run: Run) -> Run:
    """Return our run as far as this engine tells its own: exits by the minute, fees in cents."""
    outcomes = {
        key: replace(
            each, left_at=each.left_at.replace(second=0, microsecond=0), fees=to_cents(each.fees)
        )
        for key, each in run.outcomes.items()
    }
    return replace(run, outcomes=outcomes)


def _frame(symbol: str, bars: Sequence[Bar]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name.title(): [_of_lot(symbol, getattr(bar, name)) for bar in bars]
            for name in ("open", "high", "low", "close")
        },
        index=pd.DatetimeIndex([bar.opens_at for bar in bars]),
    )


def _of_lot(symbol: str, price: Decimal) -> float:
    return float(price * LOT[symbol])


def _strategy(trips: Sequence[Trip]) -> type[Strategy]:
    entries = {trip.enter_bar: trip for trip in trips}
    exits = {trip.leave_bar for trip in trips}

    class Script(Strategy):
        """Asks, at the close of a bar, for what trades at the open of the next."""

        def init(self) -> None:
            pass

        def next(self) -> None:
            bar = len(self.data)
            if bar in exits:
                self.position.close()
            trip = entries.get(bar)
            if trip is not None:
                order = self.buy if trip.sign > 0 else self.sell
                order(
                    size=int(trip.quantity / LOT[trip.symbol]),
                    sl=None if trip.stop is None else _of_lot(trip.symbol, trip.stop),
                    tp=None if trip.target is None else _of_lot(trip.symbol, trip.target),
                )

    return Script


def _outcome(trip: Trip, row: Any, bars: Sequence[Bar]) -> Outcome:
    entry_price, exit_price = (
        _price(trip.symbol, each) for each in (row.EntryPrice, row.ExitPrice)
    )
    trigger = "TARGET" if trip.sign * (exit_price - entry_price) > 0 else "STOP"
    return Outcome(
        quantity=abs(row.Size) * LOT[trip.symbol],
        entry_price=entry_price,
        exit_price=exit_price,
        left_at=bars[row.ExitBar].opens_at,
        # A position that is still there at that bar's open is closed before anything else.
        trigger=None if row.ExitBar == trip.leave_bar else trigger,
        fees=to_cents(Decimal(row.Commission)),
        net=to_cents(Decimal(row.PnL)),
    )


def _price(symbol: str, of_lot: float) -> Decimal:
    ticks = Decimal(of_lot) / (TICK[symbol] * LOT[symbol])
    whole = ticks.to_integral_value()
    assert abs(ticks - whole) < _MOST_OFF_TICK
    return whole * TICK[symbol]
