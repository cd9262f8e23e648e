"""The market by the API: funding and books as they were noted, indicators by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
import pytest

from integration.web.served import LIMIT_S, Client

_NOTED: Final = """
    INSERT INTO "Facts" VALUES ('market', now() - interval '%s seconds', '{"BTC": {
        "funding": {"rate": "0.0000125", "settledAt": "2025-05-05T12:00:00Z"},
        "predictedFundingRate": "-0.00001", "nextFundingAt": "2025-05-05T13:00:00Z",
        "book": {"at": "2025-05-05T12:35:00Z", "bids": [{"price": "99.5", "size": "0.25"}],
                 "asks": [{"price": "100.5", "size": "2"}]}}}')
"""
_BOOK: Final = {
    "symbol": "BTC",
    "at": "2025-05-05T12:35:00Z",
    "bids": [{"price": "99.5", "size": "0.25"}],
    "asks": [{"price": "100.5", "size": "2"}],
}


def _run(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute(sql.encode())


def _marked(url: str, *, first: str, minutes: int, symbol: str = "BTC") -> None:
    """Mark a symbol at 101, 102, 103, ... from ``first`` on."""
    _run(url, """DELETE FROM "Marks" """)
    _run(
        url,
        f"""INSERT INTO "Marks" SELECT '{symbol}', timestamp '{first}' + n * interval '1 minute',
            101 + n FROM generate_series(0, {minutes - 1}) n""",
    )


def test_a_symbol_has_the_funding_and_the_best_prices_that_were_noted(
    small_url: str, small: Client
) -> None:
    _marked(small_url, first="2025-05-05 12:00", minutes=30)
    _run(small_url, _NOTED % 5)
    (price,) = small.items("/market")
    assert price["funding"] == {"rate": "0.0000125", "settledAt": "2025-05-05T12:00:00Z"}
    assert price["predictedFundingRate"] == "-0.00001"
    assert price["nextFundingAt"] == "2025-05-05T13:00:00Z"
    assert price["best"] == {"bid": "99.5", "ask": "100.5"}
    assert (price["change24h"], price["marksSince"]) == (None, "2025-05-05T12:00:00Z")


def test_a_book_older_than_the_mark_has_no_best_prices(small_url: str, small: Client) -> None:
    _marked(small_url, first="2025-05-05 12:00", minutes=37)
    _run(small_url, _NOTED % 5)
    (price,) = small.items("/market")
    assert price["best"] is None


def _age(url: str, seconds: int) -> None:
    _run(url, f"""UPDATE "Facts" SET at = at - interval '{seconds} seconds'""")


def test_what_a_live_market_said_a_minute_ago_is_stale_and_says_since_when(
    small_url: str, small: Client
) -> None:
    """As the book is: what was settled, and when it is settled next, is as true as before."""
    _marked(small_url, first="2025-05-05 12:00", minutes=30)
    _run(small_url, _NOTED % 30)
    (fresh,) = small.items("/market")
    assert fresh["best"]
    assert (fresh["predictedFundingRate"], fresh["staleSince"]) == ("-0.00001", None)
    _age(small_url, 30)
    (stale,) = small.items("/market")
    with psycopg.connect(small_url) as raw:
        ((noted_at,),) = raw.execute('SELECT at FROM "Facts"').fetchall()
    assert datetime.fromisoformat(stale["staleSince"]) == noted_at.replace(tzinfo=UTC)
    assert (stale["best"], stale["predictedFundingRate"]) == (None, None)
    for name in ("mark", "funding", "nextFundingAt"):
        assert stale[name] == fresh[name], name


def test_an_answer_grows_stale_though_nothing_is_written(small_url: str, small: Client) -> None:
    """Nobody leads: the database stays as it is, and time alone goes on."""
    _marked(small_url, first="2025-05-05 12:00", minutes=30)
    _run(small_url, _NOTED % 58)
    (fresh,) = small.items("/market")
    assert fresh["best"]
    ends_at = time.monotonic() + LIMIT_S
    while small.items("/market")[0]["staleSince"] is None:
        assert time.monotonic() < ends_at
        time.sleep(0.1)
    assert small.items("/market")[0]["best"] is None


def test_funding_of_a_market_that_is_not_live_is_never_stale(small_url: str, small: Client) -> None:
    """There it is noted when it changes, which may be hours apart."""
    _marked(small_url, first="2025-05-05 12:00", minutes=30)
    _run(
        small_url,
        """INSERT INTO "Facts" VALUES ('market', now() - interval '2 hours',
           '{"BTC": {"nextFundingAt": "2025-05-05T13:00:00Z"}}')""",
    )
    (price,) = small.items("/market")
    assert (price["staleSince"], price["nextFundingAt"]) == (None, "2025-05-05T13:00:00Z")


def test_what_nobody_noted_is_null(small_url: str, small: Client) -> None:
    _marked(small_url, first="2025-05-05 12:00", minutes=1)
    (price,) = small.items("/market")
    for name in ("change24h", "funding", "predictedFundingRate", "nextFundingAt", "best"):
        assert price[name] is None, name


@pytest.mark.parametrize(("hours", "change"), [(24, "1"), (26, None)])
def test_the_change_is_that_of_a_day_or_none(
    small_url: str, small: Client, hours: int, change: str | None
) -> None:
    """After an interruption the last mark before it says nothing of a day."""
    _run(small_url, """DELETE FROM "Marks" """)
    _run(
        small_url,
        f"""INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 12:00', 200),
            ('BTC', timestamp '2025-05-05 12:00' - interval '{hours} hours', 100)""",
    )
    (price,) = small.items("/market")
    assert price["change24h"] == change


def test_a_book_is_shown_for_a_minute(small_url: str, small: Client) -> None:
    assert small.ask("/api/v1/market/BTC/book").code == "no-book"
    _run(small_url, _NOTED % 30)
    assert small.get("/market/BTC/book") == _BOOK
    assert small.ask("/api/v1/market/ETH/book").code == "no-book"
    _run(small_url, """UPDATE "Facts" SET at = at - interval '30 seconds'""")
    assert small.ask("/api/v1/market/BTC/book").code == "no-book"


def test_indicators_of_a_price_that_rises_by_one_a_minute(small_url: str, small: Client) -> None:
    """An EMA of n lags by (n - 1) / 2; twenty numbers in a row deviate by sqrt(399 / 12)."""
    _marked(small_url, first="2025-05-05 12:01", minutes=400)
    found = small.get("/market/BTC/indicators?timeframe=1m&limit=2")
    last: dict[str, Any] = found["items"][-1]
    assert (found["symbol"], found["timeframe"], found["source"]) == ("BTC", "1m", "marks")
    assert [each["at"] for each in found["items"]] == [
        "2025-05-05T18:38:00Z",
        "2025-05-05T18:39:00Z",
    ]
    assert last == {
        "at": "2025-05-05T18:39:00Z",
        "ema20": 490.5,
        "ema50": 475.5,
        "bollingerUpper": pytest.approx(490.5 + 2 * (399 / 12) ** 0.5, abs=1e-6),
        "bollingerMiddle": 490.5,
        "bollingerLower": pytest.approx(490.5 - 2 * (399 / 12) ** 0.5, abs=1e-6),
        "rsi14": 100,
        "macd": pytest.approx(7, abs=1e-6),
        "macdSignal": pytest.approx(7, abs=1e-6),
        "macdHistogram": pytest.approx(0, abs=1e-6),
        "atr14": 1,
    }


def test_an_indicator_is_null_until_there_are_enough_candles(small_url: str, small: Client) -> None:
    _marked(small_url, first="2025-05-05 12:01", minutes=20)
    items = small.get("/market/BTC/indicators?timeframe=1m")["items"]
    assert len(items) == 20
    assert [each["ema20"] for each in items] == [None] * 19 + [110.5]
    assert {each["ema50"] for each in items} == {None}
    assert [each["rsi14"] for each in items] == [None] * 14 + [100] * 6


def test_a_candle_that_is_still_forming_has_no_indicators(small_url: str, small: Client) -> None:
    _marked(small_url, first="2025-05-05 12:01", minutes=14)
    items = small.get("/market/BTC/indicators?timeframe=5m")["items"]
    assert [each["at"] for each in items] == ["2025-05-05T12:00:00Z", "2025-05-05T12:05:00Z"]
    _run(small_url, """INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 12:15', 1)""")
    items = small.get("/market/BTC/indicators?timeframe=5m")["items"]
    assert items[-1]["at"] == "2025-05-05T12:10:00Z"


def test_indicators_have_an_etag_and_bounds(small_url: str, small: Client) -> None:
    _marked(small_url, first="2025-05-05 12:01", minutes=30)
    path = "/api/v1/market/BTC/indicators?timeframe=1m"
    etag = small.ask(path).headers["etag"]
    assert small.ask(path, if_none_match=etag).status == 304
    assert small.ask(f"{path}&limit=1501").code == "bad-request"
    assert small.ask("/api/v1/market/BTC/indicators?timeframe=2m").code == "bad-request"
    assert small.ask("/api/v1/market/DOGE/indicators").code == "unknown-symbol"
