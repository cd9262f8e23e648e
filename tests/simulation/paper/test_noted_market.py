"""What a live arena's leader notes of its market for the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.arena.live.noted import MOST_LEVELS, market_said
from autonome.domain.instants import utc, zulu
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.port import Funding
from simulation.paper.hand_fed import BEGIN_MS, live_arena

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the arena is written for."""
    return "asyncio"


async def test_funding_and_book_are_noted_as_the_feed_tells_them() -> None:
    async with live_arena() as arena:
        assert market_said(arena.arena.stage) == {"BTC": {}}
        arena.feed.coming = Funding(
            settled=None, next_at_ms=BEGIN_MS + 60 * MINUTE_MS, expected_rate=Decimal("-1.5E-7")
        )
        arena.feed.tell_book(bids="49990x0.03, 49980x0.05", asks="50010x4E+1")
        said = market_said(arena.arena.stage)
        book_at = zulu(utc(BEGIN_MS))
        assert said == {
            "BTC": {
                "nextFundingAt": zulu(utc(BEGIN_MS + 60 * MINUTE_MS)),
                "predictedFundingRate": "-0.00000015",
                "book": {
                    "at": book_at,
                    "bids": [
                        {"price": "49990", "size": "0.03"},
                        {"price": "49980", "size": "0.05"},
                    ],
                    "asks": [{"price": "50010", "size": "40"}],
                },
            }
        }
        await arena.minute(rate="0.0001")
        said = market_said(arena.arena.stage)["BTC"]
        assert isinstance(said, dict)
        assert said["funding"] == {
            "rate": "0.0001",
            "settledAt": zulu(utc(BEGIN_MS + MINUTE_MS)),
        }


async def test_a_deep_book_is_noted_as_far_as_twenty_levels() -> None:
    async with live_arena() as arena:
        levels = [str(50_000 - each) + "x1" for each in range(50)]
        arena.feed.tell_book(bids=",".join(levels), asks="50010x1")
        said = market_said(arena.arena.stage)["BTC"]
        assert isinstance(said, dict)
        assert len(said["book"]["bids"]) == MOST_LEVELS == 20
        assert said["book"]["bids"][0]["price"] == "50000"
