"""The market without data: seeded, valid, on the grid, and like a market."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from autonome.domain.errors import SettingError
from autonome.domain.instrument import Instrument
from autonome.market.candles import Candles
from autonome.market.market import Market
from autonome.market.synthetic import CORRELATION, SyntheticMarket, synthesize
from autonome.venue.profile import load_profile

START_MS = 1_746_403_200_000  # 2025-05-05 00:00 UTC
HOUR_MS = 3_600_000
COLUMNS = ("open_ms", "open", "high", "low", "close", "volume")
SYMBOLS = ("BNB", "BTC", "ETH", "SOL", "XRP")


def synthetic(
    *symbols: str, seed: int = 1, days: int = 1, start_ms: int = START_MS, hours: int = 8
) -> Market:
    profile = load_profile("binance-perp")
    return synthesize(
        SyntheticMarket(start_ms=start_ms, days=days, seed=seed),
        [profile.instrument(symbol) for symbol in symbols or ("BTC", "XRP")],
        funding_interval_hours=hours,
    )


def same(first: Candles, second: Candles) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in COLUMNS)


def returns(candles: Candles) -> NDArray[np.float64]:
    return np.diff(np.log(candles.close))


def test_the_same_seed_gives_the_same_bars_and_funding() -> None:
    first, second = synthetic(seed=7), synthetic(seed=7)
    assert all(same(first.candles[each], second.candles[each]) for each in first.symbols)
    assert first.funding == second.funding


def test_another_seed_gives_other_bars() -> None:
    first, second = synthetic(seed=7), synthetic(seed=8)
    for symbol in first.symbols:
        assert not np.array_equal(first.candles[symbol].close, second.candles[symbol].close)


@pytest.mark.parametrize("others", [(), ("XRP",), ("ETH", "BNB")])
def test_a_symbol_has_the_same_bars_whatever_stands_beside_it(others: tuple[str, ...]) -> None:
    alone = synthetic("BTC").candles["BTC"]
    for order in itertools.permutations(("BTC", *others)):
        assert same(synthetic(*order).candles["BTC"], alone)


@pytest.mark.parametrize("days", [2, 3, 10])
def test_a_longer_market_begins_with_the_bars_and_the_funding_of_the_shorter_one(
    days: int,
) -> None:
    short, long = synthetic(), synthetic(days=days)
    for symbol in short.symbols:
        assert len(long.candles[symbol]) == days * 1_440
        assert same(long.candles[symbol].until(1_440), short.candles[symbol])
        rates = short.funding[symbol]
        assert long.funding[symbol].at_ms[: len(rates.at_ms)] == rates.at_ms
        assert long.funding[symbol].rate[: len(rates.rate)] == rates.rate


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("start_ms", [START_MS, START_MS + 754 * 60_000])
def test_every_bar_is_valid_and_opens_near_the_close_before(seed: int, start_ms: int) -> None:
    market = synthetic(*SYMBOLS, seed=seed, start_ms=start_ms)
    for bars in market.candles.values():
        assert len(bars) == 1_440
        assert bars.open_ms[0] == start_ms
        assert (np.diff(bars.open_ms) == 60_000).all()
        assert all(getattr(bars, name).dtype == np.int64 for name in COLUMNS[:5])
        assert (bars.low > 0).all()
        assert (bars.low <= np.minimum(bars.open, bars.close)).all()
        assert (bars.high >= np.maximum(bars.open, bars.close)).all()
        assert (bars.high > bars.low).mean() > 0.9
        assert (bars.volume > 0).all()
        gaps = np.abs(bars.open[1:] / bars.close[:-1] - 1)
        assert 0 < gaps.max() < 0.001


def test_any_symbol_is_given_a_price_even_far_from_its_tick() -> None:
    doge = Instrument(
        symbol="DØGE-PERP",
        tick=Decimal(250),
        lot=Decimal(1),
        min_quantity=Decimal(1),
        min_notional=Decimal(0),
        max_leverage=Decimal(10),
        maintenance_rate=Decimal("0.01"),
        liquidation_fee_rate=Decimal(0),
    )
    bars = synthesize(SyntheticMarket(start_ms=START_MS, days=1, seed=0), [doge]).candles
    assert (bars["DØGE-PERP"].close == 1).all()


def test_returns_go_together_as_stated() -> None:
    # 41,759 returns with fat tails: the standard error of a correlation of 0.7 is about 0.005.
    market = synthetic(*SYMBOLS, days=29)
    table = np.corrcoef([returns(market.candles[symbol]) for symbol in SYMBOLS])
    apart = table[np.triu_indices(len(SYMBOLS), k=1)]
    assert np.abs(apart - CORRELATION).max() < 0.03


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_volatility_clusters_while_returns_do_not(seed: int) -> None:
    # Cont 2001, "Empirical properties of asset returns", facts 1, 2 and 6. Without any clustering
    # the autocorrelations of 43,200 returns are within 0.02 of zero.
    moves = returns(synthetic("BTC", seed=seed, days=30).candles["BTC"])
    sizes = np.abs(moves)
    for lag, least in ((1, 0.15), (60, 0.1)):
        assert np.corrcoef(sizes[:-lag], sizes[lag:])[0, 1] > least
        assert abs(np.corrcoef(moves[:-lag], moves[lag:])[0, 1]) < 0.05
    assert 4 < (moves**4).mean() / (moves**2).mean() ** 2 < 20  # The normal law has 3.


@pytest.mark.parametrize("start_ms", [START_MS, START_MS + 7 * HOUR_MS])
def test_the_afternoon_in_utc_is_livelier_than_the_early_morning(start_ms: int) -> None:
    bars = synthetic("BTC", days=60, start_ms=start_ms).candles["BTC"]
    hours = bars.open_ms[1:] // HOUR_MS % 24
    sizes, volume = np.abs(returns(bars)), bars.volume[1:]
    for each in (sizes, volume):
        assert each[hours == 15].mean() > 1.3 * each[hours == 3].mean()


def test_volume_goes_with_volatility() -> None:
    bars = synthetic("ETH", days=10).candles["ETH"]
    sizes = np.abs(returns(bars))
    quiet = sizes <= np.median(sizes)
    assert bars.volume[1:][~quiet].mean() > 1.2 * bars.volume[1:][quiet].mean()


def test_a_tenth_of_a_minute_mostly_fills_an_order_of_ten_thousand() -> None:
    market = synthetic(*SYMBOLS, days=10)
    for symbol, bars in market.candles.items():
        traded = bars.volume * bars.close * float(bars.tick)
        assert (traded / 10 > 10_000).mean() > 0.9
        if symbol == "BTC":
            assert 2e6 < np.median(traded) < 1e7


def test_the_range_of_a_bar_is_twice_its_move_as_for_a_brownian_motion() -> None:
    # Over one unit of time E(range) = sqrt(8 / pi), E|move| = sqrt(2 / pi): Feller 1951, "The
    # asymptotic distribution of the range of sums of independent random variables".
    bars = synthetic("BTC", days=10).candles["BTC"]
    ratio = (bars.high - bars.low).mean() / np.abs(bars.close - bars.open).mean()
    assert 1.95 < ratio < 2.05


@pytest.mark.parametrize(
    ("start_ms", "hours", "expected"),
    [
        (START_MS, 8, (8, 16, 24)),
        (START_MS, 1, tuple(range(1, 25))),
        (START_MS + 60_000, 8, (8, 16, 24)),
        (START_MS - 60_000, 8, (0, 8, 16)),
        (START_MS + 7 * HOUR_MS, 12, (12, 24)),
    ],
)
def test_funding_is_settled_on_the_hours_after_the_first_bar_opened(
    start_ms: int, hours: int, expected: tuple[int, ...]
) -> None:
    funding = synthetic(start_ms=start_ms, hours=hours).funding["BTC"]
    assert funding.at_ms == tuple(START_MS + each * HOUR_MS for each in expected)
    assert len(funding.rate) == len(expected)


def test_a_quiet_day_costs_the_interest_and_an_hour_its_eighth() -> None:
    # Interest 0.01 % per 8 hours, and a dampener of 0.05 % around it.
    assert set(synthetic("BTC", seed=3).funding["BTC"].rate) == {Decimal("0.0001")}
    assert set(synthetic("BTC", seed=3, hours=1).funding["BTC"].rate) == {Decimal("0.00001250")}


def test_funding_follows_the_trend_of_the_last_day() -> None:
    market = synthetic("SOL", days=120)
    bars, funding = market.candles["SOL"], market.funding["SOL"]
    last = (np.array(funding.at_ms) - START_MS) // 60_000 - 1
    trend = np.log(bars.close[last[3:]] / bars.close[last[:-3]])
    rates = np.array(funding.rate[3:], dtype=float)
    up, down = trend > 0.05, trend < -0.05
    assert up.any()
    assert down.any()
    assert (rates[up] > 0.0001).all()
    assert (rates[down] < 0.0001).all()
    assert (rates == 0.0001).mean() > 0.5


@pytest.mark.parametrize(
    ("start_ms", "days", "seed", "problem"),
    [
        (START_MS + 1, 1, 1, "expected --from on a whole minute, found 2025-05-05T00:00:00.001"),
        (START_MS, 0, 1, "expected 1 to 3,660 days of a synthetic market, found 0 from 2025-05-05"),
        (START_MS, 3_661, 1, "expected 1 to 3,660 days of a synthetic market, found 3,661 from"),
        (START_MS, 1, -1, "expected a seed of at least 0, found -1."),
    ],
)
def test_settings_that_make_no_market_are_refused(
    start_ms: int, days: int, seed: int, problem: str
) -> None:
    with pytest.raises(SettingError) as refused:
        SyntheticMarket(start_ms=start_ms, days=days, seed=seed)
    assert refused.value.problem.startswith(problem)


def test_ten_years_may_be_asked_for() -> None:
    assert SyntheticMarket(start_ms=START_MS, days=3_660, seed=0).days == 3_660
