"""A paper arena of one symbol that stands still, with whoever a test lets compete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from autonome.agents.actions import Action
from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.answer import Answer, Attempt
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import Endpoint, LlmSettings
from autonome.agents.port import Agent, Trail
from autonome.arena.competitor import Entrant
from autonome.arena.paper.arena import PaperArena, Tick
from autonome.domain.choices import PolicyName
from autonome.domain.money import ZERO
from autonome.domain.policy import policy_for
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.queries.restoring import RestoredArm
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import AT, competitor
from simulation.runs import Scripted, by_hand, plain_profile
from unit.market.bars import Bar

__all__ = ["HISTORY", "SmallArena", "player", "said", "thinker"]

HISTORY = 10
"""Bars that have closed before the arena begins."""
_STILL = (50_000, 50_000, 50_000, 50_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Player(Scripted):
    """Follows a script in a market that grows."""

    def grown(self, market: Market) -> Player:
        """Return itself: the script is all there is."""
        return self


def player(
    script: Mapping[int, Sequence[Action]], *, name: str = "Ada", trail: Trail | None = None
) -> Player:
    """Return an agent that follows a script, by closed bars; its stop follows ``trail``."""
    return Player(name=name, script=script, trailing={} if trail is None else {"BTC": trail})


def thinker(name: str = "Ada") -> LlmAgent:
    """Return a model's settings."""
    endpoint = Endpoint(name="test", base_url="http://127.0.0.1:9/v1")
    return LlmAgent(
        model=LlmSettings(name=name, model="test", endpoint=endpoint), variant=VARIANT_IDS[0]
    )


def said(*actions: Action, state: str = "COMPLETED") -> Answer:
    """Return an answer with these actions, that cost nothing."""
    return Answer(
        response="",
        calls=tuple(Attempt(action=each) for each in actions),
        payload={"state": state},
        cost=ZERO,
        tokens=0,
        spent=Spent(tokens=10),
    )


class SmallArena:
    """An arena with five-minute ticks that a test leads through minutes."""

    def __init__(
        self,
        *agents: Agent,
        volumes: Sequence[float] | None = None,
        bars: int = 60,
        rows: Sequence[Bar] | None = None,
        rates: Mapping[int, str] | None = None,
        policy: PolicyName = PolicyName.CONTROL,
    ) -> None:
        self.journal = MemoryJournal()
        self._market = by_hand(rows or [_STILL] * bars, volumes=volumes, rates=rates)
        self._agents = agents
        self._policy = policy
        self.arena = PaperArena(self._venue(HISTORY), self.journal, cadence_minutes=5, seed=0)
        self.arena.join([self._entrant(agent) for agent in agents], {})

    def let_compete(self, agent: Agent, *, is_first: bool = False) -> None:
        """Let one more agent compete in the arena as another process would have it."""
        self._agents = (agent, *self._agents) if is_first else (*self._agents, agent)

    def again(self, records: Mapping[str, RestoredArm], *, minutes_back: int = 0) -> PaperArena:
        """Return the arena as another process would have it, with these records.

        ``minutes_back`` says how many minutes were begun and not written.
        """
        bars = self.arena.stage.clock.end - minutes_back
        arena = PaperArena(self._venue(bars), self.journal, cadence_minutes=5, seed=0)
        arena.join([self._entrant(agent) for agent in self._agents], records)
        return arena

    def minutes(self, count: int) -> Tick | None:
        """Let minutes close, and return what is seen at the last one, if it is a tick."""
        seen = None
        for _ in range(count):
            seen = self.arena.close_minute(self._venue(self.arena.stage.clock.end + 1))
        return seen

    @property
    def now(self) -> datetime:
        """Return when the last minute closed."""
        return self.arena.stage.clock.at(self.arena.stage.clock.end)

    def _venue(self, bars: int) -> CandleVenue:
        market = self._market.until(self._market.close_ms_of(bars - 1))
        return CandleVenue(profile=plain_profile(), market=market)

    def _entrant(self, agent: Agent) -> Entrant:
        model, arm = competitor(agent.name, policy=self._policy, kind=agent.kind)
        assert arm.created_at == AT
        policy = policy_for(self._policy, agent.variant)
        return Entrant(model=model, arm=arm, agent=agent, policy=policy)
