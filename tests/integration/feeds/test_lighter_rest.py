"""REST within the venue's limits: repeated where that helps, refused where it does not."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from autonome.domain.errors import FeedError, FeedRefused, FeedUnavailable, MarketDataError
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.lighter.rest import LighterRest
from autonome.market.feeds.minute import Bar, Settlement
from autonome.testing.lighter.rest import Fault
from autonome.testing.lighter.server import FakeLighter
from integration.feeds.live import NOON_MS, Live, live, until

pytestmark = pytest.mark.anyio

HOUR_MS = 60 * MINUTE_MS
OK = b'{"code":200,"order_book_details":[]}'


def _client(arena: Live, **settings: object) -> LighterRest:
    return LighterRest(arena.exchange.settings(**settings), clock=arena.clock)


def _instrument(arena: Live) -> Instrument:
    return arena.feed.instruments()["ETH"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, body=b'{"code":23000,"message":"Too Many Requests"}'),
        Fault(status=405, body=b"<html>"),
        Fault(status=200, body=b'{"code":23000,"message":"Too Many Requests"}'),
        Fault(status=400, body=b'{"code":29404,"message":"limit"}'),
    ],
    ids=["429", "405", "200 with its code", "400 with its code"],
)
async def test_too_fast_holds_back_every_call_and_is_repeated(fault: Fault) -> None:
    async with live() as arena:
        client, rest = _client(arena), arena.exchange.rest
        rest.faults += [fault, Fault(body=OK), Fault(body=OK)]
        count = len(rest.asked)
        first = asyncio.create_task(client.markets())
        await until(lambda: 1_000 in arena.clock.waits_ms())
        second = asyncio.create_task(client.markets())
        await arena.clock.advance(999)
        assert len(rest.asked) == count + 1
        await arena.clock.advance(1)
        await asyncio.gather(first, second)
        assert rest.asked_ms[-2:] == [NOON_MS + 11_000] * 2
        await client.close()


async def test_the_venues_own_word_on_how_long_to_wait_is_kept() -> None:
    async with live() as arena:
        client, rest = _client(arena), arena.exchange.rest
        rest.faults += [Fault(status=429, headers={"retry-after": "7"}), Fault(body=OK)]
        asked = asyncio.create_task(client.markets())
        await until(lambda: 7_000 in arena.clock.waits_ms())
        await arena.clock.advance(7_000)
        await asked
        await client.close()


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, body=b"oops"),
        Fault(status=502, body=b"<html>"),
        Fault(status=200, body=b"<html>"),
        Fault(status=200, body=b'{"order_book_details":[]}'),
        Fault(status=200, body=b'{"code":"two hundred"}'),
        Fault(status=200, body=b""),
        Fault(status=200, body=b'{"code":200,"order_book_details":[{"symbol":"ETH"}]}'),
    ],
    ids=["500", "502", "no JSON", "no code", "code as text", "nothing", "half a market"],
)
async def test_trouble_of_the_venue_is_waited_out_or_told(fault: Fault) -> None:
    async with live() as arena:
        client, rest = _client(arena, most_attempts=1), arena.exchange.rest
        rest.faults.append(fault)
        with pytest.raises(FeedUnavailable) as told:
            await client.markets()
        assert told.value.retryable
        await client.close()


async def test_attempts_are_limited_and_further_and_further_apart() -> None:
    async with live() as arena:
        client, rest = _client(arena), arena.exchange.rest
        rest.faults += [Fault(status=503)] * 5
        asked = asyncio.create_task(client.markets())
        for delay_ms in (1_000, 2_000, 4_000, 8_000):
            await until(lambda delay_ms=delay_ms: delay_ms in arena.clock.waits_ms())
            await arena.clock.advance(delay_ms)
        with pytest.raises(FeedUnavailable, match="HTTP 503"):
            await asked
        assert not rest.faults
        await client.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(status=400, body=b'{"code":21602,"message":"invalid market"}'), 21602),
        (Fault(status=200, body=b'{"code":20001,"message":"invalid param"}'), 20001),
        (Fault(status=404, body=b'{"code":404}'), 404),
    ],
)
async def test_a_refusal_is_told_with_its_code_and_not_repeated(fault: Fault, code: int) -> None:
    async with live() as arena:
        client, rest = _client(arena), arena.exchange.rest
        rest.faults.append(fault)
        count = len(rest.asked)
        with pytest.raises(FeedRefused) as refused:
            await client.markets()
        assert refused.value.code == code
        assert len(rest.asked) == count + 1
        await client.close()


async def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async with live() as arena:
        client = _client(arena, most_attempts=1)
        arena.exchange.rest.faults.append(Fault(body=b" " * (9 * 1024 * 1024)))
        with pytest.raises(FeedUnavailable, match="at most 8388608 bytes"):
            await client.markets()
        await client.close()


async def test_a_rolling_minute_holds_no_more_calls_than_the_venue_allows() -> None:
    async with live() as arena:
        client, rest = _client(arena, calls_per_minute=3), arena.exchange.rest
        rest.calls_per_minute = 4  # Ours, and the one by which the feed began.
        for _ in range(3):
            await client.markets()
        asked = asyncio.create_task(client.markets())
        await until(lambda: 60_000 in arena.clock.waits_ms())
        await arena.clock.advance(60_000)
        assert await asked
        assert rest.asked_ms[-1] == NOON_MS + 70_000
        await client.close()


async def test_weights_are_counted_as_well_as_calls() -> None:
    async with live() as arena:
        client = _client(arena, weight_per_minute=700)
        for _ in range(2):
            await client.markets()
        asked = asyncio.create_task(client.markets())
        await until(lambda: 60_000 in arena.clock.waits_ms())
        await arena.clock.advance(60_000)
        assert await asked
        await client.close()


def _trade_each_minute(exchange: FakeLighter, minutes: int) -> None:
    eth = exchange.markets["ETH"]
    for minute in range(minutes):
        at_ms = NOON_MS - (minutes - minute) * MINUTE_MS
        eth.trade(Decimal(2000) + minute, Decimal("0.5"), now_ms=at_ms)


async def test_candles_are_paged_by_five_hundred_and_joined() -> None:
    async with live(prepare=lambda exchange: _trade_each_minute(exchange, 1_203)) as arena:
        client = _client(arena)
        first_ms = NOON_MS - 1_203 * MINUTE_MS
        bars = await client.bars(0, _instrument(arena), first_ms=first_ms, end_ms=NOON_MS)
        assert [bar.open_ms for bar in bars] == list(range(first_ms, NOON_MS, MINUTE_MS))
        assert bars[1_202] == Bar(
            open_ms=NOON_MS - MINUTE_MS,
            open=320_200, high=320_200, low=320_200, close=320_200, volume=0.5,
        )  # fmt: skip
        pages = [query for name, query in arena.exchange.rest.asked if name == "candles"]
        assert len(pages) == 3
        await client.close()


@pytest.mark.parametrize("is_missing", [False, True], ids=["null", "missing"])
async def test_no_candles_are_none_whether_null_or_missing(*, is_missing: bool) -> None:
    async with live() as arena:
        client, arena.exchange.rest.is_missing_arrays = _client(arena), is_missing
        first_ms = NOON_MS - HOUR_MS
        assert not await client.bars(0, _instrument(arena), first_ms=first_ms, end_ms=NOON_MS)
        assert not await client.settlements(0, first_ms=first_ms, end_ms=NOON_MS)
        await client.close()


@pytest.mark.parametrize("per_ms", [Decimal("0.001"), Decimal(1), Decimal(1000)])
async def test_time_stamps_may_be_seconds_milliseconds_or_microseconds(per_ms: Decimal) -> None:
    async with live(prepare=lambda exchange: _trade_each_minute(exchange, 2)) as arena:
        client = _client(arena)
        arena.exchange.rest.fractions = lambda row: row | {"t": int(row["t"] * per_ms)}
        first_ms = NOON_MS - 2 * MINUTE_MS
        bars = await client.bars(0, _instrument(arena), first_ms=first_ms, end_ms=NOON_MS)
        assert [bar.open_ms for bar in bars] == [first_ms, first_ms + MINUTE_MS]
        await client.close()


@pytest.mark.parametrize(
    "broken",
    [
        {"h": Decimal("1999.00")},
        {"l": Decimal("2000.50")},
        {"c": Decimal("2000.005")},
        {"o": Decimal(-1)},
        {"v": Decimal(-1)},
    ],
    ids=["high below", "low above", "off the tick", "negative", "volume"],
)
async def test_a_candle_that_contradicts_itself_is_refused(broken: dict[str, object]) -> None:
    async with live(prepare=lambda exchange: _trade_each_minute(exchange, 1)) as arena:
        client = _client(arena)
        arena.exchange.rest.fractions = lambda row: row | broken
        with pytest.raises(MarketDataError, match="ETH"):
            await client.bars(0, _instrument(arena), first_ms=NOON_MS - MINUTE_MS, end_ms=NOON_MS)
        await client.close()


async def test_funding_is_a_signed_fraction_of_the_side_that_pays() -> None:
    def settle(exchange: FakeLighter) -> None:
        eth = exchange.markets["ETH"]
        for hours, percent in ((2, "0.0012"), (1, "-0.0002"), (0, "0.0005")):
            eth.settle(Decimal(percent), at_ms=NOON_MS - hours * HOUR_MS, now_ms=NOON_MS)

    async with live(prepare=settle) as arena:
        client = _client(arena)
        found = await client.settlements(0, first_ms=NOON_MS - 2 * HOUR_MS, end_ms=NOON_MS)
        assert found == [
            Settlement(NOON_MS - 2 * HOUR_MS, Decimal("0.000012")),
            Settlement(NOON_MS - HOUR_MS, Decimal("-0.000002")),
        ]
        await client.close()


async def test_a_market_that_is_not_there_is_refused() -> None:
    async with live() as arena:
        client = _client(arena)
        with pytest.raises(FeedError, match="invalid param: market_id"):
            await client.settlements(77, first_ms=NOON_MS - HOUR_MS, end_ms=NOON_MS)
        await client.close()
