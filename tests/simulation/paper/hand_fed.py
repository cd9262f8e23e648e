"""A live arena of one symbol whose feed, clock and books a test sets by hand, second by second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.arena.live.minutes import LiveMinutes
from autonome.arena.live.present import Present
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Ask, Minds
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.instants import ms_of
from autonome.domain.instrument import Instrument
from autonome.domain.policy import policy_for
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Order, PortfolioSnapshot
from autonome.market.book import Book, Level
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.minute import Bar, ClosedMinute, Settlement
from autonome.market.feeds.port import Freshness, Funding, Mark, Trading
from autonome.market.market import Market
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.bookings import competitor
from simulation.paper.memory_restoring import marked_at, restored_arms
from simulation.runs import by_hand, plain_profile
from unit.market.bars import START, START_MS

__all__ = ["BEGIN_MS", "HISTORY", "HandFed", "LiveArena", "live_arena"]

HISTORY = 10
BEGIN_MS = START_MS + HISTORY * MINUTE_MS
"""When the arena's first minute opens."""
_PROFILE = plain_profile("latency_ms=300")
_STILL = (50_000, 50_000, 50_000, 50_000)


class HandFed:
    """A feed that says what it was told to, and the clock beside it."""

    symbols = ("BTC",)

    def __init__(self) -> None:
        self.time_ms = BEGIN_MS
        self.price: str | None = "50000"
        self.mark_ms = 0
        """How old the mark is."""
        self.told: Book | None = None
        self.lets = Trading.OPEN
        self.trouble: str | None = None
        self.coming = Funding(settled=None, next_at_ms=None, expected_rate=None)
        self.minutes: asyncio.Queue[ClosedMinute] = asyncio.Queue()

    def now_ms(self) -> int:
        return self.time_ms

    async def sleep(self, ms: int) -> None:
        raise AssertionError("nobody sleeps here")

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    def instruments(self) -> Mapping[str, Instrument]:
        return {"BTC": _PROFILE.instrument("BTC")}

    def trading(self, symbol: str) -> Trading:
        return self.lets

    async def history(
        self, minutes: int, *, read: Callable[[float], None] = lambda _: None
    ) -> Market:
        raise AssertionError("the past is made by hand")

    def go_on_after(self, market: Market) -> None:
        raise AssertionError("the minutes are told by hand")

    def mark(self, symbol: str) -> Mark | None:
        return None if self.price is None else Mark(Decimal(self.price), self.time_ms)

    def book(self, symbol: str) -> Book | None:
        return self.told

    async def closed_minute(self) -> ClosedMinute:
        return await self.minutes.get()

    def funding(self, symbol: str) -> Funding:
        return self.coming

    def freshness(self, symbol: str) -> Freshness:
        return Freshness(
            mark_ms=self.mark_ms, book_ms=self.mark_ms, minute_ms=None, funding_ms=None
        )

    def tell_book(self, *, bids: str, asks: str) -> None:
        """Tell a new book: ``price x size`` each, best first, apart by commas."""
        self.told = Book(symbol="BTC", bids=_levels(bids), asks=_levels(asks), at_ms=self.time_ms)


def _levels(text: str) -> tuple[Level, ...]:
    pairs = [each.split("x") for each in text.split(",")]
    return tuple(Level(Decimal(price.strip()), Decimal(size.strip())) for price, size in pairs)


class LiveArena:
    """A live arena that a test leads through seconds and minutes."""

    def __init__(
        self,
        agents: Sequence[Agent],
        feed: HandFed,
        journal: MemoryJournal,
        *,
        past: Market,
        ask: Ask | None = None,
    ) -> None:
        self.feed, self.journal = feed, journal
        self.present = Present(feed, clock=feed)
        self.minutes = LiveMinutes(feed, self.present, past)
        reached = marked_at(journal)
        end_ms = BEGIN_MS if reached is None else ms_of(reached)
        at_first = past.until(end_ms)
        self.arena = PaperArena(
            CandleVenue(profile=_PROFILE, market=at_first),
            journal,
            cadence_minutes=1,
            seed=0,
            present=self.present,
            traded=at_first,
        )
        known = {} if reached is None else restored_arms(journal, at=reached)
        self.arena.join([_entrant(agent) for agent in agents], known)

        async def nobody(_: object) -> None:
            raise AssertionError("no model is asked")

        self.minds = Minds(self.arena, ask or nobody, wall=lambda: START)  # type: ignore[arg-type]

    def seconds(self, count: int, *, mark: str | None = "") -> None:
        """Let so many seconds go by, each with a look; an empty mark is the one before."""
        if mark != "":
            self.feed.price = mark
        for _ in range(count):
            self.feed.time_ms += 1_000
            self.minutes.meanwhile(self.arena)

    def blind(self, seconds: int) -> None:
        """Let so many seconds go by in which nobody looks."""
        self.feed.time_ms += seconds * 1_000

    async def minute(
        self,
        bar: tuple[int, int, int, int] = _STILL,
        *,
        rate: str | None = None,
        settled_ms: int | None = None,
        after_s: int = 2,
        watched: bool = True,
    ) -> None:
        """Let the present minute go on to its end, and the feed hand it over ``after_s`` later."""
        clock = self.arena.stage.clock
        close_ms = clock.at_ms(clock.end) + MINUTE_MS
        while watched and self.feed.time_ms + 1_000 < close_ms:
            self.seconds(1)
        if self.feed.time_ms < close_ms:
            self.feed.time_ms = close_ms
        for _ in range(after_s):
            self.seconds(1)
        first, high, low, last = bar
        funding = () if rate is None else (Settlement(settled_ms or close_ms, Decimal(rate)),)
        self.feed.minutes.put_nowait(
            ClosedMinute(
                open_ms=close_ms - MINUTE_MS,
                bars={
                    "BTC": Bar(
                        open_ms=close_ms - MINUTE_MS,
                        open=first * 10,
                        high=high * 10,
                        low=low * 10,
                        close=last * 10,
                        volume=1_000.0,
                    )
                },
                funding={"BTC": funding},
            )
        )
        while self.minutes.wait_s(close_ms):
            await asyncio.sleep(0)
        grown = self.minutes.grown(self.arena.stage.venue)
        assert grown is not None
        seen = self.arena.close_minute(grown.venue, traded=grown.traded, is_missed=grown.is_missed)
        if seen is not None:
            self.minds.ask(seen, missed="late" if grown.is_missed else None)

    @property
    def fills(self) -> list[str]:
        """Return the fills as words: side, quantity, price."""
        rows = sorted(
            self.journal.rows(Fill),
            key=lambda each: (each.filled_at, each.venue_fill_id, each.part),
        )
        return [f"{each.side.value} {each.quantity} {each.price}" for each in rows]

    @property
    def intents(self) -> list[str]:
        """Return the intents as words: purpose, state, why."""
        rows = sorted(self.journal.rows(Intent), key=lambda each: (each.created_at, each.model_id))
        return [
            f"{each.purpose.value} {each.state.value} {each.reason or ''}".strip() for each in rows
        ]

    @property
    def orders(self) -> list[Order]:
        """Return the positions and trades, as they were opened."""
        return sorted(self.journal.rows(Order), key=lambda each: each.opened_at)

    @property
    def navs(self) -> list[Decimal]:
        """Return the NAV of every minute."""
        rows = sorted(self.journal.rows(PortfolioSnapshot), key=lambda each: each.created_at)
        return [each.net_portfolio for each in rows]


def _entrant(agent: Agent) -> Entrant:
    model, arm = competitor(agent.name, policy=PolicyName.AS_WRITTEN, kind=agent.kind)
    is_model = agent.kind is ArmKind.LLM
    name = PolicyName.STANDARD if is_model else PolicyName.AS_WRITTEN
    return Entrant(model=model, arm=arm, agent=agent, policy=policy_for(name, agent.variant))


@asynccontextmanager
async def live_arena(
    *agents: Agent,
    feed: HandFed | None = None,
    journal: MemoryJournal | None = None,
    past: Market | None = None,
    ask: Ask | None = None,
) -> AsyncIterator[LiveArena]:
    """Run a live arena, or the next process of one."""
    market = past or by_hand([_STILL] * HISTORY)
    arena = LiveArena(agents, feed or HandFed(), journal or MemoryJournal(), past=market, ask=ask)
    arena.minutes.begin()
    try:
        yield arena
    finally:
        await arena.minutes.stop()
