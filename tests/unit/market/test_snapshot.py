"""The snapshot of a cycle: what is in it, how old it says it is, and that nothing later shows."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from autonome.market.candles import MINUTE_MS, FundingRates
from autonome.market.frame import Frames
from autonome.market.gaps import fill_gaps
from autonome.market.indicators import ema, ichimoku, macd, rsi, supertrend
from autonome.market.market import Market, align
from autonome.market.observation import observe
from autonome.market.snapshot import MOST_MARK_AGE_MS, Quoted, take_snapshot
from autonome.market.snapshot.readings import INDICATORS
from autonome.market.snapshot.taking import LINE_LENGTH
from unit.market.bars import START_MS
from unit.market.frames import walk

MONTH = 40 * 1_440
HOUR_MS = 60 * MINUTE_MS
SETTLED = FundingRates(
    symbol="BTC",
    at_ms=(START_MS, START_MS + 8 * HOUR_MS, START_MS + 16 * HOUR_MS),
    rate=(Decimal("0.0001"), Decimal("-0.00025"), Decimal("0.5")),
)


@pytest.fixture(scope="module")
def market() -> Market:
    return walk(MONTH, symbols=("BTC", "ETH"))


def test_a_snapshot_holds_bars_and_lines_of_three_lengths(market: Market) -> None:
    btc = take_snapshot(observe(market, closed_bars=MONTH)).symbols[0]
    held = {each.minutes: len(each.candles) for each in btc.timeframes}
    assert held == {5: 180, 60: 0, 240: 90}
    assert set(btc.timeframe(5).lines) == {
        "ema20",
        "ema50",
        "macd",
        "macd_signal",
        "macd_histogram",
        "rsi7",
        "rsi14",
        "atr14",
        "vwap",
        "vwap_distance",
        "relative_volume",
    }
    for minutes in (60, 240):
        lines = btc.timeframe(minutes).lines
        for name in ("bollinger", "keltner", "adx14", "supertrend", "ichimoku"):
            assert set(INDICATORS[name].lines) <= set(lines)
        assert {len(values) for values in lines.values()} == {LINE_LENGTH}


def test_lines_are_those_of_the_whole_history_to_their_last_digit(market: Market) -> None:
    btc = take_snapshot(observe(market, closed_bars=MONTH)).symbols[0]
    frames = Frames(market)
    five, four_hours = (frames.frame("BTC", minutes=minutes) for minutes in (5, 240))
    expected = {
        (5, "ema50"): ema(five.close, 50),
        (5, "macd_signal"): macd(five.close).signal,
        (5, "rsi14"): rsi(five.close, 14),
        (240, "supertrend"): supertrend(four_hours).line,
        (240, "ichimoku_cloud_top"): ichimoku(four_hours).cloud_top,
    }
    for (minutes, name), line in expected.items():
        found = btc.timeframe(minutes).lines[name]
        assert found == tuple(Decimal(f"{number:.6g}") for number in line[-LINE_LENGTH:].tolist())


def test_candles_are_exact_and_oldest_first(market: Market) -> None:
    observation = observe(market, closed_bars=MONTH - 3)
    bars = observation.bars("ETH")
    candles = take_snapshot(observation).symbols[1].timeframe(5).candles
    first, last = candles[0], candles[-1]
    # Three minutes short of the end, the last whole bar of five is minutes -7 to -3.
    assert last.close == Decimal("0.01") * int(bars.close[-3])
    assert last.high == Decimal("0.01") * int(bars.high[-7:-2].max())
    assert last.close_ms == observation.at_ms - 2 * MINUTE_MS
    assert last.close_ms - first.close_ms == 179 * 5 * MINUTE_MS


def test_nothing_that_comes_later_changes_it(market: Market) -> None:
    cut = 30 * 1_440 + 7
    later = np.arange(MONTH) >= cut
    candles = {
        symbol: replace(
            each,
            open=np.where(later, each.open * 3, each.open),
            high=np.where(later, each.high * 3, each.high),
            low=np.where(later, 1, each.low),
            close=np.where(later, each.close * 3, each.close),
            volume=np.where(later, 0.0, each.volume),
        )
        for symbol, each in market.candles.items()
    }
    rates = {"BTC": SETTLED}
    other = {"BTC": replace(SETTLED, rate=(Decimal("0.0001"), Decimal("-0.00025"), Decimal(0)))}
    cut_ms = START_MS + cut * MINUTE_MS
    late = {"BTC": FundingRates(symbol="BTC", at_ms=(cut_ms + 1,), rate=(Decimal(1),))}
    whole = take_snapshot(observe(align(market.candles, {}, origin="a"), closed_bars=cut))
    assert take_snapshot(observe(align(candles, late, origin="b"), closed_bars=cut)) == whole
    hours = 9 * 60
    assert take_snapshot(observe(align(candles, rates, origin="a"), closed_bars=hours)) == (
        take_snapshot(observe(align(market.candles, other, origin="b"), closed_bars=hours))
    )


def test_equal_input_has_an_equal_digest_and_any_bar_changes_it(market: Market) -> None:
    digest = take_snapshot(observe(market, closed_bars=MONTH)).digest
    again = walk(MONTH, symbols=("BTC", "ETH"))
    assert take_snapshot(observe(again, closed_bars=MONTH)).digest == digest
    assert take_snapshot(observe(market, closed_bars=MONTH - 1)).digest != digest
    assert len(digest) == 64


def test_json_holds_plain_text_and_instants_only(market: Market) -> None:
    snapshot = take_snapshot(observe(market, closed_bars=MONTH))

    def check(found: object) -> None:
        if isinstance(found, dict):
            for each in found.values():
                check(each)
        elif isinstance(found, list):
            for each in found:
                check(each)
        else:
            assert found is None or isinstance(found, (str, int, bool))
            assert not isinstance(found, str) or "e" not in found.lower() or found.isalpha()

    content = snapshot.to_json()
    check({**content, "symbols": [{**each, "symbol": ""} for each in content["symbols"]]})  # type: ignore[attr-defined]
    assert json.loads(json.dumps(content, allow_nan=False)) == content


@pytest.mark.parametrize("bars", [1, 4, 5, 59, 60, 241, 1_441])
def test_a_young_market_shows_what_there_is(bars: int) -> None:
    young = walk(bars)
    btc = take_snapshot(observe(young, closed_bars=bars)).symbols[0]
    assert btc.mark == young.candles["BTC"].close_price(bars - 1)
    assert (btc.change_24h is None) is (bars < 1_441)
    for timeframe in btc.timeframes:
        expected = min(bars // timeframe.minutes, {5: 180, 60: 0, 240: 90}[timeframe.minutes])
        assert len(timeframe.candles) == expected
        assert all(values[-1] is not None for values in timeframe.lines.values())


def test_a_day_is_measured_from_the_bar_that_closed_a_day_before(market: Market) -> None:
    bars = market.candles["BTC"].until(2_000)
    btc = take_snapshot(observe(market, closed_bars=2_000)).symbols[0]
    before, now = int(bars.close[-1_441]), int(bars.close[-1])
    assert btc.change_24h == Decimal(f"{now / before - 1:.6g}")
    traded = (bars.close[-1_440:] * 0.01 * bars.volume[-1_440:]).sum()
    assert btc.volume_24h == Decimal(f"{traded:.6g}")


def test_funding_is_the_last_that_was_settled_and_the_next_one_interval_later() -> None:
    market = walk(24 * 60, funding=SETTLED)
    funding = take_snapshot(observe(market, closed_bars=9 * 60)).symbols[0].funding
    assert funding is not None
    assert funding.rate == Decimal("-0.00025")
    assert funding.settled_ms == START_MS + 8 * HOUR_MS
    assert funding.next_ms == START_MS + 16 * HOUR_MS
    only = take_snapshot(observe(market, closed_bars=60)).symbols[0].funding
    assert only is not None
    assert only.next_ms is None
    assert take_snapshot(observe(walk(60), closed_bars=60)).symbols[0].funding is None


def test_each_series_says_how_old_it_is(market: Market) -> None:
    observation = observe(market, closed_bars=30 * 1_440 + 3 * 60 + 17)
    btc = take_snapshot(observation, now_ms=observation.at_ms + 2_500).symbols[0]
    ages = {each.minutes: each.age_ms for each in btc.timeframes}
    assert btc.mark_age_ms == 2_500
    assert ages == {
        5: 2 * MINUTE_MS + 2_500,
        60: 17 * MINUTE_MS + 2_500,
        240: 197 * MINUTE_MS + 2_500,
    }


def test_a_mark_older_than_the_limit_makes_its_symbol_stale() -> None:
    observation = observe(walk(10), closed_bars=10)
    limit = observation.at_ms + MOST_MARK_AGE_MS
    assert not take_snapshot(observation, now_ms=limit).symbols[0].is_stale
    assert take_snapshot(observation, now_ms=limit + 1).symbols[0].is_stale


def test_minutes_that_were_filled_do_not_make_a_mark_younger() -> None:
    whole = walk(10).candles["BTC"]
    holes = whole.only(np.array([0, 1, 2, 3, 4, 9]))
    market = align({"BTC": fill_gaps(holes)}, {}, origin="holes")
    assert take_snapshot(observe(market, closed_bars=9)).symbols[0].mark_age_ms == 4 * MINUTE_MS
    assert take_snapshot(observe(market, closed_bars=10)).symbols[0].mark_age_ms == 0


def test_what_a_live_feed_knows_beside_bars_is_in_it_and_only_then() -> None:
    observation = observe(walk(10, symbols=("BTC", "ETH")), closed_bars=10)
    now_ms = observation.at_ms + 5_000
    quoted = Quoted(
        at_ms=now_ms - 700,
        mark=Decimal("100.055"),
        bid=Decimal("100.04"),
        ask=Decimal("100.06"),
        open_interest=Decimal("1234.5"),
    )
    snapshot = take_snapshot(observation, now_ms=now_ms, quoted={"BTC": quoted})
    btc, eth = snapshot.symbols
    assert (btc.mark, btc.mark_age_ms) == (Decimal("100.055"), 700)
    assert (btc.mid, btc.open_interest) == (Decimal("100.05"), Decimal("1234.5"))
    # 0.02 / 100.05 x 10,000
    assert btc.spread_bps == Decimal("1.999")
    assert (eth.mark, eth.mark_age_ms) == (observation.last_close("ETH"), 5_000)
    assert (eth.mid, eth.spread_bps, eth.open_interest) == (None, None, None)


def test_a_crossed_book_has_no_mid() -> None:
    observation = observe(walk(10), closed_bars=10)
    crossed = Quoted(at_ms=observation.at_ms, bid=Decimal(101), ask=Decimal(100))
    assert take_snapshot(observation, quoted={"BTC": crossed}).symbols[0].mid is None
