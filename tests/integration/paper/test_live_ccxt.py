"""A live arena on an exchange that ccxt would reach: polled books, its own contract."""

from __future__ import annotations

from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.paper.live import arena_on_feed
from autonome.bootstrap.paper.past import Past
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.queries.restoring import RestoredArena
from autonome.ledger.rows import Fill
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.ccxt_feed import CcxtFeed
from autonome.testing.lighter.clock import ManualClock
from unit.market.feeds.test_ccxt_feed import NOON_MS, StandIn

pytestmark = pytest.mark.anyio

FILE = """
[arena]
symbols = ["BTC"]
cadence = "1m"
[arena.set]
taker_fee_bps = "10"
[market]
source = "ccxt:bybit"
history = "1d"
[[arms]]
kind = "controls"
"""


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"


async def test_who_holds_buys_on_the_polled_book_under_the_exchanges_terms(tmp_path: Path) -> None:
    file = tmp_path / "autonome.toml"
    file.write_text(FILE, encoding="utf-8")
    plan = read_arena_file(file, {})
    exchange, clock, journal = StandIn(), ManualClock(NOON_MS + 5_000), MemoryJournal()
    exchange.trade(-3, "1000")
    exchange.trade(-1, "1000")
    feed = CcxtFeed(exchange, plan.symbols, name="bybit", clock=clock)
    nothing = RestoredArena(arms=(), marked_at=None, ticked_at=None, commands=())
    async with AsyncExitStack() as stack:
        arena, minutes, _ = await arena_on_feed(
            plan,
            nothing,
            journal,
            feed,
            stack=stack,
            past=Past(warned=lambda _: None),
            recorded={},
            warned=lambda _: None,
            clock=clock,
        )
        listing = arena.stage.venue.listings["BTC"]
        assert (listing.instrument.lot, listing.instrument.tick) == (
            Decimal("0.001"),
            Decimal("0.5"),
        )
        exchange.trade(0, "1000")
        next_ms = NOON_MS + MINUTE_MS
        # The close is asked for three seconds after it, and comes with the next step.
        for _ in range(70):
            await clock.advance(1_000)
            if not minutes.wait_s(next_ms):
                break
            minutes.meanwhile(arena)
        grown = minutes.grown(arena.stage.venue)
        assert grown is not None
        assert not grown.is_missed
        arena.close_minute(grown.venue, traded=grown.traded)
        for _ in range(7):  # A newer poll than the one on which nothing was asked for.
            await clock.advance(1_000)
            minutes.meanwhile(arena)
        fills = list(journal.rows(Fill))
        assert fills
        # The best ask is 1000.5 for 10 contracts of a tenth; the mark is 1000.25, so 1000 or so.
        assert {each.price for each in fills} == {Decimal("1000.5")}
        assert max(each.quantity for each in fills) == Decimal(1)
        assert {each.fee for each in fills if each.quantity == 1} == {Decimal("1.0005")}
    assert exchange.is_closed
