"""When an arm's agent is asked next, and what it is shown then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from autonome.agents.actions import Action
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import (
    AccountView,
    Agent,
    Decider,
    Moment,
    Remembering,
    Trail,
)
from autonome.arena.account import Holding
from autonome.arena.books import Books
from autonome.arena.clock import NEVER
from autonome.arena.following import LeaderLog
from autonome.arena.stage import Stage
from autonome.arena.views import LiveView, position_view
from autonome.domain.instants import ms_of
from autonome.domain.refusals import Denied
from autonome.market.observation import observe

__all__ = ["Asking", "Resting"]


class Resting(FixedStops):
    """A decider that is never woken and does nothing."""

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return ``None``: it is never to be asked."""
        return None

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return nothing."""
        return ()


class Asking:
    """An agent's decider, with the ticks at which it is woken."""

    def __init__(
        self, agent: Agent, books: Books, stage: Stage, *, seed: int, leader: LeaderLog | None
    ) -> None:
        self._agent = agent
        self._books = books
        self._stage = stage
        self._seed = seed
        self._leader = leader
        self._decider = self._begun()
        self.rests = False
        """Whether it is not asked, because it failed."""
        self.denials: Sequence[Denied] = ()
        self._wake = 0
        self.asked = 0
        """The last tick at which it was asked."""

    def _begun(self) -> Decider:
        stage = self._stage
        return self._agent.begin(
            stage.seen, cadence_minutes=stage.clock.cadence_minutes, seed=self._seed
        )

    @property
    def next_tick(self) -> int:
        """Return the next tick at which the agent is asked."""
        if self._leader is None or self.rests:
            return self._wake
        return min(self._wake, self._leader.next_tick(self.asked))

    def recall(self, asked_ms: int, agent: Mapping[str, object]) -> None:
        """Go on where the agent was asked last at ``asked_ms``, with what it had kept then."""
        self.asked = self._stage.clock.instant_from(asked_ms)
        if agent and isinstance(self._decider, Remembering):
            self._decider.recall(agent)

    def kept(self) -> Mapping[str, object]:
        """Return what the agent would go on with in a new process."""
        return self._decider.memory() if isinstance(self._decider, Remembering) else {}

    def plan(self, view: AccountView, instant: int) -> None:
        """Find out when the agent wants to be asked after ``instant``."""
        if self.asked < self._wake == instant:
            return  # It is still to be asked at this very tick.
        clock = self._stage.clock
        now_ms = clock.at_ms(instant)
        wake_ms = self._decider.next_wake(now_ms, view)
        self._wake = NEVER if wake_ms is None else clock.tick_from(max(wake_ms, now_ms + 1))
        for denied in self.denials:
            if denied.until is not None:
                until_ms = max(ms_of(denied.until), now_ms + 1)
                self._wake = min(self._wake, clock.tick_from(until_ms))

    def grow(self, tick: int, view: AccountView) -> None:
        """Find out whether the agent wants to be asked at ``tick``, whose bars have come."""
        self._decider = self._decider.grown(self._stage.recent())
        if self._wake > tick:
            wake_ms = self._decider.next_wake(self._stage.clock.at_ms(tick - 1), view)
            if wake_ms is not None and wake_ms <= self._stage.clock.at_ms(tick):
                self._wake = tick

    def rest(self) -> None:
        """Ask the agent nothing any more, until it is begun anew."""
        self._decider, self.rests, self._wake = Resting(), True, NEVER

    def begin_anew(self, instant: int) -> None:
        """Let an agent that rests begin once more, to be asked after ``instant``."""
        self._decider, self.rests = self._begun(), False
        # What was missed is over, what its leader did meanwhile too.
        self.asked = instant

    def view(self, instant: int, under_way: Mapping[str, Decimal]) -> AccountView:
        """Return the account as the agent sees it once the bar before ``instant`` has closed."""
        return LiveView(self._books.account, self._stage, instant, self._books.trades, under_way)

    def ask(self, tick: int, view: AccountView) -> tuple[Action, ...]:
        """Return what the agent wants to do at ``tick``."""
        self._stage.begin_cycle(tick)
        self.asked = tick
        moment = Moment(
            at_ms=self._stage.clock.at_ms(tick),
            observation=observe(self._stage.seen, closed_bars=tick),
            account=view,
            leader=None if self._leader is None else self._leader.at(tick),
            denied=self.denials,
        )
        self.denials = ()
        return tuple(self._decider.decide(moment))

    def deny(self, denials: Sequence[Denied]) -> None:
        """Remember what the policy refused: the agent hears of it when it is asked next."""
        self.denials = denials

    def trail(self, holding: Holding, instant: int) -> Trail | None:
        """Return how the stop of a position moves that was opened or added to at ``instant``."""
        if not self._decider.trails:
            return None
        mark_price = self._stage.mark_price(holding.order.symbol, instant)
        return self._decider.trail(position_view(holding, mark_price))
