"""Replays for tests: agents that follow a script, markets made by hand, runs in memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from autonome.agents.actions import Action, ClosePosition, CreatePosition
from autonome.agents.port import AccountView, Agent, Moment, PositionView, Trail
from autonome.arena.competitor import Entrant
from autonome.arena.events import Event
from autonome.arena.replay import Replay
from autonome.domain.choices import ArmKind, OrderSide, PolicyName
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.policy import policy_for
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.journal.port import Journal
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.files import read_market
from autonome.market.market import Market, align
from autonome.market.observation import Observation
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import CAPITAL, competitor
from unit.market.bars import START_MS, Bar, candles

__all__ = [
    "GOLDEN",
    "Dice",
    "Scripted",
    "by_hand",
    "enter",
    "entrant",
    "golden",
    "leave",
    "plain_profile",
    "replay_of",
    "run",
    "side_by_side",
    "synthetic",
]

GOLDEN = Path(__file__).parents[1] / "golden" / "candles"
PLENTY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """What the agents of these tests have in common: a control that is asked at every tick."""

    name: str
    leader: str | None = None

    @property
    def kind(self) -> ArmKind:
        """Return how the ledger sorts it."""
        return ArmKind.CONTROL

    @property
    def variant(self) -> str | None:
        """Return no variant."""
        return None

    @property
    def settings(self) -> Mapping[str, object]:
        """Return no settings."""
        return {}

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the very next millisecond: the arena makes a tick of it."""
        return after_ms + 1

    @property
    def trails(self) -> bool:
        """Say that no stop moves by itself."""
        return False

    def trail(self, position: PositionView) -> Trail | None:
        """Return no trail."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted(Player):
    """Do what the script says when so many bars have closed; remember what was seen."""

    name: str = "Ada"
    script: Mapping[int, Sequence[Action]]
    trailing: Mapping[str, Trail] = field(default_factory=dict)
    """By symbol: how a stop moves."""
    seen: list[Moment] = field(default_factory=list)

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> Scripted:
        """Return itself: the script is all there is."""
        return self

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return the actions of this instant."""
        self.seen.append(moment)
        return self.script.get(moment.observation.closed_bars, ())

    @property
    def trails(self) -> bool:
        """Say whether the script moves stops."""
        return bool(self.trailing)

    def trail(self, position: PositionView) -> Trail | None:
        """Return the trail of the symbol, if the script has one."""
        return self.trailing.get(position.symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice(Player):
    """Enter, add, turn and close at random; the same at the same instant of the same seed."""

    name: str = "Dice"
    seed: int
    symbols: tuple[str, ...]

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> Dice:
        """Return itself: every instant is thrown anew."""
        return self

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return at most one action for each symbol."""
        dice = random.Random(f"{self.seed}:{moment.at_ms}")
        thrown = [self._throw(symbol, moment.observation, dice) for symbol in self.symbols]
        return [action for action in thrown if action is not None]

    def _throw(self, symbol: str, observation: Observation, dice: random.Random) -> Action | None:
        side = dice.choice(list(OrderSide))
        notional = dice.choice([50, 700, 1_500, 4_000])
        near, far = dice.randint(1, 40), dice.randint(1, 40)
        with_stop, with_target = dice.random() < 0.8, dice.random() < 0.7
        face = dice.random()
        if face < 0.06:
            fraction = Decimal(dice.randint(1, 4)) / 4
            return ClosePosition(symbol=symbol, fraction=fraction, reason="thrown")
        if face > 0.25:
            return None
        close = observation.last_close(symbol)
        stop, target = (close * (10_000 + side.sign * bps) / 10_000 for bps in (-near, far))
        plan = ExitPlan(stop=stop if with_stop else None, target=target if with_target else None)
        return CreatePosition(
            symbol=symbol,
            side=side,
            notional=Decimal(notional),
            leverage=Decimal(dice.randint(1, 5)),
            exit_plan=plan,
            reason="thrown",
        )


def enter(
    side: OrderSide,
    notional: int,
    *,
    symbol: str = "BTC",
    stop: str | None = None,
    target: str | None = None,
    invalidation: str | None = None,
    time_exit: str | None = None,
    leverage: int = 1,
    cooldown: int | None = None,
) -> CreatePosition:
    """Return an entry, with leverage one unless it says otherwise."""
    return CreatePosition(
        symbol=symbol,
        side=side,
        notional=Decimal(notional),
        leverage=Decimal(leverage),
        exit_plan=ExitPlan(
            stop=None if stop is None else Decimal(stop),
            target=None if target is None else Decimal(target),
            invalidation_price=None if invalidation is None else Decimal(invalidation),
            time_exit=time_exit,
        ),
        cooldown_minutes=cooldown,
        reason="scripted",
    )


def leave(symbol: str = "BTC", *, fraction: str = "1") -> ClosePosition:
    """Return a close."""
    return ClosePosition(symbol=symbol, fraction=Decimal(fraction), reason="scripted")


def plain_profile(*overrides: str) -> VenueProfile:
    """Return the default profile without spread and slippage: fills lie at the bars' prices."""
    free = ("half_spread_bps=0", "slippage_bps=0", "latency_ms=0")
    return with_overrides(load_profile("binance-perp"), (*free, *overrides))


def by_hand(
    rows: Sequence[Bar],
    *,
    rates: Mapping[int, str] | None = None,
    volumes: Sequence[float] | None = None,
) -> Market:
    """Return a BTC market from bars in whole quote units, with rates by the minute they settle."""
    return side_by_side({"BTC": rows}, rates={"BTC": rates or {}}, volumes=volumes)


def side_by_side(
    rows: Mapping[str, Sequence[Bar]],
    *,
    rates: Mapping[str, Mapping[int, str]] | None = None,
    volumes: Sequence[float] | None = None,
) -> Market:
    """Return a market of several symbols; without volumes, every bar has plenty."""
    profile, bars, funding = load_profile("binance-perp"), {}, {}
    for symbol, each in rows.items():
        tick = profile.instrument(symbol).tick
        ticks = [tuple(int(price / tick) for price in row) for row in each]
        plain = candles(ticks, symbol=symbol, tick=str(tick))  # type: ignore[arg-type]
        volume = np.array(volumes or [PLENTY] * len(each), dtype=np.float64)
        bars[symbol] = replace(plain, volume=volume)
        settled = sorted((rates or {}).get(symbol, {}).items())
        funding[symbol] = FundingRates(
            symbol=symbol,
            at_ms=tuple(START_MS + minute * MINUTE_MS for minute, _ in settled),
            rate=tuple(Decimal(rate) for _, rate in settled),
        )
    return align(bars, funding, origin="by hand")


def golden() -> Market:
    """Return the excerpt of real candles."""
    profile = load_profile("binance-perp")
    return read_market(GOLDEN, [profile.instrument("BTC"), profile.instrument("ETH")])


def synthetic(*, seed: int, days: int = 2) -> Market:
    """Return a synthetic market of two symbols."""
    profile = load_profile("binance-perp")
    return synthesize(
        SyntheticMarket(start_ms=START_MS, days=days, seed=seed),
        [profile.instrument("BTC"), profile.instrument("SOL")],
    )


def entrant(
    agent: Agent,
    *,
    policy: PolicyName = PolicyName.AS_WRITTEN,
    capital: Decimal = CAPITAL,
) -> Entrant:
    """Return an agent as it competes."""
    model, arm = competitor(agent.name, capital=capital, policy=policy)
    return Entrant(model=model, arm=arm, agent=agent, policy=policy_for(policy, agent.variant))


def replay_of(
    market: Market,
    journal: Journal,
    *,
    cadence: int = 1,
    profile: VenueProfile | None = None,
    seed: int = 0,
    record: Callable[[str, Event], None] | None = None,
) -> Replay:
    """Return a replay that is ready to run, on the default profile."""
    venue = CandleVenue(profile=profile or load_profile("binance-perp"), market=market, seed=seed)
    return Replay(
        venue=venue,
        journal=journal,
        cadence_minutes=cadence,
        seed=seed,
        record=record,
    )


def run(
    market: Market,
    *agents: Agent,
    cadence: int = 1,
    profile: VenueProfile | None = None,
    policy: PolicyName = PolicyName.AS_WRITTEN,
    capital: Decimal = CAPITAL,
    seed: int = 0,
) -> MemoryJournal:
    """Replay the market for every agent under one policy and return the journal."""
    journal = MemoryJournal()
    replay = replay_of(market, journal, cadence=cadence, profile=profile, seed=seed)
    replay.run([entrant(agent, policy=policy, capital=capital) for agent in agents])
    return journal
