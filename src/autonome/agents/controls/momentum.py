"""Simple momentum: follow the last hours' return, with a stop and a target."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.controls.control import Control
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Moment
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact
from autonome.market.candles import MINUTE_MS, Candles
from autonome.market.market import Market

__all__ = ["Momentum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum(Control):
    """Enter when a return crosses the threshold, long or short; turn when it turns."""

    name: str = "Simple momentum"
    """What the ledger calls it."""
    symbols: tuple[str, ...]
    lookback_bars: int = 240
    """1-minute bars over which the return is taken."""
    threshold: Decimal = Decimal("0.01")
    """Return over the lookback, as a fraction, beyond which it enters."""
    stop_distance: Decimal = Decimal("0.015")
    """Distance of the stop from the last close, as a fraction."""
    target_distance: Decimal = Decimal("0.03")
    """Distance of the target from the last close, as a fraction."""
    exposure: Decimal = Decimal("0.45")
    """Notional of each position, as a fraction of NAV."""
    leverage: Decimal = Decimal(5)

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _EdgeTrader:
        """Return a decider that knows when the return of each symbol crosses the threshold."""
        edges: dict[int, list[tuple[str, OrderSide]]] = defaultdict(list)
        for symbol in self.symbols:
            candles = market.candles[symbol]
            ticks = np.flatnonzero(candles.close_ms % (cadence_minutes * MINUTE_MS) == 0)
            state = self._state(candles, ticks)
            before = np.concatenate(([0], state[:-1]))
            for row in np.flatnonzero((state != 0) & (state != before)).tolist():
                side = OrderSide.LONG if state[row] > 0 else OrderSide.SHORT
                edges[int(candles.close_ms[ticks[row]])].append((symbol, side))
        return _EdgeTrader(self, edges, cadence_minutes=cadence_minutes)

    def _state(self, candles: Candles, bars: NDArray[np.intp]) -> NDArray[np.int8]:
        """Return, for each of ``bars``, +1 where the return is above the threshold, -1 below.

        Without enough history it is 0. Integers decide, so that no rounding moves an edge.
        """
        above, below = self.threshold.as_integer_ratio()
        known = bars >= self.lookback_bars
        before = candles.close[np.where(known, bars - self.lookback_bars, 0)]
        change = candles.close[bars] - before
        beyond = known & (np.abs(change) * below > above * before)
        return np.where(beyond, np.sign(change), 0).astype(np.int8)


class _EdgeTrader(FixedStops):
    """Acts at the edges, and only there: a position that was stopped waits for the next one."""

    def __init__(
        self,
        rule: Momentum,
        edges: dict[int, list[tuple[str, OrderSide]]],
        *,
        cadence_minutes: int,
    ) -> None:
        self._rule = rule
        self._edges = edges
        self._cadence_minutes = cadence_minutes
        self._instants = sorted(edges)

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the next edge of any symbol."""
        index = bisect_right(self._instants, after_ms)
        return self._instants[index] if index < len(self._instants) else None

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return an entry or a turn for each symbol whose return has just crossed."""
        held = moment.account.positions
        return tuple(
            self._entry(symbol, side, moment)
            for symbol, side in self._edges.get(moment.at_ms, ())
            if symbol not in held or held[symbol].side is not side
        )

    def grown(self, market: Market) -> _EdgeTrader:
        """Return a decider that knows the edges of the longer market."""
        return self._rule.begin(market, cadence_minutes=self._cadence_minutes, seed=0)

    @exact
    def _entry(self, symbol: str, side: OrderSide, moment: Moment) -> CreatePosition:
        rule = self._rule
        close = moment.observation.last_close(symbol)
        before = moment.observation.close(symbol, bars_ago=rule.lookback_bars)
        return CreatePosition(
            symbol=symbol,
            side=side,
            notional=moment.account.nav * rule.exposure,
            leverage=rule.leverage,
            exit_plan=ExitPlan(
                stop=close * (1 - side.sign * rule.stop_distance),
                target=close * (1 + side.sign * rule.target_distance),
            ),
            reason=f"{symbol} moved from {before} to {close} in {rule.lookback_bars} minutes.",
        )
