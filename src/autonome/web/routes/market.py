"""The market as the arena saw it: prices, candles of marks, funding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.domain.money import exact, share
from autonome.ledger.queries.market_marks import (
    LastMark,
    last_marks,
    mark_candles,
    settled_funding,
)
from autonome.ledger.queries.pages import Page
from autonome.ledger.reader import Rows
from autonome.web.asked import WHOLE, AskedOf, ListOf, items_of
from autonome.web.errors import ApiError
from autonome.web.exports import EXPORTED
from autonome.web.parameters import EndOption, Paged, StartOption, SymbolName
from autonome.web.payloads.figures import Items, shaped
from autonome.web.payloads.market import Book, Candle, Candles, Price, Settlement

__all__ = [
    "get_book",
    "list_candles",
    "list_funding",
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
Timeframe = Literal["1m", "5m", "15m", "1h", "4h", "1d"]


@router.get("/market", response_model=Items[Price], responses=EXPORTED)
async def list_prices(asked: ListOf) -> Response:
    """List every symbol with its last mark."""

    async def make(rows: Rows, _: Page) -> Items[Price]:
        found = await rows.all(last_marks())
        newest = max((each.at for each in found), default=None)
        return await items_of(rows, found, lambda each: _price(each, newest or each.at))

    return await asked.listed(Price, make, WHOLE)


@exact
def _price(found: LastMark, newest: datetime) -> Price:
    before = found.day_before
    change = None if before is None else share(_ONE, part=found.price - before, whole=before)
    return Price(
        symbol=found.symbol,
        mark=found.price,
        mark_at=found.at,
        change24h=change,
        funding=None,
        stale_ms=(newest - found.at) // timedelta(milliseconds=1),
        best=None,
    )


@router.get("/market/{symbol}/candles", response_model=Candles)
async def list_candles(
    asked: AskedOf,
    symbol: SymbolName,
    timeframe: Timeframe = "1h",
    start: StartOption = None,
    end: EndOption = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_CANDLES)] = 200,
) -> Response:
    """Return the newest candles of a symbol's marks within a range, oldest first."""

    async def make(rows: Rows) -> Candles:
        last = {each.symbol: each.at for each in await rows.all(last_marks())}
        if symbol not in last:
            raise _unknown(symbol, last)
        width = _WIDTHS[timeframe]
        until = min(end or last[symbol], last[symbol])
        # The last candle may have just begun: so many whole ones before it.
        since = max(start or _EARLIEST, until - limit * width)
        found = await rows.all(mark_candles(symbol, width=width, start=since, end=until))
        items = [shaped(Candle, each) for each in found[-limit:]]
        return Candles(symbol=symbol, timeframe=timeframe, items=items)

    return await asked.answer(make)


@router.get("/market/{symbol}/book", response_model=Book)
async def get_book(asked: AskedOf, symbol: SymbolName) -> Response:
    """Return the order book of a symbol; only a live market has one."""
    await asked.reader()
    raise ApiError(
        404,
        "no-book",
        f"expected a live market's book of {symbol!r}; none is kept in the database.",
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
