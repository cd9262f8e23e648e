"""One arm in a replay: it jumps from event to event, and its rows go to the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from autonome.agents.actions import Action, Holding, UpdateExitPlan
from autonome.agents.port import AccountView, Agent
from autonome.arena.account import Holding as Held
from autonome.arena.asking import Asking
from autonome.arena.books import Books
from autonome.arena.events import FundingSettled, Leg, Liquidated, Quote, Said, Step, WokeUp
from autonome.arena.following import LeaderLog
from autonome.arena.live.orders_on_book import OrdersOnBook
from autonome.arena.orders_at_work import OrdersAtWork
from autonome.arena.plans import Plans
from autonome.arena.solvency import Solvency
from autonome.arena.stage import Stage
from autonome.domain.choices import PolicyName
from autonome.domain.instants import ms_of, utc
from autonome.domain.policy import Policy
from autonome.ledger.journal.port import Booking, Counts, NavPoints
from autonome.ledger.rows import Arm, ArmPolicy, Model
from autonome.market.candles import MINUTE_MS
from autonome.venue.simulated.exits import Touch
from autonome.venue.simulated.liquidation import Liquidation

__all__ = ["Competitor", "Entrant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Who competes, how it is run, and who decides."""

    model: Model
    arm: Arm
    agent: Agent
    policy: Policy
    own: ArmPolicy | None = None
    """The newest limits of its own, if operators gave it any."""
    unasked_reason: str | None = None
    """Why there is nothing that its model could be asked with; ``None`` where there is."""

    @property
    def can_be_asked(self) -> bool:
        """Say whether there is what its model is asked with."""
        return self.unasked_reason is None


class Competitor:
    """The running state of one arm."""

    def __init__(
        self,
        agent: Agent,
        books: Books,
        stage: Stage,
        *,
        seed: int,
        leader: LeaderLog | None,
        is_followed: bool,
        begin: int = 0,
    ) -> None:
        """Let the arm run from the instant ``begin`` on."""
        self._stage = stage
        self._books = books
        self._plans = Plans(books, stage)
        self._orders = (
            OrdersAtWork(books, stage)
            if stage.present is None
            else OrdersOnBook(books, stage, stage.present)
        )
        self._asking = Asking(agent, books, stage, seed=seed, leader=leader)
        self._settled: tuple[int, str] = (0, "")
        """Instant (ms) and symbol of the funding that was settled last."""
        self.log = LeaderLog(books.account.starting_capital) if is_followed else None
        self._solvency = Solvency(stage, tested_bar=begin)
        self._settlement = 0
        """Place of the next settlement in the stage's list."""
        self._plan_next(begin)

    def run_until(self, end: int) -> None:
        """Bring the arm through every instant before ``end``."""
        while True:
            instant = min(self._next_instant(), end)
            # The bar before ``end`` closes at it, not before.
            if self._was_liquidated(min(instant, end - 1)):
                continue
            if instant == end:
                return
            self._visit(instant)

    def points(self, end: int) -> NavPoints:
        """Return the NAV of every bar that had closed at instant ``end``, each once."""
        self._books.cut_nav(end)
        return self._books.nav.drain()

    def finish(self, end: int, *, cycles: int, minutes: int) -> None:
        """End the run at instant ``end``: orders, stops that trailed, counters."""
        self._orders.cancel_all(end, "the replay ended first")
        self._plans.move_stops(end - 1)
        account = self._books.account
        counts = Counts(invocations=cycles, minutes=minutes)
        self._books.book(Booking(model_id=account.model_id, epoch=account.epoch, counts=counts))

    def _next_instant(self) -> int:
        """Return the next instant at which something is known to happen to this arm."""
        instant = min(self._asking.next_tick, self._plans.next_instant)
        trading = self._orders.next_bar
        if trading < instant and trading < self._stage.clock.end:
            instant = trading
        if self._books.account.holdings:
            funding = self._stage.funding
            if self._settlement < len(funding):
                instant = min(instant, funding[self._settlement][0])
        return instant

    def _visit(self, instant: int) -> None:
        """Let happen what happens at one instant, in the order of the accounting rules."""
        touched = self._plans.touched(instant - 1)
        for symbol, touch in touched:
            self._exit(symbol, touch)
        if touched:
            self._was_liquidated(instant)
            self._cover_shortfall(instant - 1, MINUTE_MS - 1)
            self._show(instant)
        self._settle_funding(instant)
        asked = traded = False
        if self._stage.clock.is_open(instant):
            for due in self._plans.due(instant):
                for order in self._books.apply(due).orders:
                    self._orders.send(order, instant)
            asked = self._asking.next_tick == instant
            if asked:
                self._ask(instant)
            if not self._stage.clock.runs_on:
                # Where time jumps, funding may be due after the decisions, before the next open.
                self._settle_funding(instant, after_decisions=True)
            traded = self._trade(instant)
        if asked or traded or touched:
            self._plan_next(instant)

    def _plan_next(self, instant: int) -> None:
        """Find out when the agent is asked next, and let followers see what is held now."""
        view = self._asking.view(instant, self._orders.under_way())
        self._asking.plan(view, instant)
        if self.log is not None:
            clock = self._stage.clock
            tick = clock.tick_from(clock.at_ms(instant) + 1)
            self.log.note(tick, (), view.nav, view.positions)

    def _show(self, instant: int) -> None:
        """Let followers see at this very tick what ended in the bar before it."""
        clock = self._stage.clock
        if self.log is not None and clock.tick_from(clock.at_ms(instant)) == instant:
            view = self._asking.view(instant, self._orders.under_way())
            self.log.note(instant, (), view.nav, view.positions)

    def _exit(self, symbol: str, touch: Touch) -> None:
        """Trade a stop or a target that was touched in the bar that has closed."""
        at_ms = self._dated_ms(touch.bar, at_open=touch.at_open)
        self._books.cut_nav(touch.bar)
        done = self._books.apply(self._plans.exit_at(symbol, touch, at_ms))
        self._orders.trade_at(done.orders[0], touch.bar, touch.price, at_ms)
        self._plan(symbol, first_bar=touch.bar + 1)

    def _dated_ms(self, bar: int, *, at_open: bool) -> int:
        """Date what happens in a bar: its opening, or its last millisecond (convention).

        On a live market something else may have happened since it opened.
        """
        open_ms = int(self._stage.market.open_ms[bar])
        is_first = at_open and self._stage.present is None
        return open_ms if is_first else open_ms + MINUTE_MS - 1

    def _settle_funding(self, instant: int, *, after_decisions: bool = False) -> None:
        """Settle the funding of an instant, on positions held before."""
        funding = self._stage.funding
        while self._settlement < len(funding) and funding[self._settlement][0] <= instant:
            due, event = funding[self._settlement]
            is_later = due == instant and event.at > self._stage.clock.at(instant)
            if is_later and not after_decisions:
                return
            self._settlement += 1
            if (
                due == instant
                and self._owes(event)
                and (ms_of(event.at), event.symbol) > self._settled
            ):
                # The NAV of the instant itself counts what is paid by then.
                self._books.cut_nav(instant if after_decisions else instant - 1)
                self._books.apply(event)

    def _owes(self, event: FundingSettled) -> bool:
        """Say whether a settlement concerns what is held."""
        held = self._books.account.holdings.get(event.symbol)
        if held is None or event.due_at is None:
            return held is not None
        return held.order.opened_at < event.due_at

    def _ask(self, tick: int) -> None:
        """Ask the agent, and send the orders that its policy lets through."""
        self._plans.move_stops(tick)
        under_way = self._orders.under_way()
        view = self._asking.view(tick, under_way)
        actions = self._asking.ask(tick, view)
        if actions:
            self._take_up(actions, tick, view, under_way)

    def _take_up(
        self,
        actions: tuple[Action, ...],
        tick: int,
        view: AccountView,
        under_way: Mapping[str, Decimal],
        said: Said | None = None,
        *,
        sent: int | None = None,
    ) -> Step:
        """Let the policy look at an answer, and send the orders that it lets through."""
        if self._books.policy.name is PolicyName.STANDARD:
            # Its rules look at the peak, and at the NAV with which the day began.
            self._books.cut_nav(tick)
            self._books.nav.fold()
        quotes = self._quotes(actions, tick)
        others = [*self._books.account.holdings, *under_way]
        decided = self._books.apply(
            WokeUp(
                at=self._stage.clock.at(tick) if said is None else self._stage.now,
                actions=actions,
                symbols=self._stage.symbols,
                quotes=quotes,
                marks={
                    each: self._stage.mark_price(each, tick)
                    for each in others
                    if each not in quotes
                },
                peak_nav=self._books.nav.peak,
                day_opening_nav=self._books.nav.day_opening,
                under_way=under_way,
                said=said,
            )
        )
        self._asking.deny(decided.denials)
        for order in decided.orders:
            self._orders.send(order, tick if sent is None else sent)
        for action in decided.accepted:
            if isinstance(action, UpdateExitPlan):
                self._plan(action.symbol, first_bar=tick)
        if self.log is not None and decided.accepted:
            self.log.note(tick, decided.accepted, view.nav, view.positions)
        return decided

    def _quotes(self, actions: tuple[Action, ...], tick: int) -> dict[str, Quote]:
        """Return the quotes of all symbols that an answer names."""
        return {
            action.symbol: self._stage.quote(action.symbol, tick)
            for action in actions
            if not isinstance(action, Holding) and action.symbol in self._stage.venue.listings
        }

    def _trade(self, bar: int) -> bool:
        """Trade the orders that are at the venue when ``bar`` opens; say whether there were any."""
        if self._orders.next_bar != bar or bar >= self._stage.clock.end:
            return False
        # What is traded may be planned anew: from where its stop stands now.
        self._plans.move_stops(bar)
        before = self._books.account.holdings
        for symbol in self._orders.trade_at_open(bar):
            self._has_traded(symbol, before.get(symbol), bar, first_bar=bar)
        self._cover_shortfall(bar, 0)
        return True

    def _has_traded(
        self, symbol: str, before: Held | None, instant: int, *, first_bar: int
    ) -> None:
        """Plan what is held of a symbol after an order of it traded or ended at ``instant``."""
        held = self._books.account.holdings.get(symbol)
        if held is not None and _has_grown(before, held):
            self._plans.trail(symbol, self._asking.trail(held, instant))
        self._plan(symbol, first_bar=first_bar)

    def _cover_shortfall(self, bar: int, after_ms: int) -> None:
        """Let the venue pay what an account lacks that has nothing left: nobody owes it.

        A stop can trade far beyond itself, and end an account before the test for liquidation.
        """
        account = self._books.account
        if account.cash_flow < 0 and not account.holdings:
            self._end_at(int(self._stage.market.open_ms[bar]) + after_ms, bar, ())

    def _end_at(self, at_ms: int, bar: int, legs: tuple[Leg, ...]) -> None:
        """Let the venue take over what is held; what is lacking then is paid by nobody."""
        self._books.cut_nav(bar)
        self._books.apply(Liquidated(at=utc(at_ms), legs=legs))

    def _plan(self, symbol: str, *, first_bar: int) -> None:
        held = self._books.account.holdings.get(symbol)
        suspended = held is not None and self._orders.closes_all_of(symbol, held.order.quantity)
        self._plans.plan(symbol, first_bar=first_bar, suspended=suspended)

    def _was_liquidated(self, instant: int) -> bool:
        """Test the bars that closed since the last test, and say whether one ended everything.

        A bar with a touched stop or target is left for the test on what remains after it.
        """
        end = min(instant, self._stage.clock.end, self._plans.next_touch_bar)
        found = self._solvency.liquidation(self._books.account, end)
        if found is not None:
            self._liquidate(found)
        return found is not None

    def _liquidate(self, found: Liquidation) -> None:
        """Let the venue take over every position at the prices that were found."""
        self._books.cut_nav(found.bar)
        self._plans.move_stops(found.bar)
        held = self._books.account.holdings
        legs = [
            self._leg(holding, price)
            for holding, price in zip(held.values(), found.prices, strict=True)
        ]
        self._end_at(self._dated_ms(found.bar, at_open=found.at_open), found.bar, tuple(legs))
        for symbol in held:
            self._plan(symbol, first_bar=found.bar + 1)
        self._show(found.bar + 1)
        self._plan_next(found.bar + 1)

    def _leg(self, holding: Held, price: Decimal) -> Leg:
        """Return the take-over of a position at ``price`` (quote)."""
        row = holding.order
        listing = self._stage.venue.listings[row.symbol]
        return Leg(
            symbol=row.symbol,
            execution=listing.taken_over(row.side.exit_side, row.quantity, price),
            fee_rate=listing.instrument.liquidation_fee_rate,
        )


def _has_grown(before: Held | None, now: Held) -> bool:
    """Say whether a position was opened or added to."""
    return (
        before is None
        or before.order.id != now.order.id
        or (now.order.quantity > before.order.quantity)
    )
