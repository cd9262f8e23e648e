"""A fixed scene for prompts: five symbols made of whole numbers, and a busy account."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

import numpy as np

from autonome.agents.port import PositionView, TradeResult
from autonome.agents.prompts import ArmStanding, HeldPosition, Prompt, render_prompt
from autonome.agents.tools import tools_of
from autonome.domain.choices import CloseTrigger, OrderSide, PolicyName
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import utc
from autonome.domain.policy import policy_for
from autonome.domain.refusals import Denied
from autonome.market.candles import MINUTE_MS, Candles, FundingRates
from autonome.market.market import Market, align
from autonome.market.observation import Observation, observe
from autonome.market.snapshot import Snapshot, take_snapshot

__all__ = [
    "START_MS",
    "SYMBOLS",
    "busy_standing",
    "market",
    "new_standing",
    "observation",
    "prompt_of",
    "scene",
]

START_MS = 1_746_057_600_000
"""2025-05-01 00:00 UTC."""
MINUTES = 15 * 1_440 + 703
"""Fifteen days and 11:43: enough for a cloud of four-hour bars."""
HOUR_MS = 60 * MINUTE_MS
FIRST = {
    "BNB": ("0.01", 60_500),
    "BTC": ("0.1", 945_000),
    "ETH": ("0.01", 183_000),
    "SOL": ("0.001", 148_500),
    "XRP": ("0.0001", 21_900),
}
"""By symbol: the tick, and the first price in ticks."""
SYMBOLS = tuple(FIRST)


def market(symbols: tuple[str, ...] = SYMBOLS, *, minutes: int = MINUTES) -> Market:
    """Return minutes that depend on whole numbers only, the same on every machine."""
    candles = {symbol: _candles(symbol, minutes) for symbol in symbols}
    settled = tuple(range(START_MS + 8 * HOUR_MS, START_MS + minutes * MINUTE_MS + 1, 8 * HOUR_MS))
    rates = {
        symbol: FundingRates(
            symbol=symbol,
            at_ms=settled,
            rate=tuple(Decimal(place % 7 - 2).scaleb(-5) for place in range(len(settled))),
        )
        for symbol in symbols
    }
    return align(candles, rates, origin="by hand")


def observation(market: Market) -> Observation:
    """Return the market when all of it has closed."""
    return observe(market, closed_bars=len(market.open_ms))


def _candles(symbol: str, minutes: int) -> Candles:
    tick, first = FIRST.get(symbol, ("0.01", 10_000))
    noise = _noise(minutes, seed=sum(symbol.encode()))
    # A minute moves by up to 9 parts in 10,000, the whole in waves of two days.
    part = max(first // 10_000, 1)
    waves = [(abs(minute % 2_880 - 1_440) - 720) * part // 9 for minute in range(minutes)]
    walk = list(accumulate(((n % 19 - 9) * part for n in noise), initial=first))
    closes = [close + wave for close, wave in zip(walk[1:], waves, strict=True)]
    opens = [first, *closes[:-1]]
    reach = [n // 19 % 6 * part for n in noise]
    rows = list(zip(opens, closes, reach, strict=True))
    return Candles(
        symbol=symbol,
        tick=Decimal(tick),
        open_ms=START_MS + np.arange(minutes, dtype=np.int64) * MINUTE_MS,
        open=np.array(opens, np.int64),
        high=np.array([max(open_, close) + more for open_, close, more in rows], np.int64),
        low=np.array([min(open_, close) - more for open_, close, more in rows], np.int64),
        close=np.array(closes, np.int64),
        volume=np.array([20 + n // 114 % 60 for n in noise], np.float64),
    )


def _noise(count: int, *, seed: int) -> list[int]:
    """Return the high halves of a linear congruential sequence (Knuth's MMIX constants)."""
    state, numbers = seed, []
    for _ in range(count):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        numbers.append(state >> 32)
    return numbers


def new_standing() -> ArmStanding:
    """Return the account of an arm that has done nothing yet."""
    capital = Decimal(10_000)
    return ArmStanding(
        nav=capital,
        cash=capital,
        free_collateral=capital,
        starting_capital=capital,
        peak_nav=capital,
        day_opening_nav=capital,
    )


def busy_standing(snapshot: Snapshot) -> ArmStanding:
    """Return an account that has a position in every symbol, a past, and all there is to say."""
    at_ms = snapshot.at_ms
    triggers = (CloseTrigger.STOP, None, CloseTrigger.TARGET)
    return ArmStanding(
        nav=Decimal("10234.51"),
        cash=Decimal("10214.51"),
        free_collateral=Decimal("8734.51"),
        starting_capital=Decimal(10_000),
        peak_nav=Decimal("10500.00"),
        day_opening_nav=Decimal("10200.00"),
        positions=tuple(
            _held(each.symbol, each.mark, at_ms, place)
            for place, each in enumerate(snapshot.symbols)
        ),
        trades=tuple(
            TradeResult(
                symbol=SYMBOLS[place % 5],
                side=OrderSide.SHORT if place % 3 else OrderSide.LONG,
                realized_pnl=Decimal(place * 37 % 100 - 45) + Decimal("0.125"),
                entry_notional=Decimal(5_000),
                trigger=triggers[place % 3],
                closed_at=utc(at_ms) - timedelta(hours=25 - place),
            )
            for place in range(25)
        ),
        under_way=("SOL",),
        cooldowns={"ETH": utc(at_ms) + timedelta(minutes=10)},
        round_trip_bps=Decimal("14.0"),
        tokens_left=120_000,
        money_left=Decimal("1.2534"),
        denied=(
            Denied(
                rule="max-leverage",
                reason="expected a leverage of at most 5 for BTC, found 1000",
            ),
            Denied(
                rule="cooldown",
                reason="expected no entry in ETH before 2025-05-16T11:53:00+00:00",
            ),
        ),
    )


def _held(symbol: str, mark: Decimal, at_ms: int, place: int) -> HeldPosition:
    side = OrderSide.SHORT if place % 2 else OrderSide.LONG
    entry = mark * (1000 - 2 * side.sign) / 1000
    quantity = (Decimal(1_500) / mark).quantize(Decimal("0.001"))
    stop = (entry * (100 - side.sign) / 100).quantize(mark)
    view = PositionView(
        symbol=symbol,
        side=side,
        quantity=quantity,
        leverage=Decimal(5),
        entry_price=entry,
        mark_price=mark,
        unrealized_pnl=(mark - entry) * side.sign * quantity,
        stop=stop,
        first_stop=stop,
        target=(entry * (100 + 2 * side.sign) / 100).quantize(mark),
        opened_ms=at_ms - (7 + place) * HOUR_MS,
    )
    plan = ExitPlan(
        invalidation="The 1h ADX14 falls under 20, or the mark is back inside the 1h cloud.",
        invalidation_price=stop,
        confidence=Decimal("0.62"),
        time_exit="2025-05-17T12:00:00Z",
    )
    return HeldPosition(view=view, plan=plan)


def prompt_of(variant: str, snapshot: Snapshot, standing: ArmStanding) -> Prompt:
    """Return what an arm of a variant is sent."""
    return render_prompt(
        variant,
        snapshot,
        standing,
        tools=tools_of([each.symbol for each in snapshot.symbols]),
        policy=policy_for(PolicyName.STANDARD, variant),
        cadence_minutes=5,
    )


def scene() -> Snapshot:
    """Return the snapshot of all five symbols."""
    return take_snapshot(observation(market()))
