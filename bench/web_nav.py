"""What the dashboard asks of NAV: histories among 10 million rows, a leaderboard of 100 arms.

Two arenas are filled by SQL: 19 arms with every minute of a year, and 100 arms over a year as
retention leaves them. Every figure is of a question as the web asks it, over a warm pool.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from autonome.analytics.bridge import nav_bridge
from autonome.analytics.leaderboard import Leaderboards, read_leaderboard
from autonome.analytics.nav_history import nav_history
from autonome.analytics.performance import read_performance
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.journal.bare_tables import without_indexes_and_keys
from autonome.ledger.migrate import upgrade
from autonome.ledger.reader import Reader, open_reader
from autonome.ledger.rollups import fill_rollups
from autonome.ledger.thinning import thin_nav

__all__ = ["run"]

_QUESTIONS: Final = 40
_END: Final = datetime(2026, 1, 1, tzinfo=UTC)
_ARMS: Final = """
    INSERT INTO "Models" (id, name, "openRouterModelName")
    SELECT 'm' || n, 'arm ' || n, 'bench' FROM generate_series(1, {arms}) n;
    INSERT INTO "Arms" ("modelId", kind, "startingCapital", settings)
    SELECT 'm' || n, CASE n WHEN 1 THEN 'CONTROL' ELSE 'RULE' END, 10000,
           CASE n WHEN 1 THEN '{{"symbols": ["BTC"]}}'::jsonb ELSE '{{}}' END
    FROM generate_series(1, {arms}) n;
    INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
                          "realizedPnl", "openedAt", "closedAt")
    SELECT 'o' || m || ':' || n, 'm' || m, 'BTC', 'LONG', 0.1, 100, 'CLOSED', 110, 1,
           '2025-01-01'::timestamp + n * interval '4 hours',
           '2025-01-01'::timestamp + n * interval '4 hours' + interval '1 hour'
    FROM generate_series(1, {arms}) m, generate_series(1, 2000) n;
    INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity, price,
                         fee, liquidity, "filledAt")
    SELECT o.id || way, o.id, o."modelId", 'BTC', o.id || way, way, 0.1, 100, 0.005, 'TAKER',
           CASE way WHEN 'BUY' THEN o."openedAt" ELSE o."closedAt" END
    FROM "Orders" o, unnest(ARRAY['BUY', 'SELL']) way;
"""
_MINUTES: Final = """
    INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt", "updatedAt")
    SELECT m || ':' || n, 'm' || m, (10000 + 20 * random() + 900 * sin(n / (9000.0 + 50 * m))
                                     + m * n / 10000.0)::numeric(18, 2), at, at
    FROM generate_series(1, {arms}) m, generate_series(1, {minutes}) n,
         LATERAL (SELECT '2025-01-01'::timestamp + (n + {first} - 1) * interval '1 minute') a (at)
"""
_THINNED: Final = """UPDATE "NavHours" SET thinned = true WHERE start < '2025-12-24' """
"""Hours that were filled with their closes alone."""
_YEAR: Final = 525_600


def run(folder: Path) -> None:
    """Fill both arenas, then ask."""
    with attach(folder) as server:
        begin = time.perf_counter()
        _fill(server.url, "raw", arms=19)
        rows = 19 * _YEAR
        print(f"  {rows:,} NAV rows with their rollups: {time.perf_counter() - begin:.0f} s")
        _fill_thinned(server.url, "kept", arms=100)
        asyncio.run(_ask(server.url))


def _fill(url: str, arena: str, *, arms: int) -> None:
    with transaction(url, arena) as connection:
        upgrade(connection, arena)
    with connect(url, arena=arena, autocommit=True) as raw:
        with raw.transaction(), without_indexes_and_keys(raw):
            raw.execute("SET LOCAL work_mem = '256MB'")
            raw.execute(_ARMS.format(arms=arms).encode())
            raw.execute(_MINUTES.format(arms=arms, minutes=_YEAR, first=0).encode())
            fill_rollups(raw)
        raw.execute("VACUUM ANALYZE")


def _fill_thinned(url: str, arena: str, *, arms: int) -> None:
    """Fill an arena as if it was thinned till yesterday, and thin the rest."""
    with transaction(url, arena) as connection:
        upgrade(connection, arena)
    batches: list[float] = []
    removed = 0
    begin = time.perf_counter()
    with connect(url, arena=arena, autocommit=True) as raw:
        raw.execute(_ARMS.format(arms=arms).encode())
        with raw.transaction(), without_indexes_and_keys(raw):
            raw.execute("SET LOCAL work_mem = '256MB'")
            # As if thinned: a point an hour, but in the last eight days.
            raw.execute(_hourly(arms))
            raw.execute(
                _MINUTES.format(arms=arms, minutes=8 * 1440, first=_YEAR - 8 * 1440).encode()
            )
            fill_rollups(raw)
            raw.execute(_THINNED)
        raw.execute("VACUUM ANALYZE")
        print(f"  100 arms: {time.perf_counter() - begin:.0f} s")
        while True:
            begun = time.perf_counter()
            done = thin_nav(raw, now=_END)
            if not done.intervals:
                break
            batches.append(time.perf_counter() - begun)
            removed += done.points
        raw.execute("VACUUM ANALYZE")
    longest = 1000 * max(batches)
    print(f"  thinned {removed:,} points in {len(batches)} calls, the longest {longest:,.0f} ms")


def _hourly(arms: int) -> bytes:
    sql = _MINUTES.format(arms=arms, minutes=_YEAR // 60 - 8 * 24, first=0)
    every_hour = "(60 * (n - 1) + 59) * interval '1 minute'"
    return (
        sql.replace("(n + 0 - 1) * interval '1 minute'", every_hour)
        .replace("m || ':' || n", "m || ':h' || n")
        .replace("9000.0 + 50 * m", "150.0 + m / 2.0")
        .encode()
    )


async def _ask(url: str) -> None:
    day, week = _END - timedelta(days=1), _END - timedelta(days=7)
    async with open_reader(url, arena="raw") as reader:
        one = [[f"m{1 + n % 19}"] for n in range(_QUESTIONS + 2)]
        await _report("NAV of one arm, raw year", lambda n: _told(reader, one[n]))
        await _report("  its last week", lambda n: _told(reader, one[n], start=week))
    async with open_reader(url, arena="kept") as reader:
        every = [f"m{n}" for n in range(1, 101)]
        await _report("NAV of one arm, kept year", lambda n: _told(reader, [every[n]]))
        await _report("NAV of 100 arms, 200 points", lambda _: _told(reader, every, points=200))
        await _report("NAV of 100 arms, 1,000 points", lambda _: _told(reader, every))
        await _report("NAV of 100 arms, a day", lambda _: _told(reader, every, start=day))
        boards = Leaderboards(reader)
        begin = time.perf_counter()
        await boards.measured(net=True)
        seconds = time.perf_counter() - begin
        print(f"  measuring 100 arms, once an hour in the background: {seconds:.1f} s")
        await _report("leaderboard of 100 arms", lambda _: _board(reader, boards))
        await boards.measured(net=False)
        await _report("measures of one arm", lambda n: _measures(reader, boards, every[n]))
        await _report("how one arm's NAV adds up", lambda n: nav_bridge(reader, every[n]))


async def _board(reader: Reader, boards: Leaderboards) -> None:
    known = await boards.measured(net=True)
    async with reader.at_once() as rows:
        await read_leaderboard(rows, known)


async def _measures(reader: Reader, boards: Leaderboards, model_id: str) -> None:
    net, gross = await boards.measured(net=True), await boards.measured(net=False)
    async with reader.at_once() as rows:
        await read_performance(rows, model_id, net=net, gross=gross)


async def _told(reader: Reader, models: list[str], **options: object) -> None:
    found = await nav_history(reader, models, **options)  # type: ignore[arg-type]
    assert len(found) == len(models)
    for each in found:
        each.texts()


async def _report(what: str, ask: Callable[[int], Awaitable[object]]) -> None:
    figures = []
    for number in range(_QUESTIONS + 2):
        begin = time.perf_counter()
        await ask(number)
        figures.append(1000 * (time.perf_counter() - begin))
    p50, p95 = np.percentile(figures[2:], [50, 95])
    print(f"  {what:<52} p50 {p50:>6.1f}  p95 {p95:>6.1f} ms (bound 100)")
