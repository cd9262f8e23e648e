"""From Lighter's units to ours: ticks, fractions, milliseconds."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.domain.errors import MarketDataError, SettingError
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO, decimal_of, round_down
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.lighter.payloads import CandleRow, FundingRow, MarketRow
from autonome.market.feeds.minute import Bar, Settlement, ticks_of
from autonome.market.feeds.port import Trading

__all__ = [
    "HOUR_MS",
    "bar_of",
    "instrument_of",
    "ms_of_stamp",
    "price_of",
    "rate_of",
    "settled_at",
    "settlement_of",
    "trading_of",
]

HOUR_MS: Final = 60 * MINUTE_MS
"""Funding is settled on each full hour."""

_FIRST_MS_STAMP: Final = 10**11
"""As seconds it would be the year 5138; as milliseconds it is 1973."""
_FIRST_US_STAMP: Final = 10**14
_FIRST_BEYOND: Final = 10**17
_PER_UNIT: Final = 10_000
"""Margin fractions count 1e-4."""
_LEVERAGE_STEP: Final = Decimal("0.01")
_PERCENT: Final = -2
_REMEDY: Final = "If it goes on, the venue's format has changed."


def ms_of_stamp(stamp: int) -> int:
    """Return a time stamp in seconds, milliseconds or microseconds as milliseconds since 1970.

    Raises:
        MarketDataError: it is none of them.
    """
    if 0 < stamp < _FIRST_MS_STAMP:
        return stamp * 1000
    if stamp >= _FIRST_BEYOND or stamp <= 0:
        raise MarketDataError(f"expected a time stamp, found {stamp}.", remedy=_REMEDY)
    return stamp if stamp < _FIRST_US_STAMP else stamp // 1000


def price_of(price: Decimal) -> Decimal:
    """Return a price (quote).

    Raises:
        MarketDataError: it is not a finite number above zero.
    """
    if not price.is_finite() or price <= 0:
        raise MarketDataError(f"expected a price > 0, found {price}.", remedy=_REMEDY)
    return price


def rate_of(percent: Decimal) -> Decimal:
    """Return a rate in percent as a fraction.

    Raises:
        MarketDataError: it is not a finite number.
    """
    if not percent.is_finite():
        raise MarketDataError(f"expected a rate in percent, found {percent}.", remedy=_REMEDY)
    return percent.scaleb(_PERCENT)


def instrument_of(market: MarketRow) -> Instrument:
    """Return the contract of a market.

    Raises:
        SettingError: its terms cannot be kept exactly, or make no sense.
    """
    try:
        return Instrument(
            symbol=market.symbol,
            tick=Decimal(1).scaleb(-market.price_decimals),
            lot=Decimal(1).scaleb(-market.size_decimals),
            min_quantity=decimal_of(market.min_base_amount),
            min_notional=decimal_of(market.min_quote_amount),
            max_leverage=round_down(
                Decimal(_PER_UNIT) / market.min_initial_margin_fraction, step=_LEVERAGE_STEP
            ),
            maintenance_rate=Decimal(market.maintenance_margin_fraction) / _PER_UNIT,
            liquidation_fee_rate=rate_of(market.liquidation_fee),
        )
    except (ValueError, ArithmeticError, MarketDataError) as error:
        raise SettingError(
            f"expected terms of {market.symbol} that can be traded, found {error!s}.",
            remedy="Leave this symbol out.",
        ) from error


def trading_of(market: MarketRow) -> Trading:
    """Return what may be done in a market; a status that we do not know is closed."""
    if market.status != "active":
        return Trading.CLOSED
    config = market.market_config
    return Trading.REDUCE_ONLY if config and config.force_reduce_only else Trading.OPEN


def bar_of(row: CandleRow, instrument: Instrument) -> Bar | None:
    """Return a candle as a bar, ``None`` where it says that nothing traded.

    Raises:
        MarketDataError: its prices contradict each other or lie off the tick.
    """
    if not any((row.o, row.h, row.l, row.c)):
        return None
    open_ms = _minute_of(row.t)
    prices = [ticks_of(price, instrument) for price in (row.o, row.h, row.l, row.c)]
    _, high, low, _ = prices
    if low != min(prices) or high != max(prices) or not row.v.is_finite() or row.v < ZERO:
        raise MarketDataError(
            f"expected low <= open, close <= high and a volume >= 0 of {instrument.symbol},"
            f" found {row}.",
            remedy=_REMEDY,
        )
    first, high, low, last = prices
    return Bar(open_ms=open_ms, open=first, high=high, low=low, close=last, volume=float(row.v))


def settlement_of(row: FundingRow) -> Settlement:
    """Return a settlement; the side that pays gives the rate its sign.

    Raises:
        MarketDataError: the side is neither long nor short.
    """
    if row.direction not in ("long", "short"):
        raise MarketDataError(
            f"expected long or short as the side that pays, found {row.direction!r}.",
            remedy=_REMEDY,
        )
    rate = abs(rate_of(row.rate))
    return Settlement(
        at_ms=settled_at(row.timestamp), rate=rate if row.direction == "long" else -rate
    )


def settled_at(stamp: int) -> int:
    """Return when funding was settled: the full minute, which the stamp may pass a little."""
    return _minute_of(stamp)


def _minute_of(stamp: int) -> int:
    at_ms = ms_of_stamp(stamp)
    return at_ms - at_ms % MINUTE_MS
