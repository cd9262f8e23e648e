"""A live arena between two closed minutes: every figure of these tests was walked by hand."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from autonome.agents.llm.answer import Answer
from autonome.arena.paper.thinking_arm import Question
from autonome.domain.choices import CloseTrigger, OrderSide, OrderStatus, PaymentKind
from autonome.domain.instants import utc
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Cycle, Fill, Intent, Invocation, Mark, Model, Payment
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.port import Trading
from simulation.paper.hand_fed import BEGIN_MS, HISTORY, HandFed, live_arena
from simulation.runs import by_hand, enter, leave
from unit.arena.paper.small_arena import player, said, thinker
from unit.audit.journals import audit_journal

pytestmark = pytest.mark.anyio

ASKS = "50010x0.04, 50020x0.05, 50040x1"
BIDS = "49990x0.03, 49980x0.05, 49950x1"


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the arena is written for."""
    return "asyncio"


def buys(*, at: int = 11, stop: str | None = "49900", target: str | None = None):  # type: ignore[no-untyped-def]
    """Return an agent that buys 0.1 BTC when ``at`` bars have closed."""
    return player({at: [enter(OrderSide.LONG, 5_000, stop=stop, target=target)]})


async def test_an_order_walks_the_levels_of_the_book_after_its_latency() -> None:
    async with live_arena(buys()) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()  # The tick comes two seconds after the minute's end.
        arena.feed.time_ms += 299
        arena.arena.look()
        assert arena.fills == []
        arena.feed.time_ms += 1
        arena.arena.look()
        assert arena.fills == ["BUY 0.040 50010.0", "BUY 0.050 50020.0", "BUY 0.010 50040.0"]
        at = utc(BEGIN_MS + MINUTE_MS + 2_300)
        assert {each.filled_at for each in arena.journal.rows(Fill)} == {at}
        # 5 bps of 2000.4, 2501 and 500.4.
        fees = sorted(each.fee for each in arena.journal.rows(Fill))
        assert fees == [Decimal("0.2502"), Decimal("1.0002"), Decimal("1.2505")]
        assert arena.intents == ["OPEN FILLED"]
        (position,) = arena.orders
        assert (position.quantity, position.opened_at) == (Decimal("0.1"), at)
        assert position.entry_price == Decimal("50018")  # 5001.8 / 0.1.
        arena.seconds(1, mark="50030")
        await arena.minute((50_000, 50_000, 50_000, 50_000))
        # 10000 - 5001.8 - 2.5009 + 0.1 x 50030, at the mark and not at the last trade.
        assert arena.navs == [Decimal("10000.00"), Decimal("9998.70")]
        marks = sorted(arena.journal.rows(Mark), key=lambda each: each.at)
        assert [each.price for each in marks] == [Decimal(50_000), Decimal(50_030)]


async def test_a_stop_is_triggered_by_the_mark_of_a_single_second() -> None:
    async with live_arena(buys()) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        arena.feed.tell_book(bids="49880x0.06, 49870x1", asks="49900x1")
        arena.seconds(1, mark="49900")
        assert arena.fills[3:] == ["SELL 0.060 49880.0", "SELL 0.040 49870.0"]
        arena.seconds(3, mark="50000")
        await arena.minute()
        (trade,) = arena.orders
        assert trade.close_trigger == CloseTrigger.STOP.value
        assert trade.closed_at == utc(BEGIN_MS + MINUTE_MS + 4_000)
        assert (trade.quantity, trade.exit_price) == (Decimal("0.1"), Decimal(49_876))
        # 0.06 x 49880 + 0.04 x 49870 = 4987.6, bought for 5001.8; fees 2.5009 and 1.4964 + 0.9974.
        assert trade.realized_pnl == Decimal("-19.19")
        assert {each.order_id for each in arena.journal.rows(Fill)} == {trade.id}
        assert arena.intents == ["OPEN FILLED", "STOP FILLED"]


async def test_a_target_that_was_touched_while_a_minute_was_being_closed_trades_after_it() -> None:
    async with live_arena(buys(target="50100")) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        while arena.feed.time_ms < BEGIN_MS + 2 * MINUTE_MS - 1_000:
            arena.seconds(1)
        arena.seconds(1, mark="50100")
        arena.seconds(1, mark="50000")
        assert len(arena.fills) == 3
        await arena.minute(after_s=0)
        arena.feed.tell_book(bids="49995x1", asks="50005x1")
        arena.seconds(1)
        assert arena.fills[3:] == ["SELL 0.100 49995.0"]
        assert arena.orders[0].close_trigger == CloseTrigger.TARGET.value


async def test_a_close_works_on_with_each_newer_book_and_takes_from_none_twice() -> None:
    closes = player({11: [enter(OrderSide.LONG, 5_000)], 12: [leave()]})
    async with live_arena(closes) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        await arena.minute()
        arena.feed.tell_book(bids="49990x0.0305", asks="50010x1")
        arena.seconds(5)
        assert arena.fills[3:] == ["SELL 0.030 49990.0"]
        arena.feed.told = None
        arena.seconds(40)
        arena.feed.tell_book(bids="49980x1", asks="50010x1")
        arena.seconds(2)
        assert arena.fills[3:] == ["SELL 0.030 49990.0", "SELL 0.070 49980.0"]
        assert arena.intents == ["OPEN FILLED", "CLOSE FILLED"]
        numbers = {each.client_order_index for each in arena.journal.rows(Intent)}
        first, second = sorted(numbers)
        names = {each.venue_fill_id for each in arena.journal.rows(Fill)}
        assert names == {f"{first}", f"{first}-1", f"{first}-2", f"{second}", f"{second}-1"}
        # A close that works on is a trade for each book that it traded on.
        assert {each.quantity for each in arena.orders} == {Decimal("0.03"), Decimal("0.07")}


class _Level:
    """A stop that wants to stand at one price."""

    def levels(self, close_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.full(len(close_ms), 49_980.0)


async def test_a_stop_that_trails_moves_with_closed_minutes_and_is_triggered_by_the_mark() -> None:
    script = {11: [enter(OrderSide.LONG, 5_000, stop="49900")]}
    async with live_arena(player(script, trail=_Level())) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        await arena.minute()
        arena.seconds(1)
        (position,) = arena.orders
        assert position.sl_trigger_price == Decimal(49_900)
        await arena.minute()
        arena.seconds(1, mark="49981")
        (position,) = arena.orders
        assert position.sl_trigger_price == Decimal(49_980)
        assert len(arena.fills) == 3
        arena.feed.tell_book(bids="49970x1", asks="49990x1")
        arena.seconds(1, mark="49980")
        assert arena.fills[3:] == ["SELL 0.100 49970.0"]


async def test_a_flip_closes_before_it_opens_across_the_levels() -> None:
    turns = player({11: [enter(OrderSide.LONG, 5_000)], 12: [enter(OrderSide.SHORT, 2_500)]})
    async with live_arena(turns) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        await arena.minute()
        arena.feed.tell_book(bids="49990x0.08, 49980x0.05, 49970x1", asks="50010x1")
        arena.seconds(1)
        # The second level ends the long position (0.02) and begins the short one (0.03).
        assert arena.fills[3:] == [
            "SELL 0.080 49990.0",
            "SELL 0.020 49980.0",
            "SELL 0.030 49980.0",
            "SELL 0.020 49970.0",
        ]
        trade, position = arena.orders
        assert trade.status is OrderStatus.CLOSED
        # (0.08 x 49990 + 0.02 x 49980) / 0.1; 4998.8 - 5001.8 - 2.5009 - 1.9996 - 0.4998.
        assert (trade.quantity, trade.exit_price) == (Decimal("0.1"), Decimal(49_988))
        assert trade.realized_pnl == Decimal("-8.00")
        # (0.03 x 49980 + 0.02 x 49970) / 0.05.
        assert (position.side, position.quantity) == (OrderSide.SHORT, Decimal("0.05"))
        assert (position.entry_price, position.status) == (Decimal(49_976), OrderStatus.OPEN)
        await arena.minute()
        # 10000 + 4998.8 + 2498.8 - 5001.8 - 2.5009 - 2.4994 - 1.2494, less 0.05 x 50000.
        assert arena.navs[-1] == Decimal("9989.55")
        audited = audit_journal(arena.journal)
        assert audited.failures == {}
        assert audited.examined["exit-price"] == 1


async def test_what_opens_takes_what_the_book_has_and_no_more() -> None:
    async with live_arena(buys()) as arena:
        arena.feed.tell_book(bids=BIDS, asks="50010x0.04")
        await arena.minute()
        arena.seconds(2)
        assert arena.fills == ["BUY 0.040 50010.0"]
        assert arena.intents == ["OPEN CANCELLED volume: the book had room for 0.040 of 0.100"]


async def test_without_a_book_an_opening_ends_after_half_a_minute_and_a_close_waits() -> None:
    script = {11: [enter(OrderSide.LONG, 5_000)], 12: [leave()]}
    async with live_arena(player(script)) as arena:
        await arena.minute()
        arena.seconds(30)
        assert arena.intents == ["OPEN NEW"]
        arena.seconds(1)
        assert arena.intents == ["OPEN CANCELLED no book: none of BTC came within 30 s"]
    async with live_arena(player(script)) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        arena.feed.told = None
        await arena.minute()
        await arena.minute()
        assert arena.intents == ["OPEN FILLED", "CLOSE NEW"]
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        arena.seconds(1)
        assert arena.intents == ["OPEN FILLED", "CLOSE FILLED"]


async def test_a_market_that_only_reduces_opens_nothing_and_one_that_is_closed_waits() -> None:
    for lets, words in (
        (Trading.REDUCE_ONLY, "OPEN CANCELLED reduce-only: the venue lets nothing open in BTC"),
        (Trading.CLOSED, "OPEN CANCELLED no book: none of BTC came within 30 s"),
    ):
        async with live_arena(buys()) as arena:
            arena.feed.tell_book(bids=BIDS, asks=ASKS)
            arena.feed.lets = lets
            await arena.minute()
            arena.seconds(40)
            assert arena.intents == [words]


async def test_an_account_is_taken_over_at_the_marks_of_the_second_in_which_it_falls_too_low() -> (
    None
):
    debt = player({11: [enter(OrderSide.LONG, 50_000, leverage=10)]})
    async with live_arena(debt) as arena:
        arena.feed.tell_book(bids="49990x5", asks="50000x5")
        await arena.minute()
        arena.seconds(1)
        assert arena.fills == ["BUY 1.000 50000.0"]
        # Cash 10000 - 50000 - 25: NAV is the maintenance of 0.5 % at 40025 / 0.995 = 40226.13.
        arena.seconds(1, mark="40226.2")
        assert len(arena.fills) == 1
        arena.seconds(1, mark="40226.1")
        assert arena.fills[1:] == ["SELL 1.000 40226.1"]
        assert arena.orders[0].close_trigger == CloseTrigger.LIQUIDATION.value
        arena.feed.tell_book(bids="40000x5", asks="40200x5")
        await arena.minute()
        assert len(arena.fills) == 2


async def test_a_minute_with_a_gap_is_told_by_its_bar() -> None:
    async with live_arena(buys()) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        arena.seconds(6, mark=None)
        arena.seconds(1, mark="50000")
        # The position is younger than this minute: the bar says nothing of it.
        await arena.minute((50_000, 50_050, 49_800, 50_000))
        assert len(arena.fills) == 3
        arena.seconds(2)
        arena.blind(6)
        await arena.minute((50_000, 50_050, 49_850, 50_010))
        assert arena.fills[3:] == ["SELL 0.100 49900.0"]
        (trade,) = arena.orders
        assert trade.close_trigger == CloseTrigger.STOP.value
        assert trade.closed_at == utc(BEGIN_MS + 3 * MINUTE_MS - 1)
        newest = max(arena.journal.rows(Mark), key=lambda each: each.at)
        assert newest.price == Decimal("50010")


async def test_a_tick_that_comes_too_late_is_missed_and_counts_for_nobody() -> None:
    agent = buys()
    async with live_arena(agent, thinker("Eve")) as arena:
        await arena.minute(after_s=31, watched=False)
        assert agent.seen == []
        (cycle,) = arena.journal.rows(Cycle)
        assert cycle.recipe["missed"] is True
        (invocation,) = arena.journal.rows(Invocation)
        assert (invocation.response_payload or {})["state"] == "MISSED"
        assert {each.invocation_count for each in arena.journal.rows(Model)} == {0}


async def test_a_new_process_trades_what_closes_and_cancels_what_would_open_late() -> None:
    script = {
        11: [enter(OrderSide.LONG, 5_000)],
        12: [leave()],
    }
    late = player({12: [enter(OrderSide.LONG, 5_000)]}, name="Eve")
    journal, feed = MemoryJournal(), HandFed()
    async with live_arena(player(script), late, feed=feed, journal=journal) as arena:
        feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        feed.told = None
        await arena.minute()
        assert arena.intents == ["OPEN FILLED", "CLOSE NEW", "OPEN NEW"]
    feed.time_ms += 61_000
    past = by_hand([(50_000, 50_000, 50_000, 50_000)] * (HISTORY + 2))
    async with live_arena(player(script), late, feed=feed, journal=journal, past=past) as arena:
        assert arena.arena.stage.clock.end == HISTORY + 2
        await arena.minute(watched=False)
        feed.tell_book(bids=BIDS, asks=ASKS)
        arena.seconds(1)
        assert arena.intents == [
            "OPEN FILLED",
            "CLOSE FILLED",
            "OPEN CANCELLED the process ended before it traded",
        ]
        assert arena.fills[3:] == ["SELL 0.030 49990.0", "SELL 0.050 49980.0", "SELL 0.020 49950.0"]


async def test_a_position_and_its_stop_outlive_the_process_and_nothing_is_doubled() -> None:
    journal, feed = MemoryJournal(), HandFed()
    async with live_arena(buys(), feed=feed, journal=journal) as arena:
        feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        arena.seconds(5)  # And then it is killed, within the minute.
    past = by_hand([(50_000, 50_000, 50_000, 50_000)] * (HISTORY + 1))
    async with live_arena(buys(), feed=feed, journal=journal, past=past) as arena:
        assert [each.quantity for each in arena.orders] == [Decimal("0.1")]
        arena.seconds(1)
        assert len(arena.fills) == 3
        feed.tell_book(bids="49890x1", asks="49900x1")
        arena.seconds(1, mark="49895")
        assert arena.fills[3:] == ["SELL 0.100 49890.0"]
        arena.seconds(3)
        await arena.minute((50_000, 50_000, 49_000, 50_000))
        assert len(arena.fills) == 4


async def test_funding_that_is_told_late_is_paid_by_who_held_when_it_was_due() -> None:
    early = player({11: [enter(OrderSide.LONG, 5_000)]})
    younger = player({12: [enter(OrderSide.LONG, 5_000)]}, name="Eve")
    async with live_arena(early, younger) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        arena.seconds(1)
        await arena.minute()
        arena.seconds(1)
        due_ms = BEGIN_MS + 2 * MINUTE_MS
        await arena.minute(rate="0.0001", settled_ms=due_ms)
        (payment,) = arena.journal.rows(Payment)
        assert (payment.model_id, payment.kind) == ("Ada", PaymentKind.FUNDING)
        assert payment.amount == Decimal("-0.5")  # 0.1 x 50000 x 0.0001.
        assert payment.occurred_at == utc(due_ms + MINUTE_MS)


async def test_a_late_answer_trades_on_the_book_of_then() -> None:
    come = asyncio.Event()

    async def ask(_: Question) -> Answer:
        await come.wait()
        return said(enter(OrderSide.LONG, 2_500, stop="49500"))

    async with live_arena(thinker("Eve"), ask=ask) as arena:
        arena.feed.price = "50030"
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        await arena.minute()
        (cycle,) = arena.journal.rows(Cycle)
        assert cycle.observation is not None
        (seen,) = cycle.observation["symbols"]
        # The mark and the middle of the book, while the last trade was at 50000.
        assert (seen["mark"], seen["mid"]) == ("50030", "50000")
        arena.seconds(20)
        come.set()
        for _ in range(5):
            await asyncio.sleep(0)
        arena.feed.tell_book(bids="50090x1", asks="50100x0.02, 50110x1")
        arena.feed.price = "50100"
        arena.minds.take_answers()
        arena.seconds(1)
        # 2500 / 50100 in lots of 0.001.
        assert arena.fills == ["BUY 0.020 50100.0", "BUY 0.029 50110.0"]
        (position,) = arena.orders
        assert position.opened_at == utc(BEGIN_MS + MINUTE_MS + 23_000)
        (invocation,) = arena.journal.rows(Invocation)
        assert invocation.created_at == utc(BEGIN_MS + MINUTE_MS)
        assert invocation.updated_at == utc(BEGIN_MS + MINUTE_MS + 22_000)


async def test_an_old_mark_denies_new_risk() -> None:
    eve = thinker("Eve")
    async with live_arena(eve) as arena:
        arena.feed.tell_book(bids=BIDS, asks=ASKS)
        arena.feed.mark_ms = 121_000
        quote = arena.arena.stage.quote("BTC", arena.arena.stage.clock.end)
        assert quote.age_ms == 121_000
        assert (quote.buy_price, quote.sell_price) == (Decimal(50_010), Decimal(49_990))
        arena.feed.price = arena.feed.told = None
        assert arena.arena.stage.quote("BTC", arena.arena.stage.clock.end).age_ms > 120_000
