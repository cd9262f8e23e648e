"""Leaderboard and measures of an arena in the database, and when they are measured anew."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

import numpy as np
import pytest

from autonome.analytics.bootstrap import Interval
from autonome.analytics.leaderboard import Leaderboard, Leaderboards, read_leaderboard
from autonome.analytics.performance import Performance, read_performance
from autonome.ledger.journal.port import NavPoints
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.reader import Reader, open_reader
from autonome.testing.bookings import competitor
from integration.nav.ran import DAYS, START, START_MS, Ran, cents_of

pytestmark = pytest.mark.postgres

T = TypeVar("T")
MINUTES = 1440 * DAYS


def ask(ran: Ran, question: Callable[[Reader, Leaderboards], Awaitable[T]]) -> T:
    async def read() -> T:
        async with open_reader(ran.url) as reader:
            boards = Leaderboards(reader)
            answer = await question(reader, boards)
            await boards.settled()
            return answer

    return asyncio.run(read())


async def board_of(reader: Reader, boards: Leaderboards, *, net: bool) -> Leaderboard:
    known = await boards.measured(net=net)
    async with reader.at_once() as rows:
        return await read_leaderboard(rows, known)


async def measures_of(reader: Reader, boards: Leaderboards, model_id: str) -> Performance | None:
    net, gross = await boards.measured(net=True), await boards.measured(net=False)
    async with reader.at_once() as rows:
        return await read_performance(rows, model_id, net=net, gross=gross)


def test_a_board_says_what_the_arena_says(ran: Ran) -> None:
    ran.connection.execute(
        """INSERT INTO "Invocations" (id, "modelId", response, "responsePayload")
           VALUES ('i', %s, '', '{"state": "MISSED"}')""",
        (ran.model_id,),
    )
    board = ask(ran, lambda reader, boards: board_of(reader, boards, net=False))
    (place,) = board.places
    last = Decimal(cents_of(MINUTES - 1)) / 100
    assert (place.nav, place.missed, place.rank, place.tied) == (last, 1, 1, False)
    assert place.total_return == pytest.approx(float(last / 10_000) - 1)
    assert isinstance(place.interval, Interval)
    assert place.interval.low <= place.total_return <= place.interval.high
    assert board.as_of == START + timedelta(days=DAYS)


def test_net_returns_are_less_by_what_inference_cost(ran: Ran) -> None:
    ran.connection.execute(
        """INSERT INTO "Payments" (id, "modelId", kind, amount, "occurredAt")
           VALUES ('p', %s, 'INFERENCE', -100, '2025-05-06 12:34')""",
        (ran.model_id,),
    )
    gross = (
        ask(ran, lambda reader, boards: board_of(reader, boards, net=False)).places[0].total_return
    )
    net = ask(ran, lambda reader, boards: board_of(reader, boards, net=True)).places[0].total_return
    assert gross is not None
    assert net == pytest.approx(gross - 0.01)


def test_an_answer_is_kept_until_an_hour_has_ended(ran: Ran) -> None:
    def valued(number: int) -> None:
        at = START + timedelta(minutes=number)
        ran.connection.execute(
            """INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt")
               VALUES (%s, %s, 20000, %s)""",
            (f"late{number}", ran.model_id, at.replace(tzinfo=None)),
        )
        from autonome.ledger.rollups import roll_up_new

        roll_up_new(ran.connection)

    async def question(reader: Reader, boards: Leaderboards) -> None:
        first = await boards.measured(net=True)
        valued(MINUTES + 58)
        assert await boards.measured(net=True) is first
        # The newest NAV shows at once, what was resampled does not.
        board = await board_of(reader, boards, net=True)
        assert board.places[0].total_return == pytest.approx(1.0)
        assert board.as_of == START + timedelta(days=DAYS)
        valued(MINUTES + 59)
        assert await boards.measured(net=True) is first
        await boards.settled()
        later = await boards.measured(net=True)
        assert later.as_of == START + timedelta(days=DAYS, hours=1)

    ask(ran, question)


def test_an_arm_that_was_just_valued_is_measured_before_an_answer_is_given(ran: Ran) -> None:
    async def question(_: Reader, boards: Leaderboards) -> None:
        assert len((await boards.measured(net=True)).growths) == 1
        journal, (model, arm) = PostgresJournal(ran.connection), competitor("Newcomer")
        journal.enter(model, arm)
        at_ms = np.array([START_MS + DAYS * 86_400_000])
        journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=np.array([10**12])))
        assert set((await boards.measured(net=True)).growths) == {ran.model_id, model.id}

    ask(ran, question)


def test_measures_of_an_arm(ran: Ran) -> None:
    ran.connection.execute("""UPDATE "Arms" SET "startingCapital" = 10000""")
    found = ask(ran, lambda reader, boards: measures_of(reader, boards, ran.model_id))
    assert found is not None
    assert (found.start, found.end) == (START, START + timedelta(minutes=MINUTES - 1))
    every = [cents_of(number) for number in range(MINUTES)]
    deepest = max(
        (max(every[: place + 1][-90:]) - cents) / max(every[: place + 1][-90:])
        for place, cents in enumerate(every)
    )
    assert found.max_drawdown.depth == pytest.approx(deepest, rel=0.01)
    assert found.turnover == 10_000
    assert found.trades.trades == 0
    assert found.versus_hold is None


def test_nobody_has_no_measures(ran: Ran) -> None:
    assert ask(ran, lambda reader, boards: measures_of(reader, boards, "nobody")) is None
