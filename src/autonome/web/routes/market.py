"""The market as the arena saw it: prices, candles of marks, funding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.domain.money import exact, share
from autonome.ledger.queries.facts import fact
from autonome.ledger.queries.market_marks import (
    LastMark,
    last_marks,
    mark_candles,
    settled_funding,
)
from autonome.ledger.queries.pages import Page
from autonome.ledger.reader import Rows
from autonome.ledger.rows import Fact, FactName
from autonome.web.asked import WHOLE, AskedOf, ListOf, items_of
from autonome.web.errors import ApiError
from autonome.web.exports import EXPORTED
from autonome.web.indicators import WARM_UP, indicator_points
from autonome.web.parameters import Paged, SpanOption, SymbolName
from autonome.web.payloads.figures import Items, shaped
from autonome.web.payloads.market import (
    Best,
    Book,
    Candle,
    Candles,
    FundingRate,
    Indicators,
    Price,
    Settlement,
)

__all__ = [
    "get_book",
    "list_candles",
    "list_funding",
    "list_indicators",
    "list_prices",
    "router",
]

router = APIRouter(tags=["market"])
_ONE: Final = Decimal(1)
_MINUTE: Final = timedelta(minutes=1)
_WIDTHS: Final = {
    "1m": _MINUTE,
    "5m": timedelta(minutes=5),
    "15m": timedelta(minutes=15),
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
}
_MOST_CANDLES: Final = 1_500
_LONGEST_NOTED: Final = _MINUTE
"""What a live market said longer ago is stale: nobody leads the arena any more."""
_LIVE: Final = ("book", "predictedFundingRate")
Timeframe = Literal["1m", "5m", "15m", "1h", "4h", "1d"]


@router.get("/market", response_model=Items[Price], responses=EXPORTED)
async def list_prices(asked: ListOf) -> Response:
    """List every symbol with its last mark, its change over a day and its funding."""
    now = datetime.now(UTC)

    async def make(rows: Rows, _: Page) -> Items[Price]:
        found = await rows.all(last_marks())
        noted = await rows.one(fact(FactName.MARKET))
        newest = max((each.at for each in found), default=None)
        stale_since = _stale_since(noted, now)
        return await items_of(
            rows,
            found,
            lambda each: _price(each, newest or each.at, _said(noted, each.symbol), stale_since),
        )

    # Where nobody writes any more, time alone makes a kept answer another one.
    noted = await (await asked.reader()).one(fact(FactName.MARKET))
    return await asked.listed(Price, make, WHOLE, version=f" {_stale_since(noted, now)}")


def _stale_since(noted: Fact | None, now: datetime) -> datetime | None:
    """Return when a market was noted last, if that is too long ago to show what passes."""
    return None if noted is None or now - noted.at < _LONGEST_NOTED else noted.at


def _said(noted: Fact | None, symbol: str) -> Mapping[str, Any]:
    """Return what the leader noted of a symbol; nothing where there is nothing."""
    said = {} if noted is None else noted.said.get(symbol)
    return said if isinstance(said, Mapping) else {}


@exact
def _price(
    found: LastMark, newest: datetime, said: Mapping[str, Any], stale_since: datetime | None
) -> Price:
    before = found.day_before
    funding = said.get("funding")
    live = {} if stale_since else said
    book = live.get("book")
    return Price(
        symbol=found.symbol,
        mark=found.price,
        mark_at=found.at,
        change24h=None if before is None else share(_ONE, part=found.price - before, whole=before),
        marks_since=found.first_at,
        funding=None if funding is None else FundingRate.model_validate(funding),
        predicted_funding_rate=live.get("predictedFundingRate"),
        next_funding_at=said.get("nextFundingAt"),
        stale_ms=(newest - found.at) // timedelta(milliseconds=1),
        best=None if book is None else _best(found.symbol, book, found.at),
        stale_since=stale_since if any(name in said for name in _LIVE) else None,
    )


def _best(symbol: str, noted: Mapping[str, Any], marked_at: datetime) -> Best | None:
    """Return the best prices of a book that is no older than the mark."""
    book = Book.model_validate({"symbol": symbol, **noted})
    if book.at < marked_at:
        return None
    return Best(bid=book.bids[0].price, ask=book.asks[0].price)


@router.get("/market/{symbol}/candles", response_model=Candles)
async def list_candles(
    asked: AskedOf,
    symbol: SymbolName,
    span: SpanOption,
    timeframe: Timeframe = "1h",
    limit: Annotated[int, Query(ge=1, le=_MOST_CANDLES)] = 200,
) -> Response:
    """Return the newest candles of a symbol's marks within a range, oldest first."""

    async def make(rows: Rows) -> Candles:
        last = {each.symbol: each.at for each in await rows.all(last_marks())}
        if symbol not in last:
            raise _unknown(symbol, last)
        width = _WIDTHS[timeframe]
        until = min(span.end or last[symbol], last[symbol])
        # The last candle may have just begun: so many whole ones before it.
        since = max(span.start or _EARLIEST, until - limit * width)
        found = await rows.all(mark_candles(symbol, width=width, start=since, end=until))
        items = [shaped(Candle, each) for each in found[-limit:]]
        return Candles(symbol=symbol, timeframe=timeframe, items=items)

    return await asked.answer(make)


@router.get("/market/{symbol}/indicators", response_model=Indicators)
async def list_indicators(
    asked: AskedOf,
    symbol: SymbolName,
    timeframe: Timeframe = "1h",
    limit: Annotated[int, Query(ge=1, le=_MOST_CANDLES)] = 200,
) -> Response:
    """Return indicators of the newest closed candles of a symbol's marks, oldest first."""

    async def make(rows: Rows) -> Indicators:
        last = {each.symbol: each.at for each in await rows.all(last_marks())}
        if symbol not in last:
            raise _unknown(symbol, last)
        width = _WIDTHS[timeframe]
        # A mark closes the minute before it: the candle that ends with the last one has closed.
        closed = last[symbol] - (last[symbol] - _EARLIEST) % width
        since = max(_EARLIEST, closed - (limit + WARM_UP) * width)
        found = await rows.all(mark_candles(symbol, width=width, start=since, end=closed))
        items = indicator_points(symbol, found, width=width)[-limit:]
        return Indicators(symbol=symbol, timeframe=timeframe, items=items)

    return await asked.answer(make)


@router.get("/market/{symbol}/book", response_model=Book)
async def get_book(asked: AskedOf, symbol: SymbolName) -> Response:
    """Return the order book of a symbol, 20 levels a side; only a live market has one."""
    noted = await (await asked.reader()).one(fact(FactName.MARKET))
    book = _said(noted, symbol).get("book")
    if book is not None and _stale_since(noted, datetime.now(UTC)) is None:
        return await asked.answer_now(Book.model_validate({"symbol": symbol, **book}))
    raise ApiError(
        404,
        "no-book",
        f"expected a live market's book of {symbol!r}; none was noted within a minute.",
        remedy="GET /api/v1/market has the marks.",
        field="symbol",
    )


@router.get("/market/{symbol}/funding", response_model=Items[Settlement], responses=EXPORTED)
async def list_funding(asked: ListOf, symbol: SymbolName, page: Paged) -> Response:
    """List the settlements that arms paid or received, newest first."""

    async def make(rows: Rows, page: Page) -> Items[Settlement]:
        found = await rows.all(settled_funding(symbol, page))
        return await items_of(
            rows,
            found,
            lambda each: shaped(Settlement, each, symbol=symbol),
            page=page,
            place=lambda each: (each.at, symbol),
        )

    return await asked.listed(Settlement, make, page)


_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _unknown(symbol: str, known: dict[str, datetime]) -> ApiError:
    return ApiError(
        404,
        "unknown-symbol",
        f"expected a symbol of the arena ({', '.join(known) or 'it has none yet'}),"
        f" found {symbol!r}.",
        remedy="GET /api/v1/market lists them.",
        field="symbol",
    )
