"""From what ccxt returns, of whatever exchange, to contracts, bars, books and settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from autonome.domain.errors import MarketDataError, SettingError
from autonome.domain.instrument import Instrument
from autonome.domain.money import ZERO, decimal_of
from autonome.domain.value import value
from autonome.market.book import Book, Level
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.minute import Bar, Settlement, ticks_of

__all__ = ["Contract", "bar_of", "book_of", "contract_of", "number_of", "settlement_of"]

_QUOTES: Final = ("USDT", "USDC", "USD")
"""In which a contract may be settled, the preferred one first."""
_TICK_SIZE: Final = 4
"""ccxt's word for precisions that are steps; the other way that we read counts decimals."""
_DECIMAL_PLACES: Final = 2

# What ccxt does not tell of every exchange: the careful side of the lowest brackets.
_MAX_LEVERAGE: Final = Decimal(20)
_MAINTENANCE_RATE: Final = Decimal("0.005")
_LIQUIDATION_FEE_RATE: Final = Decimal("0.0125")


@value
class Contract:
    """One perpetual contract, and ccxt's words for it."""

    name: str
    """Such as ``BTC/USDT:USDT``."""
    size: Decimal
    """Base units in one contract; ccxt counts contracts."""
    instrument: Instrument


def number_of(found: object) -> Decimal:
    """Return a number of ccxt exactly.

    Raises:
        MarketDataError: it is a binary number, or none.
    """
    try:
        return decimal_of(found)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise MarketDataError(
            f"expected an exact number of the exchange, found {found!r}.",
            remedy="This exchange cannot be read exactly by ccxt; choose another.",
        ) from error


def contract_of(
    symbol: str, markets: Mapping[str, Mapping[str, Any]], *, precision_mode: int
) -> Contract:
    """Return the linear perpetual of a base currency.

    Raises:
        SettingError: there is none, or its terms are not told.
    """
    found = [
        market
        for market in markets.values()
        if market.get("base") == symbol
        and market.get("swap")
        and market.get("linear")
        and market.get("active") is not False
        and market.get("settle") in _QUOTES
    ]
    if not found:
        bases = sorted({str(each.get("base")) for each in markets.values() if each.get("swap")})
        raise SettingError(
            f"expected a linear perpetual of {symbol!r}, found none.",
            remedy=f"Choose among {', '.join(bases)}.",
        )
    market = min(found, key=lambda each: _QUOTES.index(each["settle"]))
    try:
        return _contract(symbol, market, precision_mode)
    except (MarketDataError, ValueError, ArithmeticError) as error:
        raise SettingError(
            f"expected the terms of {market['symbol']!r}, found {error!s}.",
            remedy="Leave this symbol out.",
        ) from error


def _contract(symbol: str, market: Mapping[str, Any], precision_mode: int) -> Contract:
    size = number_of(market.get("contractSize") or 1)
    tick = _step(market["precision"].get("price"), precision_mode)
    lot = _step(market["precision"].get("amount"), precision_mode) * size
    limits = market.get("limits") or {}
    min_quantity = _limit(limits, "amount", "min") * size
    leverage = _limit(limits, "leverage", "max")
    return Contract(
        name=market["symbol"],
        size=size,
        instrument=Instrument(
            symbol=symbol,
            tick=tick,
            lot=lot,
            min_quantity=max(min_quantity, lot),
            min_notional=_limit(limits, "cost", "min"),
            max_leverage=leverage or _MAX_LEVERAGE,
            maintenance_rate=_MAINTENANCE_RATE,
            liquidation_fee_rate=_LIQUIDATION_FEE_RATE,
        ),
    )


def _step(found: object, precision_mode: int) -> Decimal:
    precision = number_of(found)
    if precision_mode == _TICK_SIZE:
        return precision
    if precision_mode == _DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(precision))
    raise MarketDataError(
        f"expected precisions as steps or decimals, found mode {precision_mode}.",
        remedy="This exchange cannot be read by us; choose another.",
    )


def _limit(limits: Mapping[str, Any], name: str, end: str) -> Decimal:
    """Return a limit, zero where none is told."""
    found = (limits.get(name) or {}).get(end)
    return ZERO if found is None else number_of(found)


def bar_of(row: Sequence[Any], contract: Contract) -> Bar:
    """Return a row of ``fetch_ohlcv`` as a bar.

    Raises:
        MarketDataError: its prices contradict each other, or are not exact.
    """
    open_ms, *found, volume = row
    prices = [ticks_of(number_of(price), contract.instrument) for price in found]
    first, high, low, last = prices
    if low != min(prices) or high != max(prices) or open_ms % MINUTE_MS:
        raise MarketDataError(
            f"expected a minute's bar of {contract.name} with its high on top, found {row!r}.",
            remedy="If it goes on, choose another exchange.",
        )
    traded = number_of(volume or 0) * contract.size
    return Bar(
        open_ms=int(open_ms), open=first, high=high, low=low, close=last, volume=float(traded)
    )


def book_of(answer: Mapping[str, Any], contract: Contract, *, at_ms: int) -> Book:
    """Return the answer of ``fetch_order_book`` in base units."""

    def levels(name: str, *, reverse: bool) -> tuple[Level, ...]:
        rows = [Level(number_of(p), number_of(n) * contract.size) for p, n, *_ in answer[name]]
        return tuple(sorted((row for row in rows if row.size > 0), reverse=reverse))

    return Book(
        symbol=contract.instrument.symbol,
        bids=levels("bids", reverse=True),
        asks=levels("asks", reverse=False),
        at_ms=int(answer.get("timestamp") or at_ms),
    )


def settlement_of(row: Mapping[str, Any]) -> Settlement:
    """Return a row of ``fetch_funding_rate_history``."""
    at_ms = int(row["timestamp"])
    return Settlement(at_ms - at_ms % MINUTE_MS, number_of(row["fundingRate"]))
