"""A paper arena with a fault at every port, run by its own loop on a clock that never waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.controls.standard import control_agents
from autonome.agents.port import Agent, Moment
from autonome.agents.rules.variants import variant_agents
from autonome.arena.competitor import Entrant
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.operators import Operators
from autonome.arena.paper.pace import Pace
from autonome.arena.paper.played import Played
from autonome.arena.paper.running import Running
from autonome.domain.choices import ArmKind, OrderSide, PolicyName
from autonome.domain.errors import ArenaTaken, InvariantBroken, LedgerUnavailable
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import ms_of
from autonome.domain.policy import policy_for
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Journal
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import Arm, Command, CommandKind, Model
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.playback import Playback
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import CAPITAL
from simulation.paper.both_journals import BothJournals
from simulation.paper.faulty_journal import FaultyJournal
from simulation.paper.faulty_market import PROFILE, SYMBOLS, faulty_market
from simulation.paper.memory_restoring import marked_at, pending, restored_arms
from simulation.paper.wild_models import WildModels, model_agent
from simulation.runs import Dice
from unit.market.bars import START

__all__ = ["Gambler", "Lived", "Restore", "live"]

Restore = Callable[[datetime], Mapping[str, RestoredArm]]
"""From an instant to every arm as its rows left it, by model id."""

_DAY = 24 * 60
_MODELS = 4
_COMMAND_ODDS = 0.01
"""In each minute."""
_MOST_LIVES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gambler(Dice):
    """Enters, adds, turns and closes at random, in a market that grows."""

    policy: PolicyName = PolicyName.STANDARD

    def grown(self, market: Market) -> Gambler:
        """Return itself: it keeps nothing."""
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckless(Gambler):
    """Holds almost three times what it has, without a stop, until it is liquidated."""

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return an entry on a side of chance where nothing is held."""
        symbol, account = self.symbols[0], moment.account
        if account.positions or account.under_way or account.nav < 1:
            return ()
        return (
            CreatePosition(
                symbol=symbol,
                side=Random(f"{self.seed}:{moment.at_ms}").choice(list(OrderSide)),
                notional=account.nav * Decimal("2.9"),
                leverage=Decimal(20),
                exit_plan=ExitPlan(),
                reason="all or nothing",
            ),
        )


@dataclass(slots=True, kw_only=True)
class Lived:
    """What an arena went through."""

    journal: MemoryJournal
    market: Market
    begin: int
    """Bars before the arena began."""
    cadence_minutes: int
    lives: int = 0
    """Processes that began."""
    zombies: int = 0
    """Processes that went on after the next one had begun."""


@dataclass(slots=True)
class _World:
    seed: int
    lived: Lived
    playback: Playback
    chance: Random
    journal: FaultyJournal
    restore: Restore
    commanded: int = 0
    """The last minute with a command of its own."""

    def entrants(self, arena: PaperArena) -> list[Entrant]:
        """Return who competes: those of the ledger with their own rows."""
        known = {each.name: each for each in self.lived.journal.rows(Model)}
        arms = {each.model_id: each for each in self.lived.journal.rows(Arm)}
        at = arena.stage.clock.at(arena.stage.clock.end)
        found = []
        for agent in _agents(self.seed, self.lived.cadence_minutes):
            policy = _policy_of(agent)
            model = known.get(agent.name) or Model(
                name=agent.name,
                open_router_model_name="test",
                variant=agent.variant or VARIANT_IDS[0],
            )
            arm = arms.get(model.id) or Arm(
                model_id=model.id,
                kind=agent.kind,
                policy=policy,
                starting_capital=CAPITAL,
                created_at=at,
                updated_at=at,
            )
            found.append(
                Entrant(model=model, arm=arm, agent=agent, policy=policy_for(policy, agent.variant))
            )
        return found

    def arena(self) -> PaperArena:
        """Return the arena as a new process finds it."""
        reached = marked_at(self.lived.journal)
        bars = self.lived.begin
        if reached is not None:
            bars = (ms_of(reached) - int(self.lived.market.open_ms[0])) // MINUTE_MS
        market = self.playback.until(bars)
        assert market is not None
        venue = CandleVenue(profile=PROFILE, market=market, seed=self.seed)
        arena = PaperArena(
            venue, self.journal, cadence_minutes=self.lived.cadence_minutes, seed=self.seed
        )
        arena.join(self.entrants(arena), self.restore(arena.stage.clock.at(bars)))
        return arena

    def read(self, arena: PaperArena) -> list[Command]:
        """Return what operators ask for: now and then something new, once a minute at most."""
        minute = arena.stage.clock.end
        dice = Random(f"{self.seed}/operators/{minute}")
        if minute > self.commanded and dice.random() < _COMMAND_ODDS:
            self.commanded = minute
            models = [each.id for each in self.lived.journal.rows(Model)]
            kinds = (CommandKind.HALT, CommandKind.RESUME, CommandKind.RESUME, CommandKind.FLATTEN)
            self.journal.request(
                Command(
                    kind=dice.choice(kinds),
                    model_id=dice.choice([None, *models, *models]),
                    reason="the operator said so",
                    requested_by="test",
                    requested_at=arena.stage.clock.at(minute),
                )
            )
        return pending(self.lived.journal)

    def haunt(self, arena: PaperArena) -> None:
        """Let a process that was thought dead go on for a minute: nobody listens to it.

        Where it had stopped within a minute, its own books do not add up any more.
        """
        market = self.playback.until(arena.stage.clock.end + 1)
        if market is None:
            return
        self.lived.zombies += 1
        try:
            arena.close_minute(CandleVenue(profile=PROFILE, market=market, seed=self.seed))
        except (ArenaTaken, InvariantBroken, LedgerUnavailable):
            return
        raise AssertionError("an older process wrote into the minutes of a newer one")


def live(
    seed: int,
    *,
    hours: int,
    odds: float,
    told: Callable[[Lived, PaperArena], None] = lambda *_: None,
    beside: tuple[Journal, Restore] | None = None,
) -> Lived:
    """Let an arena live through ``hours``, failing with ``odds`` at each write, and return it.

    ``told`` is called after each minute. ``beside`` is a second journal that gets every row, and
    how arms are restored from it.
    """
    chance = Random(seed)
    begin = _DAY
    market = faulty_market(seed, days=1 + -(-hours // 24), first_bar=begin)
    journal = MemoryJournal()
    lived = Lived(
        journal=journal,
        market=market,
        begin=begin,
        cadence_minutes=chance.choice((5, 10, 15)),
    )
    ended_ms = int(market.open_ms[0]) + (begin + hours * 60) * MINUTE_MS
    world = _World(
        seed,
        lived,
        Playback(market.until(ended_ms)),
        chance,
        FaultyJournal(
            journal if beside is None else BothJournals(journal, beside[0]), chance, odds=odds
        ),
        restore=(lambda at: restored_arms(journal, at=at)) if beside is None else beside[1],
    )
    asyncio.run(_lives(world, told))
    return lived


async def _lives(world: _World, told: Callable[[Lived, PaperArena], None]) -> None:
    before: PaperArena | None = None
    for _ in range(_MOST_LIVES):
        world.lived.lives += 1
        arena = None
        try:
            arena = world.arena()
            if before is not None and world.chance.random() < 0.3:
                world.haunt(before)
            assert await _life(world, arena, told) == "the market ended"
        except LedgerUnavailable:
            before = arena or before
        else:
            return
    raise AssertionError(f"expected an end within {_MOST_LIVES} lives")


async def _life(world: _World, arena: PaperArena, told: Callable[[Lived, PaperArena], None]) -> str:
    models = WildModels(world.seed, lambda: arena.stage.clock.end)

    def after_minute(arena: PaperArena) -> None:
        models.ring()
        told(world.lived, arena)

    running = Running(
        arena=arena,
        minutes=Played(
            recording=world.playback,
            # Its clock is always past every minute: the loop never waits.
            pace=Pace(begin_ms=0, speed=1.0, clock=lambda: 1e12, begun=0.0),
        ),
        minds=Minds(arena, models.ask, wall=lambda: START),
        operators=Operators(arena, lambda: world.read(arena), wall=lambda: START),
        leads=lambda: True,
        told=after_minute,
    )
    return await running.run(asyncio.Event())


def _agents(seed: int, cadence_minutes: int) -> list[Agent]:
    gamblers = [
        Gambler(name="Careful", seed=seed, symbols=SYMBOLS),
        Gambler(name="Free", seed=seed + 1, symbols=SYMBOLS, policy=PolicyName.CONTROL),
        Reckless(name="Reckless", seed=seed + 2, symbols=SYMBOLS, policy=PolicyName.CONTROL),
    ]
    rules = variant_agents(cadence_minutes=cadence_minutes)
    controls = control_agents(SYMBOLS, source=gamblers[0].name)
    models = [model_agent(number) for number in range(_MODELS)]
    return [*gamblers, rules[seed % len(rules)], *controls, *models]


def _policy_of(agent: Agent) -> PolicyName:
    if isinstance(agent, Gambler):
        return agent.policy
    return PolicyName.CONTROL if agent.kind is ArmKind.CONTROL else PolicyName.STANDARD
