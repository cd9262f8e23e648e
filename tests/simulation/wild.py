"""Random agents on random markets at random venues: everything that a seed and a family decide."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autonome.agents.actions import Action, ClosePosition, CreatePosition, UpdateExitPlan
from autonome.agents.port import Moment, PositionView, Trail
from autonome.domain.choices import OrderSide, PolicyName
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import round_nearest
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.market import Market, align
from autonome.venue.profile import VenueProfile, load_profile
from simulation.bookings import CAPITAL
from simulation.runs import Player, plain_profile, side_by_side
from unit.market.bars import START_MS, Bar

__all__ = ["Family", "Wild", "WildRun", "wild_run"]

_ONE_SYMBOL: Final = {"BTC": (30_000, 1_000_000)}
_THREE_SYMBOLS: Final = {
    "BTC": (500_000, 500_000),
    "ETH": (20_000, 300_000),
    "SOL": (15_000, 15_000),
}
"""The range of the first price, in ticks."""
_CENT: Final = Decimal("0.01")
_MIL: Final = Decimal("0.001")
_MOST_TRAIL: Final = 0.02
"""How far from a close a trailing stop is proposed, on either side of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What the runs of one kind have in common; each item of a tuple is as likely."""

    policy: PolicyName = PolicyName.AS_WRITTEN
    volatility: tuple[float, ...] = (0.0005, 0.003, 0.01, 0.03)
    """Most that one bar moves, as a fraction of its price."""
    volume: tuple[float, ...] = (3, 50, 10_000)
    """Most of one bar, base units."""
    volume_share: tuple[str, ...] = ("1", "0.1", "0.003")
    latency_ms: tuple[int, ...] = (0, 0, 1_000, 60_000, 61_000, 150_000, 600_000)
    leverage: tuple[int, ...] = (3, 20, 100)
    calm: tuple[float, ...] = (1,)
    """How many times more rarely the agent acts."""
    goes_all_in: bool = False
    """Whether entries take all the leverage and a good part of the margin."""
    plan_chance: float = 1
    """How likely each part of a plan is, as a fraction of what is usual."""
    trails: bool = False
    gaps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WildTrail:
    """A stop that is proposed at every second close, near it and often on the wrong side."""

    seed: int
    closes: Mapping[int, int]
    """Ticks, by the instant (ms) of the close."""
    tick: float

    def ticks_at(self, close_ms: int) -> int | None:
        """Return what is proposed at a close, in ticks."""
        dice = random.Random(f"{self.seed}/{close_ms}")
        if dice.random() < 0.5:
            return None
        return int(self.closes[close_ms] * (1 + dice.uniform(-_MOST_TRAIL, _MOST_TRAIL)))

    def levels(self, close_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the same in quote, as the engine asks for it."""
        ticks = [self.ticks_at(each) for each in close_ms.tolist()]
        return np.array([np.nan if each is None else each * self.tick for each in ticks])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wild(Player):
    """Enter, add, turn, close and change plans at random, with senseless plans among them."""

    name: str = "Wild"
    seed: int
    family: Family
    calm: float
    most_leverage: int
    most_notional: int
    trail_of: Mapping[str, WildTrail]

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> Wild:
        """Return itself: every instant is thrown anew."""
        return self

    @property
    def trails(self) -> bool:
        """Say whether stops move by themselves."""
        return bool(self.trail_of)

    def trail(self, position: PositionView) -> Trail | None:
        """Return how the stop of a position moves."""
        return self.trail_of.get(position.symbol)

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return at most one action for each symbol."""
        dice = random.Random(f"{self.seed}:{moment.at_ms}")
        thrown = [self._throw(symbol, moment, dice) for symbol in moment.observation.symbols]
        return [action for action in thrown if action is not None]

    def _throw(self, symbol: str, moment: Moment, dice: random.Random) -> Action | None:
        face, side = dice.random() * self.calm, dice.choice(list(OrderSide))
        close, held = moment.observation.last_close(symbol), moment.account.positions.get(symbol)
        if face < 0.15:
            return self._entry(symbol, side, self._plan(close, side, moment.at_ms, dice), dice)
        if face < 0.22:
            fraction = Decimal(dice.randint(1, 4)) / 4
            return ClosePosition(symbol=symbol, fraction=fraction, reason="thrown")
        if face < 0.28 and held is not None:
            plan = self._plan(close, held.side, moment.at_ms, dice)
            return UpdateExitPlan(
                symbol=symbol,
                stop=plan.stop,
                target=plan.target,
                invalidation_price=plan.invalidation_price,
                time_exit=plan.time_exit,
                reason="thrown",
            )
        return None

    def _entry(
        self, symbol: str, side: OrderSide, plan: ExitPlan, dice: random.Random
    ) -> CreatePosition:
        leverage, least, most = dice.randint(1, self.most_leverage), 20, self.most_notional
        if self.family.goes_all_in:
            leverage, least, most = self.most_leverage, most // 4, most // 2
        return CreatePosition(
            symbol=symbol,
            side=side,
            notional=Decimal(dice.randint(least, most)),
            leverage=Decimal(leverage),
            exit_plan=plan,
            reason="thrown",
        )

    def _plan(self, close: Decimal, side: OrderSide, at_ms: int, dice: random.Random) -> ExitPlan:
        """Return a plan whose prices lie, one time in four, on the wrong side of the close."""

        def price(direction: int, chance: float, step: Decimal) -> Decimal | None:
            bps = dice.choice((1, 1, 1, -1)) * direction * side.sign * dice.randint(1, 300)
            if dice.random() >= chance * self.family.plan_chance:
                return None
            return round_nearest(close * (10_000 + bps) / 10_000, step=step)

        time_ms = at_ms + dice.randint(-2, 30) * MINUTE_MS + dice.choice((0, 0, 1, 30_000))
        timed = datetime.fromtimestamp(time_ms / 1_000, UTC).isoformat()
        return ExitPlan(
            stop=price(-1, 0.6, _CENT),
            target=price(1, 0.5, _CENT),
            invalidation_price=price(-1, 0.3, _MIL),
            time_exit=timed if dice.random() < 0.3 * self.family.plan_chance else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WildRun:
    """One run: who trades what, where, how often."""

    market: Market
    profile: VenueProfile
    agent: Wild
    cadence: int
    """Minutes."""


def wild_run(family: Family, seed: int) -> WildRun:
    """Return the run of a family that a seed decides."""
    dice = random.Random(seed)
    market = _market(family, dice)
    spread = dice.choice(("0", "1.5", "30"))
    profile = plain_profile(
        f"latency_ms={dice.choice(family.latency_ms)}",
        f"volume_share={dice.choice(family.volume_share)}",
        f"half_spread_bps={spread}",
        "max_leverage=125",
        "maintenance_rate=0.005",
        "liquidation_fee_rate=0.01",
    )
    leverage = dice.choice(family.leverage)
    is_leveraged = family.goes_all_in or dice.random() < 0.5
    agent = Wild(
        seed=seed,
        family=family,
        calm=dice.choice(family.calm),
        most_leverage=leverage,
        most_notional=int(CAPITAL) * (leverage if is_leveraged else 1),
        trail_of=_trails(market, seed) if family.trails else {},
    )
    return WildRun(market=market, profile=profile, agent=agent, cadence=dice.choice((1, 1, 5)))


def _trails(market: Market, seed: int) -> dict[str, WildTrail]:
    return {
        symbol: WildTrail(
            seed=seed,
            closes=dict(zip(bars.close_ms.tolist(), bars.close.tolist(), strict=True)),
            tick=float(bars.tick),
        )
        for symbol, bars in market.candles.items()
    }


def _market(family: Family, dice: random.Random) -> Market:
    count = dice.choice((60, 150, 400))
    starts = _ONE_SYMBOL if dice.random() < 0.4 else _THREE_SYMBOLS
    volatility, most_volume = dice.choice(family.volatility), dice.choice(family.volume)
    profile, rows, rates = load_profile("binance-perp"), {}, {}
    for symbol, (lowest, highest) in starts.items():
        tick = profile.instrument(symbol).tick
        walk = _walk(dice.randint(lowest, highest), volatility, count, dice)
        rows[symbol] = [tuple(price * tick for price in bar) for bar in walk]
        minutes = range(7, count, dice.randint(11, 40))
        rates[symbol] = {minute: str(_rate(dice)) for minute in minutes}
    volumes = [
        dice.choice((0, 1, *(dice.random() * most_volume for _ in range(3)))) for _ in range(count)
    ]
    market = side_by_side(rows, rates=rates, volumes=volumes)  # type: ignore[arg-type]
    return _with_gaps(market, dice) if family.gaps else market


def _walk(price: int, volatility: float, count: int, dice: random.Random) -> list[Bar]:
    """Return bars in ticks; three in ten open away from the close before, mostly upwards."""
    bars = []
    for _ in range(count):
        most = int(price * volatility) + 1
        jump = dice.choice((0, 0, 0, 1, -1, 2)) * dice.randint(0, most)
        first = max(price + jump, 10) if dice.random() < 0.3 else price
        last = max(first + dice.randint(-most, most), 10)
        high = max(first, last) + dice.randint(0, most // 2 + 1)
        low = max(min(first, last) - dice.randint(0, most // 2 + 1), 5)
        bars.append((first, high, low, last))
        price = last
    return bars


def _rate(dice: random.Random) -> Decimal:
    return Decimal(dice.randint(-300, 300)) / 100_000


def _with_gaps(market: Market, dice: random.Random) -> Market:
    """Leave minutes out, for an hour or a day at most, and settle funding at odd instants."""
    jumps = [dice.choice((*[0] * 20, 1, 7, 30, 700, 1_500)) for _ in market.open_ms]
    shift = np.array(list(accumulate(jumps)), dtype=np.int64) * MINUTE_MS
    bars = {
        symbol: replace(each, open_ms=each.open_ms + shift)
        for symbol, each in market.candles.items()
    }
    minutes = len(jumps) + sum(jumps)
    funding = {}
    for symbol in bars:
        at_ms = sorted(
            START_MS + minute * MINUTE_MS + dice.choice((0, 0, 1, 30_000))
            for minute in dice.sample(range(1, minutes + 3), 12)
        )
        rates = tuple(_rate(dice) for _ in at_ms)
        funding[symbol] = FundingRates(symbol=symbol, at_ms=tuple(at_ms), rate=rates)
    return align(bars, funding, origin="by chance")
