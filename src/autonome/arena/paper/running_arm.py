"""One arm in an arena that runs by itself: bars come one by one, and a new process goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Final

from autonome.agents.actions import Action
from autonome.arena.books import Books
from autonome.arena.clock import NEVER
from autonome.arena.competitor import Entrant
from autonome.arena.events import (
    Event,
    FundingSettled,
    Halted,
    Names,
    Reset,
    Resumed,
    Said,
    Step,
    WokeUp,
)
from autonome.arena.following import LeaderLog
from autonome.arena.memory import Memory, recalled, recalled_ticket, remembered
from autonome.arena.orders_at_work import Ticket
from autonome.arena.paper.led import action_from, action_words
from autonome.arena.paper.operated_arm import OperatedArm
from autonome.arena.paper.restoring import reopened
from autonome.arena.stage import Stage
from autonome.domain.choices import CloseTrigger, IntentState, OrderType
from autonome.domain.errors import InvariantBroken, LedgerError
from autonome.domain.instants import ms_of, utc
from autonome.domain.money import round_cents
from autonome.domain.value import changed
from autonome.ledger.journal.port import Amendment, Booking, Counts, NavPoints
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import ArmPolicy, ArmState, Intent
from autonome.market.candles import MINUTE_MS

__all__ = ["RunningArm"]

_LOG: Final = logging.getLogger(__name__)
_LONGEST_REASON: Final = 500
_BY_CONDITION: Final = (CloseTrigger.TIME, CloseTrigger.INVALIDATION)
_LOST: Final = "the process ended before it traded"


class RunningArm(OperatedArm):
    """An arm whose market grows, whose model may answer late, and that operators may stop."""

    @classmethod
    def joined(
        cls,
        entrant: Entrant,
        record: RestoredArm | None,
        stage: Stage,
        names: Names,
        *,
        seed: int,
        leader: LeaderLog | None,
        is_followed: bool,
    ) -> RunningArm:
        """Let an arm run from now on: a new one, or one of which there is a record."""
        memory = recalled(None if record is None or record.state is None else record.state.state)
        if record is None:
            books = Books.opened(
                entrant.model,
                entrant.arm,
                entrant.policy,
                stage,
                names,
                first_bar=stage.clock.end,
            )
        else:
            books = reopened(entrant, record, memory, stage, names)
        arm = cls(
            entrant.agent,
            books,
            stage,
            seed=seed,
            leader=leader,
            is_followed=is_followed,
            begin=stage.clock.end,
        )
        arm.entrant = entrant
        arm.is_enabled = entrant.arm.enabled and entrant.can_be_asked
        books.memory = arm.remembered
        if record is not None:
            arm.recall(memory, record)
        return arm

    entrant: Entrant
    """Who competes."""
    is_enabled = True
    """Whether it is asked; where not, exits of what it holds go on."""
    _counted_ms = 0
    """The last tick that its counters count."""
    _asked_before = 0
    """The last tick at which an earlier process asked; 0 is none."""
    _resumed_ms = 0
    """When an operator resumed it last: its peak counts from then on; 0 is never."""
    _reset: tuple[int, str] = (0, "")
    """When an operator reset it last (ms), and by which command; 0 is never."""
    _accepted: tuple[Action, ...] = ()
    """Of a leader: what its policy let through when it was asked last."""

    @property
    def worth(self) -> Decimal:
        """Return the NAV at the last closing prices (quote)."""
        stage = self._stage
        return self._books.account.nav(lambda symbol: stage.mark_price(symbol, stage.clock.end))

    @property
    def peak(self) -> Decimal:
        """Return the highest NAV that its policy looks at (quote)."""
        return self._books.nav.peak

    @property
    def positions(self) -> int:
        """Return how many positions are open."""
        return len(self._books.account.holdings)

    @property
    def completed(self) -> int:
        """Return how many trades, or parts of them, have ended."""
        return len(self._books.trades)

    def grow(self, *, first_bar: int) -> None:
        """Go on where the stage has more bars, from ``first_bar`` on."""
        clock = self._stage.clock
        self._books.nav.grow(self._stage.market)
        self._solvency.renew()
        self._plans.renew(first_bar)
        self._plans.move_stops(first_bar)
        if clock.is_tick(clock.end) and not self._stage.is_missed:
            view = self._asking.view(clock.end, self._orders.under_way())
            with self._agent_at_work():
                self._asking.grow(clock.end, view)
                self._trail_all()
            if self.log is not None and clock.end == self._asked_before:
                # Followers may not have seen what an earlier process was let do at this tick.
                self.log.note(clock.end, self._accepted, view.nav, view.positions)

    def _trail_all(self) -> None:
        clock = self._stage.clock
        for symbol, held in self._books.account.holdings.items():
            self._plans.trail(symbol, self._asking.trail(held, clock.end))

    @contextmanager
    def _agent_at_work(self) -> Iterator[None]:
        """Let an agent that fails harm itself alone: it is halted, and its exits go on."""
        try:
            yield
        except (LedgerError, InvariantBroken):
            raise
        except Exception as error:
            _LOG.exception("%s: its agent failed", self.entrant.agent.name)
            self._asking.rest()
            reason = f"its agent failed: {type(error).__name__}: {error}"
            self.operate(Halted(at=self._stage.now, reason=reason[:_LONGEST_REASON]))

    def points(self, end: int) -> NavPoints:
        """Return the NAV not written yet, under the epoch of this run."""
        return changed(super().points(end), epoch=self._books.account.epoch)

    def count(self) -> None:
        """Count the tick that has come, once: rules and controls cover every one."""
        clock, account = self._stage.clock, self._books.account
        at_ms = clock.at_ms(clock.end)
        if self._counted_ms >= at_ms or not self.is_enabled:
            return
        self._counted_ms = at_ms
        self._books.book(
            Booking(
                model_id=account.model_id,
                epoch=account.epoch,
                counts=Counts(invocations=1, minutes=clock.cadence_minutes),
                state=self._remembered_now(),
            )
        )

    def _ask(self, tick: int) -> None:
        """Ask the agent; stops that trail stand as ``grow`` wrote them down.

        Where they stand in the bar to come is found when it has come. What an earlier process has
        asked at this tick is not asked again: what it heard is booked. Nor is one that was missed.
        """
        if tick == self._asked_before:
            return
        if self._stage.is_missed or not self.is_enabled:
            self._asking.asked = tick
            return
        under_way = self._orders.under_way()
        view = self._asking.view(tick, under_way)
        self._accepted = ()
        with self._agent_at_work():
            actions = self._asking.ask(tick, view)
            if actions:
                self._take_up(actions, tick, view, under_way)

    def recall(self, memory: Memory, record: RestoredArm) -> None:
        """Go on with what an earlier process of the arm remembered, and end what it lost."""
        clock = self._stage.clock
        self._settled = memory.settled
        self._counted_ms, self._resumed_ms = memory.counted, memory.resumed
        self._reset = memory.reset
        intents = {each.intent.id: each.intent for each in record.working}
        calls = {each.tool_call.id: each.tool_call for each in record.working if each.tool_call}
        tickets = []
        for kept in memory.orders:
            instant = clock.instant_from(int(kept["sent"]))
            ticket = recalled_ticket(kept, intents, calls, bar=clock.end)
            if ticket is not None and self._orders.is_still_wanted(ticket):
                index = ticket.order.intent.client_order_index
                arrival = clock.instant_from(int(kept["next"]))
                if not ticket.works:
                    arrival = self._stage.venue.arrival_bar(instant, index)
                ticket.bar = max(arrival, clock.end)
                tickets.append(ticket)
                del intents[ticket.order.intent.id]
        self._orders.go_on(
            tickets,
            {
                symbol: (clock.instant_from(at_ms), quantity)
                for symbol, (at_ms, quantity) in memory.taken.items()
            },
        )
        self._cancel_lost(list(intents.values()))
        self._asking.recall(memory.asked, memory.agent)
        self._asked_before = self._asking.asked
        self._accepted = tuple([action_from(words) for words in memory.accepted])
        for symbol, held in self._books.account.holdings.items():
            self._plans.trail(symbol, self._asking.trail(held, clock.end))
            # The last close moved its stop, unless the position is younger.
            opened = clock.instant_from(ms_of(held.order.opened_at))
            # On a live market it may have been opened in the minute that goes on.
            latest = clock.end if self._stage.present is None else opened
            self._plan(symbol, first_bar=min(max(opened, clock.end - 1), latest))
        for ticket in tickets:
            if ticket.order.trigger in _BY_CONDITION:
                self._plans.have_ordered(ticket.order.intent.symbol)
        # With what is remembered now, it may want to be asked at another time.
        self._plan_next(clock.end)

    def remembered(self, event: Event, done: Step) -> ArmState:
        """Return what a new process would go on with after ``event``."""
        clock, tickets = self._stage.clock, list(self._orders.tickets)
        if isinstance(event, FundingSettled):
            self._settled = ms_of(event.at), event.symbol
        if isinstance(event, WokeUp) and self.log is not None:
            self._accepted = done.accepted
        # A touched trigger trades at once, or is touched again; others trade at a later open.
        late = event.said.sent if isinstance(event, WokeUp) and event.said else None
        is_live = self._stage.present is not None
        sent_ms = ms_of(self._stage.now if is_live else late or event.at)
        tickets += [
            Ticket(order, NEVER, sent_ms)
            for order in done.orders
            if is_live or order.intent.order_type is OrderType.MARKET
        ]
        asked_ms = clock.at_ms(self._asking.asked) if self._asking.asked else 0
        return remembered(
            done.account,
            tickets,
            event.at,
            asked_ms=asked_ms,
            settled=self._settled,
            counted_ms=self._counted_ms,
            resumed_ms=self._resumed_ms,
            reset=self._reset,
            next_ms=lambda ticket: (
                ticket.sent_ms if ticket.bar == NEVER else clock.at_ms(ticket.bar)
            ),
            taken={
                symbol: (clock.at_ms(bar), quantity)
                for symbol, (bar, quantity) in self._orders.taken.items()
            },
            trailing=self._plans.trailing,
            accepted=[action_words(action) for action in self._accepted],
            spent=self.spent_words(),
            agent=self._asking.kept(),
        )

    def _remembered_now(self) -> ArmState:
        """Return what a new process would go on with as things stand."""
        step = Step(account=self._books.account, booking=None)
        return self.remembered(Resumed(at=self._stage.now), step)

    def spent_words(self) -> Mapping[str, object]:
        """Return what counts against a day's budget: nothing, for who is no model."""
        return {}

    def decide(self, actions: tuple[Action, ...], said: Said, *, is_late: bool = False) -> Step:
        """Take up what a model said, now.

        An answer that is late came after the bar had opened that goes on: its orders trade at the
        next open.
        """
        instant, under_way = self._stage.clock.end, self._orders.under_way()
        view = self._asking.view(instant, under_way)
        sent = instant + 1 if is_late else instant
        if is_late:
            said = changed(said, sent=self._stage.clock.at(sent))
        return self._take_up(actions, instant, view, under_way, said, sent=sent)

    def operate(self, event: Halted | Resumed) -> None:
        """Let an operator halt the arm, or take that back.

        Whoever resumes an arm accepts what it has lost: its peak begins anew, or the drawdown
        would halt it again at once. An agent that failed begins anew, too.
        """
        books, instant = self._books, self._stage.clock.end
        if isinstance(event, Resumed) and books.account.halted_reason is not None:
            # A reset of this minute is dated after its close: the peak begins with it.
            self._resumed_ms = max(ms_of(event.at), self._reset[0])
            books.nav.begin_peak(self.worth)
        books.apply(event)
        if isinstance(event, Resumed) and self._asking.rests:
            with self._agent_at_work():
                self._asking.begin_anew(instant)
                self._plan_next(instant)

    def reset(self, command_id: str) -> str:
        """Bring the arm back to its starting capital, if it holds nothing; say what came of it.

        The payment comes after the NAV of the minute that has closed, and before the next one.
        Peak and day opening begin with the capital, by which no drawdown goes on.
        """
        clock, books = self._stage.clock, self._books
        capital = books.account.starting_capital
        words = f"reset to {round_cents(capital)}"
        if self._reset[1] == command_id:
            return words
        if books.account.holdings or self._orders.tickets:
            return "nothing done: flatten first, for it holds a position or has an order under way"
        closed_ms = clock.at_ms(clock.end)
        at_ms = min(max(ms_of(self._stage.now), closed_ms + 1), closed_ms + MINUTE_MS - 1)
        self._reset, self._resumed_ms = (at_ms, command_id), at_ms
        books.apply(Reset(at=utc(at_ms), payment_id=command_id))
        books.nav.begin_peak(capital)
        books.nav.begin_day(capital)
        return words

    def enable(self, is_enabled: bool) -> None:
        """Let the arm be asked from now on, or not any more."""
        account = self._books.account
        booking = Booking(model_id=account.model_id, epoch=account.epoch, enabled=is_enabled)
        self._books.book(booking)
        arm = replace(self.entrant.arm, enabled=is_enabled)
        self.entrant = replace(self.entrant, arm=arm)
        self.is_enabled = is_enabled and self.entrant.can_be_asked

    def amend(
        self,
        entrant: Entrant,
        *,
        policies: tuple[ArmPolicy, ...] = (),
        settings: Mapping[str, object] | None = None,
        model: str | None = None,
    ) -> None:
        """Go on as ``entrant`` says, once what operators changed is on record."""
        account = self._books.account
        self._books.amend(
            Amendment(
                model_id=account.model_id,
                epoch=account.epoch,
                policies=policies,
                settings=settings,
                model=model,
            )
        )
        self.entrant, self._books.policy = entrant, entrant.policy
        self.is_enabled = entrant.arm.enabled and entrant.can_be_asked

    def _cancel_lost(self, intents: Sequence[Intent]) -> None:
        """End the orders that nobody sent: what asked for them is still there, or was answered."""
        if not intents:
            return
        account, at = self._books.account, self._stage.now
        self._books.book(
            Booking(
                model_id=account.model_id,
                epoch=account.epoch,
                intents=tuple(
                    changed(each, state=IntentState.CANCELLED, reason=_LOST, updated_at=at)
                    for each in intents
                ),
            )
        )
