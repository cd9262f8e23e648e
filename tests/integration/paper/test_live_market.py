"""An arena on a live market over real HTTP and WebSocket, and what it leaves in PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Minds
from autonome.arena.paper.operators import Operators
from autonome.arena.paper.running import STOPPED, Running
from autonome.audit.arena import audit
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.paper.live import arena_on_feed, feed_of
from autonome.bootstrap.paper.opening import found_in
from autonome.bootstrap.paper.past import Past
from autonome.domain.choices import IntentPurpose
from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.testing.lighter.clock import FastClock
from autonome.testing.lighter.player import Player, fake_markets, load_past
from autonome.testing.lighter.server import FakeLighter
from autonome.venue.profile import load_profile

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

START_MS = 1_778_846_400_000  # 2026-05-15 12:00 UTC
DAY = 24 * 60
SPEED = 20
LIMIT_S = 240
FILE = """
[arena]
symbols = ["BTC", "ETH"]
cadence = "1m"
[market]
source = "live"
history = "1d"
rest = "{rest}"
stream = "{stream}"
[[arms]]
kind = "rules"
[[arms]]
kind = "controls"
replicas = 3
"""


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"


def _market() -> Market:
    profile = load_profile("lighter-standard")
    return synthesize(
        SyntheticMarket(start_ms=START_MS - DAY * MINUTE_MS, days=2, seed=5),
        [profile.instrument(symbol) for symbol in ("BTC", "ETH")],
        funding_interval_hours=1,
    )


class Life:
    """What processes of the arena share: exchange, clock, database."""

    def __init__(self, exchange: FakeLighter, clock: FastClock, url: str, folder: Path) -> None:
        self.exchange, self.clock, self.url = exchange, clock, url
        settings = exchange.settings()
        file = folder / "autonome.toml"
        text = FILE.format(rest=settings.rest_url, stream=settings.stream_url)
        file.write_text(text, encoding="utf-8")
        self.plan: ArenaPlan = read_arena_file(file, {})
        self.warnings: list[str] = []

    def begin_process(self) -> Past:
        """Return what a new process has read of the market."""
        return Past(warned=self.warnings.append)

    async def run(self, past: Past, until: Callable[[PaperArena], bool]) -> None:
        """Run one try of a process, until the arena is as wanted when a minute has closed."""
        stopped = asyncio.Event()

        def told(arena: PaperArena) -> None:
            if until(arena):
                stopped.set()

        async def nobody(_: object) -> None:
            raise AssertionError("no model is asked")

        found = found_in(self.url, "public")
        with connect(self.url, autocommit=True) as raw:
            async with AsyncExitStack() as stack:
                arena, minutes, present = await arena_on_feed(
                    self.plan,
                    found,
                    PostgresJournal(raw),
                    feed_of(self.plan, clock=self.clock),
                    stack=stack,
                    past=past,
                    recorded=self._recorded(),
                    warned=self.warnings.append,
                    clock=self.clock,
                    look_every_s=1 / SPEED,
                )

                def wall() -> datetime:
                    return datetime.fromtimestamp(present.now_ms() / 1000, UTC)

                running = Running(
                    arena=arena,
                    minutes=minutes,
                    minds=Minds(arena, nobody, wall=wall),  # type: ignore[arg-type]
                    operators=Operators(arena, list, wall=wall),
                    leads=lambda: True,
                    told=told,
                )
                async with asyncio.timeout(LIMIT_S):
                    assert await running.run(stopped) == STOPPED
                assert arena.broken == []

    def _recorded(self) -> Mapping[str, Decimal]:
        query = 'SELECT symbol, price FROM "Marks" WHERE at = (SELECT max(at) FROM "Marks")'
        return dict(self.rows(query))

    def rows(self, query: str) -> list[tuple]:  # type: ignore[type-arg]
        with psycopg.connect(self.url) as connection:
            return connection.execute(query).fetchall()

    def count(self, what: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {what}")[0][0])


async def test_an_arena_lives_on_a_played_market_and_goes_on_after_an_outage(
    database_url: str, tmp_path: Path
) -> None:
    market = _market()
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    clock = FastClock(START_MS + 56 * MINUTE_MS, speed=SPEED)
    async with FakeLighter(fake_markets(market), clock=clock) as exchange:
        load_past(exchange, market, bars=DAY + 56)
        player = Player(exchange, market, clock=clock, first_bar=DAY + 56)
        playing = asyncio.create_task(player.play(60))
        life = Life(exchange, clock, database_url, tmp_path)
        try:
            began = []

            def five(arena: PaperArena) -> bool:
                began.append(arena.stage.clock.end)
                return len(began) == 6

            await life.run(life.begin_process(), five)
            held = life.rows("""SELECT id FROM "Orders" WHERE status = 'OPEN' ORDER BY id""")
            assert held
            assert life.count('"Cycles"') == 6
            await clock.reach(clock.now_ms() + 3 * MINUTE_MS)
            after: list[int] = []

            def eight(arena: PaperArena) -> bool:
                after.append(arena.stage.clock.end)
                return len(after) == 8

            await life.run(life.begin_process(), eight)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
    missed = life.count("""\"Cycles" WHERE recipe->>'missed' = 'true'""")
    assert missed >= 2  # More where this machine is slow: a tick may be half a minute late.
    assert life.count('"Cycles"') == 14
    times = [at for (at,) in life.rows('SELECT DISTINCT at FROM "Marks" ORDER BY at')]
    assert len(times) == 14
    assert (times[-1] - times[0]).total_seconds() == 13 * 60  # No minute is missing.
    opened = IntentPurpose.OPEN.value
    assert life.count(f"""\"Fills" f JOIN "Intents" i ON i.id = f."intentId"
        WHERE i.purpose = '{opened}'""")
    # The hour ended in the first life: what was held before it pays.
    assert life.count("""\"Payments" WHERE kind = 'FUNDING'""")
    with psycopg.connect(database_url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    assert report.is_clean, [check for check in report.checks if check.failed]


async def test_a_process_that_lost_its_database_extends_what_it_has_read_of_the_market(
    database_url: str, tmp_path: Path
) -> None:
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    market, clock = _market(), FastClock(START_MS + 5 * MINUTE_MS, speed=SPEED)
    async with FakeLighter(fake_markets(market), clock=clock) as exchange:
        load_past(exchange, market, bars=DAY + 5)
        player = Player(exchange, market, clock=clock, first_bar=DAY + 5)
        playing = asyncio.create_task(player.play(40))
        life = Life(exchange, clock, database_url, tmp_path)
        past, minutes = life.begin_process(), []

        def until_the_database_goes_away(arena: PaperArena) -> bool:
            minutes.append(arena.stage.clock.end)
            if len(minutes) == 3:
                with psycopg.connect(database_url) as other:
                    other.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            return False

        def three_more(arena: PaperArena) -> bool:
            minutes.append(arena.stage.clock.end)
            return len(minutes) == 6

        try:
            with pytest.raises(LedgerUnavailable):
                await life.run(past, until_the_database_goes_away)
            # A day of two symbols: three pages of bars and one of funding each.
            asked = [name for name, _ in exchange.rest.asked]
            assert asked.count("candles") >= 6
            at_first = len(asked)
            await clock.reach(clock.now_ms() + 3 * MINUTE_MS)
            await life.run(past, three_more)
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
    again = [name for name, _ in exchange.rest.asked[at_first:]]
    # The market list, and the missed minutes of each symbol; what the stream tells is not asked.
    assert again.count("orderBookDetails") == 1
    assert 2 <= again.count("candles") <= 4
    assert again.count("fundings") <= 2
    assert len([each for each in life.warnings if each.startswith("Reading")]) == 1
    times = [at for (at,) in life.rows('SELECT DISTINCT at FROM "Marks" ORDER BY at')]
    assert (times[-1] - times[0]).total_seconds() == (len(times) - 1) * 60  # None is missing.
    with psycopg.connect(database_url) as raw:
        report = audit(raw, arena="public", progress=lambda *_: None)
    assert report.is_clean, [check for check in report.checks if check.failed]
