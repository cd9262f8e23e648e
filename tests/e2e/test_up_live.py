"""``autonome up`` on a live market: an exchange of this machine, at the speed of time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autonome.market.candles import MINUTE_MS
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.testing.lighter.clock import FastClock
from autonome.testing.lighter.player import Player, fake_markets, load_past
from autonome.testing.lighter.server import FakeLighter
from autonome.venue.profile import load_profile
from e2e.test_up_command import Arena

FIRST_FILL_S = 150
NEXT_MINUTE_S = 120
DAY = 24 * 60
FILE = """
[arena]
name = "paper"
symbols = ["BTC", "ETH"]
cadence = "1m"
[market]
source = "live"
history = "1d"
rest = "{rest}"
stream = "{stream}"
[[arms]]
kind = "controls"
"""
FILLS = 'SELECT count(*) FROM "Fills"'
MARKED = 'SELECT max(at) FROM "Marks"'
BOOK = """
    SELECT jsonb_array_length(said->'BTC'->'book'->'asks') FROM "Facts" WHERE name = 'market'
"""
LISTED = """
    SELECT said->'instruments'->'ETH'->>'maintenanceRate' FROM "Facts" WHERE name = 'run'
"""
CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@contextmanager
def exchange() -> Iterator[tuple[str, str]]:
    """Run an exchange in a thread, its market a day old, and return where it is reached."""
    now_ms = time.time_ns() // 1_000_000
    first_ms = now_ms - now_ms % MINUTE_MS - DAY * MINUTE_MS
    profile = load_profile("lighter-standard")
    market = synthesize(
        SyntheticMarket(start_ms=first_ms, days=2, seed=1),
        [profile.instrument(symbol) for symbol in ("BTC", "ETH")],
        funding_interval_hours=1,
    )
    urls: list[tuple[str, str]] = []
    is_up, is_over = threading.Event(), threading.Event()

    async def serve() -> None:
        clock = FastClock(now_ms, speed=1)
        async with FakeLighter(fake_markets(market), clock=clock) as fake:
            load_past(fake, market, bars=DAY)
            settings = fake.settings()
            urls.append((settings.rest_url, settings.stream_url))
            playing = asyncio.create_task(Player(fake, market, clock=clock, first_bar=DAY).play(30))
            is_up.set()
            await asyncio.to_thread(is_over.wait)
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    try:
        assert is_up.wait(30)
        yield urls[0]
    finally:
        is_over.set()
        thread.join(30)


@pytest.mark.postgres
def test_an_arena_trades_on_the_live_book_outlives_its_connection_and_is_stopped_and_audited(
    database_url: str, tmp_path: Path
) -> None:
    arena = Arena(home=tmp_path, url=database_url, name="paper")
    with exchange() as (rest, stream):
        text = FILE.format(rest=rest, stream=stream)
        (tmp_path / "autonome.toml").write_text(text, encoding="utf-8")
        with arena.up() as process:
            arena.until(process, FILLS, bool, limit_s=FIRST_FILL_S)
            ((levels,),) = arena.rows(BOOK)
            assert levels > 0
            # As the exchange says it itself: 1.2 %.
            assert arena.rows(LISTED) == [("0.012",)]
            ((reached,),) = arena.rows(MARKED)
            arena.rows(CUT)
            arena.until(process, MARKED, lambda at: at > reached, limit_s=NEXT_MINUTE_S)
            arena.press_ctrl_c(process)
    assert "live market at 1 x" in arena.log
    assert arena.log.count("Trying again in") == 1
    assert arena.log.count("Reading ") == 1
    arena.audit()
