"""The check of foresight: it passes what is causal, and names what looks ahead."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from autonome.agents.causality import check_causality
from autonome.agents.rules import (
    Bools,
    Entries,
    Floats,
    Frame,
    RuleAgent,
    Signals,
    adx,
    atr,
    crosses_above,
    ema,
    session_vwap,
    supertrend,
)
from autonome.domain.errors import SettingError
from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.market import Market
from unit.market.bars import START_MS
from unit.market.frames import walk

MARKET = walk(6_000, symbols=("BTC", "ETH"))
SEEDS = range(5)


class Causal(RuleAgent):
    """Everything that a rule may use."""

    warm_up_bars = 0
    timeframe_minutes = 5

    def enter(self, frame: Frame) -> Bools:
        return crosses_above(frame.close, ema(frame.close, 20))

    def stop(self, frame: Frame) -> Floats:
        hour = frame.at(60)
        line = frame.latest(hour, supertrend(hour).line)
        other = frame.of("ETH")
        return line + 0 * (frame.latest(other, atr(other)) + session_vwap(frame))

    def signals(self, frame: Frame) -> Signals:
        return Signals(
            long=Entries(
                enter=self.enter(frame),
                exit=frame.latest(frame.at(15), adx(frame.at(15))) > 40,
                stop=self.stop(frame),
                trail=ema(frame.close, 9),
            )
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_causal_passes(seed: int) -> None:
    check_causality(Causal(), MARKET, cadence_minutes=5, seed=seed)


class NextBar(Causal):
    """Enter where the next bar rises."""

    def enter(self, frame: Frame) -> Bools:
        rises = np.append(frame.close[1:] > frame.close[:-1], False)
        return super().enter(frame) & rises


class LastBarFirst(Causal):
    """Use a shift that wraps around."""

    def enter(self, frame: Frame) -> Bools:
        return frame.close < np.roll(frame.close, -1)


class CentredAverage(Causal):
    """Use a mean of two bars before and two after."""

    def stop(self, frame: Frame) -> Floats:
        return np.convolve(frame.close, np.ones(5) / 5, mode="same")


class WholeSample(Causal):
    """Measure each close against the mean and deviation of all."""

    def stop(self, frame: Frame) -> Floats:
        return (frame.close - frame.close.mean()) / frame.close.std()


class Median(Causal):
    """Enter above the median of the whole data."""

    def enter(self, frame: Frame) -> Bools:
        return frame.close > np.median(frame.close)


class FormingHour(Causal):
    """See the close of the hour that a bar lies in, before that hour has closed."""

    def stop(self, frame: Frame) -> Floats:
        hour = frame.at(60)
        rows = np.searchsorted(hour.close_ms, frame.close_ms, side="left")
        return np.append(hour.close, np.nan)[rows]


class ForeignFuture(Causal):
    """See the next bar of another symbol."""

    def stop(self, frame: Frame) -> Floats:
        other = frame.of("ETH")
        return frame.latest(other, np.append(other.close[1:], np.nan))


class Reversed(Causal):
    """Average from the end to the beginning."""

    def stop(self, frame: Frame) -> Floats:
        return ema(frame.close[::-1].copy(), 20)[::-1]


class NextTarget(Causal):
    """Name the close to come as the target."""

    def signals(self, frame: Frame) -> Signals:
        return Signals(
            short=Entries(
                enter=self.enter(frame), target=np.append(frame.close[1:], frame.close[-1])
            )
        )


CHEATERS = {
    NextBar: "long.enter",
    LastBarFirst: "long.enter",
    CentredAverage: "long.stop",
    WholeSample: "long.stop",
    Median: "long.enter",
    FormingHour: "long.stop",
    ForeignFuture: "long.stop",
    Reversed: "long.stop",
    NextTarget: "short.target",
}


@pytest.mark.parametrize("cheater", CHEATERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_what_looks_ahead_is_refused_by_column(cheater: type[RuleAgent], seed: int) -> None:
    with pytest.raises(SettingError) as refused:
        check_causality(cheater(), MARKET, cadence_minutes=5, seed=seed)
    assert refused.value.problem.startswith(cheater().name)
    assert f" looks ahead: {CHEATERS[cheater]} of " in refused.value.problem


class FundingToCome(Causal):
    """Use a rate before it was settled."""

    def stop(self, frame: Frame) -> Floats:
        return np.append(frame.funding_rate[96:], np.full(96, np.nan))


def test_funding_is_cut_with_the_bars() -> None:
    every_ms = 480 * MINUTE_MS
    rates = FundingRates(
        symbol="BTC",
        at_ms=tuple(range(START_MS + every_ms, START_MS + 6_001 * MINUTE_MS, every_ms)),
        rate=tuple(Decimal(number) / 100_000 for number in range(12)),
    )
    market = walk(6_000, symbols=("BTC", "ETH"), funding=rates)

    class Funding(Causal):
        def stop(self, frame: Frame) -> Floats:
            return frame.funding_rate

    check_causality(Funding(), market, cadence_minutes=5, seed=1)
    with pytest.raises(SettingError, match=r"long\.stop"):
        check_causality(FundingToCome(), market, cadence_minutes=5, seed=1)


class ColumnToCome(Causal):
    """Have a side only where the data are long."""

    def signals(self, frame: Frame) -> Signals:
        return super().signals(frame) if len(frame) == 1_200 else Signals()


def test_a_column_that_comes_and_goes_is_refused() -> None:
    with pytest.raises(SettingError, match=r"is absent when the data end at"):
        check_causality(ColumnToCome(), MARKET, cadence_minutes=5, seed=1)


def test_the_message_says_what_was_seen_and_when() -> None:
    market = walk(100)

    class Peek(RuleAgent):
        """Look one minute ahead."""

        def signals(self, frame: Frame) -> Signals:
            stop = np.append(frame.close[1:], 1.0)
            return Signals(long=Entries(enter=np.zeros(len(frame), np.bool_), stop=stop))

    with pytest.raises(SettingError) as refused:
        check_causality(Peek(), market, cadence_minutes=1, seed=1, prefixes=1)
    cut = refused.value.problem.split("when the data end at ")[1][:16]
    minute = int(cut[-2:]) + 60 * int(cut[-5:-3])
    coming = market.candles["BTC"].close[minute] / 100
    assert refused.value.problem == (
        f"Peek looks ahead: long.stop of BTC in the bar that closed at {cut} is 1.0 when the data"
        f" end at {cut}, and {coming} when they go on."
    )
    assert "frame.latest(other, values)" in refused.value.remedy


def test_a_market_without_entries_is_cut_anywhere() -> None:
    class Never(Causal):
        def enter(self, frame: Frame) -> Bools:
            return np.zeros(len(frame), np.bool_)

    check_causality(Never(), MARKET, cadence_minutes=5, seed=1)
    check_causality(Never(), _first(MARKET, 1), cadence_minutes=5, seed=1)


def _first(market: Market, bars: int) -> Market:
    candles = {symbol: each.until(bars) for symbol, each in market.candles.items()}
    return Market(origin="a part", candles=candles, funding={})
