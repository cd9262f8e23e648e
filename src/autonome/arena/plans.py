"""The exit plans of one arm's positions: what will end them, and where trailing stops stand."""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal
from typing import Final

from autonome.agents.port import Trail
from autonome.arena.account import Holding
from autonome.arena.books import Books
from autonome.arena.clock import NEVER
from autonome.arena.events import ExitDue, StopMoved
from autonome.arena.stage import Stage
from autonome.arena.watch import Watch, watch
from autonome.domain.choices import CloseTrigger, IntentPurpose, OrderType
from autonome.domain.instants import utc
from autonome.domain.value import changed
from autonome.venue.simulated.exits import Touch

__all__ = ["Plans"]

_TOUCHED: Final = {
    CloseTrigger.STOP: (IntentPurpose.STOP, OrderType.STOP_MARKET),
    CloseTrigger.TARGET: (IntentPurpose.TARGET, OrderType.TARGET_MARKET),
}
_DUE: Final = {
    CloseTrigger.TIME: IntentPurpose.TIME,
    CloseTrigger.INVALIDATION: IntentPurpose.INVALIDATION,
}


class Plans:
    """By symbol: when the plan of what is held ends it."""

    def __init__(self, books: Books, stage: Stage) -> None:
        self._books = books
        self._stage = stage
        self._watches: dict[str, Watch] = {}
        self._trails: dict[str, Trail] = {}
        self._since: dict[str, int] = {}
        """By symbol: the first bar for which what is held was planned."""
        self._ordered: set[str] = set()
        """Symbols whose end by condition is ordered: it is not ordered again as bars come."""
        self.next_instant = NEVER
        """When something of them is known next: a touch when its bar has closed."""
        self.next_touch_bar = NEVER
        """The first bar that touches a stop or a target."""

    @property
    def trailing(self) -> Set[str]:
        """Return the symbols whose stop follows a column."""
        return self._trails.keys()

    def trail(self, symbol: str, trail: Trail | None) -> None:
        """Let the stop of a position follow ``trail``, from the next ``plan`` on."""
        if trail is None:
            self._trails.pop(symbol, None)
        else:
            self._trails[symbol] = trail

    def plan(self, symbol: str, *, first_bar: int, suspended: bool = False) -> None:
        """Find out how what is held of a symbol ends, from ``first_bar`` on.

        ``suspended`` says that an order is already closing all of it.
        """
        holding = self._books.account.holdings.get(symbol)
        self._since[symbol] = first_bar
        self._ordered.discard(symbol)
        if holding is None:
            self._trails.pop(symbol, None)
        if holding is None or suspended:
            self._watches.pop(symbol, None)
        else:
            self._watch(symbol, holding, first_bar=first_bar)
        self._find_next()

    def renew(self, bar: int) -> None:
        """Look at ``bar``, which has come, and at what comes after it."""
        for symbol in self._watches:
            first_bar = max(bar, self._since[symbol])
            self._watch(symbol, self._books.account.holdings[symbol], first_bar=first_bar)
        self._find_next()

    def have_ordered(self, symbol: str) -> None:
        """Say that the end by condition of a position is at the venue already."""
        self._ordered.add(symbol)
        if symbol in self._watches:
            self._watches[symbol] = changed(self._watches[symbol], due=NEVER)
        self._find_next()

    def _watch(self, symbol: str, holding: Holding, *, first_bar: int) -> None:
        self._watches[symbol] = watch(
            holding,
            self._stage.venue.listings[symbol],
            self._stage.clock,
            self._trails.get(symbol),
            first_bar=first_bar,
            first_close=max(self._since[symbol], first_bar - 1),
        )
        if symbol in self._ordered:
            self._watches[symbol] = changed(self._watches[symbol], due=NEVER)

    def touched(self, bar: int) -> list[tuple[str, Touch]]:
        """Return what ``bar`` touches, symbols by name."""
        if bar != self.next_touch_bar:
            return []
        return [
            (symbol, touch)
            for symbol in sorted(self._watches)
            if (touch := self._watches[symbol].touch) is not None and touch.bar == bar
        ]

    def exit_at(self, symbol: str, touch: Touch, at_ms: int) -> ExitDue:
        """Return the exit that a touch calls for; a trailing stop is written down before."""
        self.move_stop(symbol, touch.bar)
        return self.exit_now(symbol, touch.trigger, at_ms)

    def exit_now(self, symbol: str, trigger: CloseTrigger, at_ms: int) -> ExitDue:
        """Return the exit that a stop or a target calls for, as it stands."""
        row = self._books.account.holdings[symbol].order
        purpose, order_type = _TOUCHED[trigger]
        stop = trigger is CloseTrigger.STOP
        return ExitDue(
            at=utc(at_ms),
            symbol=symbol,
            trigger=trigger,
            purpose=purpose,
            order_type=order_type,
            trigger_price=row.sl_trigger_price if stop else row.tp_trigger_price,
        )

    def due(self, instant: int) -> list[ExitDue]:
        """Return the exits whose condition came true at the close of the last bar, once."""
        if instant < self.next_instant:
            return []
        found = []
        for symbol in sorted(self._watches):
            present = self._watches[symbol]
            if present.due == instant:
                self._watches[symbol] = changed(present, due=NEVER)
                self._ordered.add(symbol)
                found.append(
                    ExitDue(
                        at=self._stage.clock.at(instant),
                        symbol=symbol,
                        trigger=present.due_trigger,
                        purpose=_DUE[present.due_trigger],
                        order_type=OrderType.MARKET,
                    )
                )
        self._find_next()
        return found

    def move_stops(self, bar: int) -> None:
        """Write down where the trailing stops stand while ``bar`` trades."""
        if self._trails:
            for symbol in sorted(self._trails):
                self.move_stop(symbol, bar)

    def move_stop(self, symbol: str, bar: int) -> None:
        """Write down where one trailing stop stands while ``bar`` trades, if it moved."""
        present = self._watches.get(symbol)
        if present is None or present.trailing is None:
            return
        ticks = present.trailing.stop_in(bar)
        if ticks is None:
            return
        stop: Decimal = self._stage.venue.listings[symbol].instrument.tick * ticks
        if stop != self._books.account.holdings[symbol].order.sl_trigger_price:
            self._books.apply(StopMoved(at=self._stage.clock.at(bar), symbol=symbol, stop=stop))

    def _find_next(self) -> None:
        instant = touch_bar = NEVER
        for each in self._watches.values():
            if each.touch is not None and each.touch.bar < touch_bar:
                touch_bar = each.touch.bar
            if each.due < instant:
                instant = each.due
        self.next_touch_bar = touch_bar
        self.next_instant = min(instant, touch_bar + 1)
