"""The fake's REST endpoints, with the limits of the venue and answers that go wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autonome.market.feeds.clock import Clock
from autonome.testing.lighter.market import FakeMarket, Frame

__all__ = ["FakeRest", "Fault", "encode"]

_WINDOW_MS: Final = 60_000
_MOST_CANDLES: Final = 500
_MOST_FUNDINGS: Final = 100
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class Fault(NamedTuple):
    """An answer in place of the right one."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}


class _Refused(Exception):
    """The question was wrong."""


def encode(content: object) -> bytes:
    """Return JSON, Decimals as numbers digit by digit."""
    return _ENCODER.encode(content)


class FakeRest:
    """Answers like the venue; ``faults`` are handed out first, one for each request."""

    def __init__(self, markets: Mapping[int, FakeMarket], *, clock: Clock) -> None:
        self._markets = markets
        self._clock = clock
        self.faults: deque[Fault] = deque()
        self.asked: list[tuple[str, dict[str, str]]] = []
        """Every request: the endpoint and its parameters."""
        self.asked_ms: list[int] = []
        """When each came."""
        self.calls_per_minute: int | None = None
        """Beyond, the answer is HTTP 429; ``None``: no limit."""
        self.is_missing_arrays = False
        """Whether empty arrays are left out of an answer rather than null."""
        self.fractions: Callable[[Frame], Frame] = lambda row: row
        """What is done to each candle on its way out."""

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(routes=[Route("/api/v1/{endpoint}", self._answer)])

    async def _answer(self, request: Request) -> Response:
        endpoint, now_ms = request.path_params["endpoint"], self._clock.now_ms()
        self.asked.append((endpoint, dict(request.query_params)))
        self.asked_ms.append(now_ms)
        if self.faults:
            fault = self.faults.popleft()
            return Response(fault.body, fault.status, dict(fault.headers), "application/json")
        if self._is_too_fast(now_ms):
            return _json({"code": 23000, "message": "Too Many Requests"}, status=429)
        try:
            return _json({"code": 200, **self._content(endpoint, request.query_params)})
        except (_Refused, KeyError, ValueError) as error:
            return _json({"code": 20001, "message": f"invalid param: {error}"}, status=400)

    def _is_too_fast(self, now_ms: int) -> bool:
        recent = sum(at_ms > now_ms - _WINDOW_MS for at_ms in self.asked_ms)
        return self.calls_per_minute is not None and recent > self.calls_per_minute

    def _content(self, endpoint: str, query: Mapping[str, str]) -> Frame:
        if endpoint in ("orderBookDetails", "orderBooks"):
            name = "order_book_details" if endpoint == "orderBookDetails" else "order_books"
            return {name: [market.details() for market in self._markets.values()]}
        if endpoint == "funding-rates":
            return {"funding_rates": [_eighth_hour(market) for market in self._markets.values()]}
        market = self._markets.get(int(query["market_id"]))
        if market is None:
            raise _Refused("market_id")
        if endpoint == "candles":
            return self._candles(market, query)
        if endpoint == "fundings":
            return self._fundings(market, query)
        if endpoint == "orderBookOrders":
            return _orders(market, int(query["limit"]))
        raise _Refused(endpoint)

    def _candles(self, market: FakeMarket, query: Mapping[str, str]) -> Frame:
        if query["resolution"] != "1m":
            raise _Refused("resolution")
        start_ms, end_ms = int(query["start_timestamp"]), int(query["end_timestamp"])
        rows = [market.candles[t] for t in sorted(market.candles) if start_ms <= t <= end_ms]
        rows = rows[-min(int(query["count_back"]), _MOST_CANDLES) :]
        # Zero fields are left out.
        slim = [self.fractions({k: v for k, v in row.items() if v != 0}) for row in rows]
        return {"r": "1m"} | self._array("c", slim)

    def _fundings(self, market: FakeMarket, query: Mapping[str, str]) -> Frame:
        start_ms, end_ms = int(query["start_timestamp"]), int(query["end_timestamp"])
        rows = [
            row for row in market.fundings if start_ms <= row["timestamp"] * 1000 < end_ms
        ]  # The end is exclusive here.
        rows = rows[-min(int(query["count_back"]), _MOST_FUNDINGS) :]
        return {"resolution": "1h"} | self._array("fundings", rows)

    def _array(self, name: str, rows: list[Frame]) -> Frame:
        if rows:
            return {name: rows}
        return {} if self.is_missing_arrays else {name: None}


def _json(content: Frame, *, status: int = 200) -> Response:
    return Response(encode(content), status, media_type="application/json")


def _eighth_hour(market: FakeMarket) -> Frame:
    return {
        "market_id": market.market_id,
        "exchange": "lighter",
        "symbol": market.symbol,
        "rate": Decimal(market.funding_rate) * 8 / 100,
    }


def _orders(market: FakeMarket, limit: int) -> Frame:
    """Return single resting orders: each level is two."""

    def side(levels: Mapping[Decimal, Decimal], *, is_bid: bool) -> list[Frame]:
        rows: list[dict[str, Any]] = []
        for price in sorted(levels, reverse=is_bid):
            part = (levels[price] / 2).quantize(Decimal(1).scaleb(-market.size_decimals))
            rows += [
                {"price": str(price), "remaining_base_amount": str(size), "order_expiry": 0}
                for size in (part, levels[price] - part)
            ]
        return rows[:limit]

    return {"asks": side(market.asks, is_bid=False), "bids": side(market.bids, is_bid=True)}
