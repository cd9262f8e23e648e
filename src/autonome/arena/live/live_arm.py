"""One arm on a live market: what happens to it between two closed minutes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from autonome.arena.account import Holding
from autonome.arena.competitor import Competitor
from autonome.arena.live.marks import Extremes
from autonome.arena.live.orders_on_book import OrdersOnBook
from autonome.domain.choices import CloseTrigger
from autonome.domain.margin import maintenance_margin
from autonome.domain.money import ZERO

__all__ = ["LiveArm"]


class LiveArm(Competitor):
    """A competitor that also acts within the minute that goes on; elsewhere nobody lets it look."""

    _looked_bar = -1
    """The last minute in which it looked."""

    def look(self, extremes: Mapping[str, Extremes], *, now_ms: int) -> None:
        """Let triggers be touched, the account be tested, and orders trade, at ``now_ms``.

        ``extremes`` has the marks since it looked last.
        """
        orders, bar = self._orders, self._stage.clock.end
        assert isinstance(orders, OrdersOnBook)
        if self._looked_bar != bar:
            self._looked_bar = bar
            self._plans.renew(bar)
            self._plans.move_stops(bar)
        acted = self._trigger(extremes, now_ms)
        acted = self._takes_over(now_ms) or acted
        if self._trade_now(orders, now_ms) or acted:
            self._plan_next(bar)

    def _trigger(self, extremes: Mapping[str, Extremes], now_ms: int) -> bool:
        """Order the exits whose stop or target the marks touched; say whether there were any."""
        bar, found = self._stage.clock.end, []
        for symbol, held in sorted(self._books.account.holdings.items()):
            seen = extremes.get(symbol)
            trigger = None if seen is None else _touched(held, seen)
            if trigger is not None and not self._orders.closes_all_of(symbol, held.order.quantity):
                found.append((symbol, trigger))
        for symbol, trigger in found:
            for order in self._books.apply(self._plans.exit_now(symbol, trigger, now_ms)).orders:
                self._orders.send(order, bar)
            self._plan(symbol, first_bar=bar + 1)
        return bool(found)

    def _takes_over(self, now_ms: int) -> bool:
        """Let the venue take over an account whose NAV is down to its maintenance margin."""
        account, present = self._books.account, self._stage.present
        assert present is not None
        nav, required = account.cash_flow, ZERO
        marks: dict[str, Decimal] = {}
        for symbol, held in account.holdings.items():
            mark = present.mark_price(symbol)
            if mark is None:
                return False
            marks[symbol] = mark
            rate = self._stage.venue.listings[symbol].instrument.maintenance_rate
            nav += held.position.size * mark
            required += maintenance_margin(size=held.position.size, mark_price=mark, rate=rate)
        if not marks or nav > required:
            return False
        bar = self._stage.clock.end
        legs = [self._leg(held, marks[symbol]) for symbol, held in account.holdings.items()]
        self._end_at(now_ms, bar, tuple(legs))
        for symbol in marks:
            self._plan(symbol, first_bar=bar + 1)
        return True

    def _trade_now(self, orders: OrdersOnBook, now_ms: int) -> bool:
        """Trade what is at the venue; say whether anything came of it."""
        bar, before = self._stage.clock.end, self._books.account.holdings
        symbols = orders.trade_on_books(now_ms)
        for symbol in sorted(set(symbols)):
            self._has_traded(symbol, before.get(symbol), bar, first_bar=bar + 1)
        account = self._books.account
        if symbols and account.cash_flow < 0 and not account.holdings:
            self._end_at(now_ms, bar, ())
        return bool(symbols)


def _touched(held: Holding, seen: Extremes) -> CloseTrigger | None:
    """Return which trigger the marks touched; the stop first (convention, pessimistic)."""
    row = held.order
    sign = row.side.sign
    worst, best = (seen.low, seen.high) if sign > 0 else (seen.high, seen.low)
    stop, target = row.sl_trigger_price, row.tp_trigger_price
    if stop is not None and sign * (worst - stop) <= 0:
        return CloseTrigger.STOP
    if target is not None and sign * (best - target) >= 0:
        return CloseTrigger.TARGET
    return None
