"""A market without data: seeded random prices that behave like those of crypto perpetuals.

Per minute the logarithm of the price moves by ``volatility x noise``. The volatility is one process
for all symbols, an autoregression of its logarithm (Taylor 1986, "Modelling Financial Time
Series"), times a daily pattern; the noise is one common factor plus the symbol's own. Volume goes
with the square of the volatility (Clark 1973, Econometrica 41: both are the flow of news). The
price is a martingale: before costs nothing is to be gained by any rule.

Each array of noise is a stream of its own, seeded by seed, symbol and purpose. So a symbol's bars
depend on neither the other symbols nor the number of days: a longer market begins with the bars of
the shorter one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autonome.domain.errors import SettingError
from autonome.domain.instants import utc
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS, Candles, FundingRates, Ints
from autonome.market.market import Market, align

__all__ = ["CORRELATION", "SyntheticMarket", "synthesize"]

CORRELATION: Final = 0.7
"""Of the minute returns of any two symbols."""

Floats = NDArray[np.float64]

_MOST_DAYS: Final = 3_660
"""Ten years: beyond a quarter of a gigabyte a symbol, what is made would no longer fit."""
_DAY: Final = 1_440
"""Minutes."""
_YEAR: Final = 365 * _DAY
_HOUR_MS: Final = 60 * MINUTE_MS

_LOG_VOLATILITY_DEVIATION: Final = 0.5
_LOG_VOLATILITY_HALF_LIFE: Final = 360
"""Minutes until half of an excitement has gone."""
_DAILY_SWING: Final = 0.3
"""How far the logarithm of the volatility swings over the day."""
_BUSIEST_MINUTE: Final = 15 * 60
"""Of the day in UTC: the Americas have begun, Europe is still there."""
_GAP: Final = 0.01
"""Between a close and the next open, as a part of the minute's volatility."""
_LOG_VOLUME_DEVIATION: Final = 0.6

_INTEREST: Final = 0.0001
_DAMPENER: Final = 0.0005
_PREMIUM_PER_TREND: Final = 0.015
"""How much of the last day's return the perpetual trades above its index."""
_RATE_HOURS: Final = 8
_RATE_DECIMALS: Final = 8


class _Character(NamedTuple):
    first_price: float
    """Quote."""
    volatility: float
    """Of the return, per square root of a year, in a minute of usual excitement."""
    volume: float
    """Median of a minute, quote."""


_CHARACTERS: Final = {
    "BTC": _Character(95_000.0, 0.35, 5e6),
    "ETH": _Character(1_800.0, 0.60, 4e6),
    "SOL": _Character(145.0, 0.65, 2e6),
    "XRP": _Character(2.2, 0.55, 1e6),
    "BNB": _Character(600.0, 0.35, 1e6),
}
_OTHER: Final = _Character(100.0, 0.65, 1e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticMarket:
    """What decides a synthetic market."""

    start_ms: int
    """When the first bar opens, milliseconds since 1970 UTC; a whole minute."""
    days: int
    seed: int
    """At least 0."""

    def __post_init__(self) -> None:
        start = utc(self.start_ms)
        if self.start_ms % MINUTE_MS:
            raise SettingError(
                f"expected --from on a whole minute, found {start.isoformat()}.",
                remedy="Leave the seconds out.",
            )
        if not 1 <= self.days <= _MOST_DAYS:
            raise SettingError(
                f"expected 1 to {_MOST_DAYS:,} days of a synthetic market, found {self.days:,}"
                f" from {start:%Y-%m-%d} on.",
                remedy="Choose --from and --to closer together, and --to after --from.",
            )
        if self.seed < 0:
            raise SettingError(
                f"expected a seed of at least 0, found {self.seed}.", remedy="Take another seed."
            )

    def stream(self, name: str) -> np.random.Generator:
        """Return the source of one array of noise; each name has its own."""
        key = tuple(name.encode())
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )


def synthesize(
    settings: SyntheticMarket,
    instruments: Sequence[Instrument],
    *,
    funding_interval_hours: int = _RATE_HOURS,
) -> Market:
    """Return ``settings.days`` days of minutes for each instrument, and its funding."""
    open_ms = settings.start_ms + np.arange(settings.days * _DAY, dtype=np.int64) * MINUTE_MS
    volatility = _volatility(settings, open_ms)
    common = settings.stream("moves").standard_normal(len(open_ms))
    candles = {
        each.symbol: _candles(settings, each, open_ms, volatility, common) for each in instruments
    }
    funding = {
        symbol: _funding(each, interval_ms=funding_interval_hours * _HOUR_MS)
        for symbol, each in candles.items()
    }
    return align(candles, funding, origin=f"synthetic:seed={settings.seed}")


def _volatility(settings: SyntheticMarket, open_ms: Ints) -> Floats:
    """Return the volatility of each minute as a multiple of the usual one, shape (n,)."""
    minute_of_day = open_ms // MINUTE_MS % _DAY
    swing = np.cos((minute_of_day - _BUSIEST_MINUTE) * (2 * np.pi / _DAY))
    excitement = _autoregression(settings.stream("volatility"), settings.days)
    return np.asarray(np.exp(_LOG_VOLATILITY_DEVIATION * excitement + _DAILY_SWING * swing))


def _autoregression(random: np.random.Generator, days: int) -> Floats:
    """Return x[t] = k x[t-1] + sqrt(1 - k^2) e[t] with variance 1 for each minute, shape (n,).

    Within a day x[t] = k^t (x[0] + sum of e[s] / k^s), a cumulative sum; a day is short enough for
    k^t to stay far from the smallest number.
    """
    keep = 0.5 ** (1 / _LOG_VOLATILITY_HALF_LIFE)
    decay = keep ** np.arange(1, _DAY + 1)
    before = float(random.standard_normal())
    shocks = random.standard_normal((days, _DAY)) * np.sqrt(1 - keep**2)
    result = np.cumsum(shocks / decay, axis=1) * decay
    for day in result:
        day += before * decay
        before = day[-1]
    return np.asarray(result.ravel())


def _candles(
    settings: SyntheticMarket,
    instrument: Instrument,
    open_ms: Ints,
    volatility: Floats,
    common: Floats,
) -> Candles:
    """Return the bars of one symbol: prices in whole ticks, volume in base units."""
    symbol, bars = instrument.symbol, len(open_ms)
    character = _CHARACTERS.get(symbol, _OTHER)
    own, gaps, busy = settings.stream(f"{symbol}/normal").standard_normal((bars, 3)).T
    deviation = character.volatility / np.sqrt(_YEAR) * volatility
    noise = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
    # Half of the variance is taken off, so that the price, not its logarithm, has no drift.
    moves = deviation * noise - deviation**2 / 2
    gaps = _GAP * deviation * gaps
    closes = np.log(character.first_price) + np.cumsum(gaps + moves)
    opens = closes - moves
    above, below = _extremes(settings.stream(f"{symbol}/uniform"), moves, deviation)
    volume = character.volume * volatility**2 * np.exp(_LOG_VOLUME_DEVIATION * busy)
    open_, high, low, close = (
        _ticks(logarithms, instrument.tick)
        for logarithms in (opens, opens + above, opens + below, closes)
    )
    return Candles(
        symbol=symbol,
        tick=instrument.tick,
        open_ms=open_ms,
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume / np.exp(closes),
    )


def _extremes(
    random: np.random.Generator, moves: Floats, deviation: Floats
) -> tuple[Floats, Floats]:
    """Return how far above (>= 0) and below (<= 0) its open each bar went, as logarithms.

    The law of the maximum of a Brownian bridge, once for each side (Glasserman 2003, "Monte Carlo
    Methods in Financial Engineering", 6.4).
    """
    uniform = 1 - random.random((len(moves), 2))  # In (0, 1]: the logarithm is finite.
    reach = np.sqrt(moves[:, None] ** 2 - 2 * deviation[:, None] ** 2 * np.log(uniform))
    return (moves + reach[:, 0]) / 2, (moves - reach[:, 1]) / 2


def _ticks(logarithms: Floats, tick: Decimal) -> Ints:
    """Return prices as whole ticks; rounding is monotonous, so that a high stays the highest."""
    return np.maximum(np.rint(np.exp(logarithms) / np.float64(tick)), 1).astype(np.int64)


def _funding(candles: Candles, *, interval_ms: int) -> FundingRates:
    """Return the rate of each settlement after the first bar opened.

    Rate per 8 hours = P + clamp(interest - P, -0.05 %, 0.05 %) with interest 0.01 %, as Binance
    publishes it ("Introduction to Binance Futures Funding Rates"); the premium P is taken to be a
    part of the last day's return. A shorter interval is charged its share of the 8 hours.
    """
    start_ms, end_ms = int(candles.open_ms[0]), int(candles.close_ms[-1])
    at_ms = np.arange((start_ms // interval_ms + 1) * interval_ms, end_ms + 1, interval_ms)
    last = (at_ms - start_ms) // MINUTE_MS - 1
    trend = np.log(candles.close[last] / candles.open[np.maximum(last - _DAY + 1, 0)])
    premium = _PREMIUM_PER_TREND * trend
    rates = premium + np.clip(_INTEREST - premium, -_DAMPENER, _DAMPENER)
    rates *= interval_ms / (_RATE_HOURS * _HOUR_MS)
    units = np.rint(rates * 10**_RATE_DECIMALS).astype(np.int64)
    return FundingRates(
        symbol=candles.symbol,
        at_ms=tuple(at_ms.tolist()),
        rate=tuple(Decimal(unit).scaleb(-_RATE_DECIMALS) for unit in units.tolist()),
    )
