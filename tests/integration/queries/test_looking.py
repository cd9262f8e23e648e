"""What the verbs of the command line ask for, on the small arena; figures worked out by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from autonome.domain.choices import ArmKind, PolicyName, ToolCallType
from autonome.ledger.connection import connect
from autonome.ledger.queries.decisions import newest_decisions
from autonome.ledger.queries.models import listed_models
from autonome.ledger.queries.nav import ModelNavBucket, newest_nav
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.standings import model_standings
from autonome.ledger.queries.trades import completed_trades
from autonome.ledger.reader import open_reader
from integration.small_arena import write

START = datetime(2025, 5, 5, 12, 30, tzinfo=UTC)


def read(url: str, query: Query[Any]) -> list[Any]:
    async def rows() -> list[Any]:
        async with open_reader(url, arena="small") as reader:
            return await reader.all(query)

    return asyncio.run(rows())


@pytest.fixture
def url(database_url: str) -> str:
    """Write the small arena."""
    write(database_url, "small")
    return database_url


def changed(url: str, statement: str) -> None:
    with connect(url, arena="small", autocommit=True) as connection:
        connection.execute(statement.encode())


def bucket(model: str, minute: int, *nav: str) -> ModelNavBucket:
    """Return the interval that begins at a minute, with its NAV points in their order."""
    net = [Decimal(each) for each in nav]
    return ModelNavBucket(
        model=model,
        start=START + timedelta(minutes=minute),
        points=len(net),
        first=net[0],
        last=net[-1],
        lowest=min(net),
        highest=max(net),
    )


def test_nav_comes_by_model_in_its_newest_intervals(url: str) -> None:
    first, second = bucket("Ada", 0, "10000.00", "9990.00"), bucket("Ada", 2, "10012.30", "0.00")
    hold = bucket("Hold", 0, "10000.00")
    width = timedelta(minutes=2)
    assert read(url, newest_nav(width=width, limit=2)) == [second, first, hold]
    assert read(url, newest_nav(width=width, limit=1)) == [second, hold]
    assert read(url, newest_nav(width=width, limit=9, model="Hold")) == [hold]
    assert read(url, newest_nav(width=width, limit=9, model="Nobody")) == []


def test_an_interval_without_points_is_left_out(url: str) -> None:
    changed(url, """DELETE FROM "PortfolioSize" WHERE "createdAt"::time IN ('12:31', '12:32')""")
    assert read(url, newest_nav(width=timedelta(minutes=1), limit=3, model="Ada")) == [
        bucket("Ada", 3, "0.00")
    ]
    assert read(url, newest_nav(width=timedelta(minutes=1), limit=4, model="Ada")) == [
        bucket("Ada", 3, "0.00"),
        bucket("Ada", 0, "10000.00"),
    ]


def test_a_model_is_listed_with_how_it_is_run(url: str) -> None:
    changed(url, """UPDATE "Arms" SET "haltedReason" = 'max-drawdown' WHERE kind = 'CONTROL'""")
    changed(url, """UPDATE "Models" SET "failedWorkflowCount" = 2, "failedToolCallCount" = 3""")
    ada, hold = read(url, listed_models())
    assert (ada.model, ada.kind, ada.policy) == ("Ada", ArmKind.LLM, PolicyName.STANDARD)
    assert (ada.starting_capital, ada.replica, ada.enabled) == (Decimal(10_000), 0, True)
    assert (ada.invocations, ada.minutes, ada.failures, ada.halted_reason) == (2, 10, 5, None)
    assert ada.settings["temperature"] == Decimal("0.1")
    assert (ada.competing_variant, hold.competing_variant) == ("Apex", None)
    assert hold.halted_reason == "max-drawdown"


def test_a_model_without_an_arm_is_listed_too(url: str) -> None:
    changed(url, """DELETE FROM "Arms" WHERE kind = 'CONTROL'""")
    _, hold = read(url, listed_models())
    assert (hold.kind, hold.settings, hold.starting_capital) == (None, None, None)


def test_decisions_come_newest_first_with_what_was_asked(url: str) -> None:
    changed(
        url,
        """UPDATE "Invocations" SET "createdAt" = "createdAt" + interval '1 hour'
                    WHERE "modelId" = (SELECT id FROM "Models" WHERE name = 'Hold')""",
    )
    rows = read(url, newest_decisions(limit=2))
    assert [row.model for row in rows] == ["Hold", "Ada"]
    assert rows[0].decided_at == datetime(2025, 5, 5, 13, 30, 15, 250_000, tzinfo=UTC)
    assert rows[0].tool_call_type is ToolCallType.CREATE_POSITION
    assert rows[0].metadata == {"asked": {"quantity": Decimal("0.1")}}
    assert len(read(url, newest_decisions(limit=9, model="Ada"))) == 2


def test_every_tool_call_of_an_invocation_is_a_decision_and_so_is_none(url: str) -> None:
    changed(
        url,
        """INSERT INTO "ToolCalls" (id, "invocationId", "toolCallType", metadata)
                    SELECT 'late', id, 'HOLDING', '{}' FROM "Invocations" LIMIT 1""",
    )
    rows = read(url, newest_decisions(limit=3))
    assert len(rows) == 4
    changed(url, """UPDATE "Intents" SET "toolCallId" = NULL""")
    changed(url, """DELETE FROM "ToolCalls" """)
    rows = read(url, newest_decisions(limit=3))
    assert [(row.tool_call_id, row.metadata) for row in rows] == [(None, None)] * 3


@pytest.mark.parametrize("stored", ["", "no JSON", "[1]", "7", '"words"', '{"a":', "NaN", "null"])
def test_metadata_that_is_no_json_object_is_returned_as_it_is(url: str, stored: str) -> None:
    changed(url, f"""UPDATE "ToolCalls" SET metadata = '{stored}'""")
    assert {row.metadata for row in read(url, newest_decisions(limit=3))} == {stored}


def test_a_standing_says_return_and_wins_in_percent(url: str) -> None:
    changed(url, """UPDATE "PortfolioSize" SET "netPortfolio" = 10012.30""")
    changed(
        url,
        """INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice",
                    status, "realizedPnl") SELECT 'lost-' || n, id, 'BTC', 'LONG', 1, 1, 'CLOSED',
                    -1 FROM "Models", generate_series(1, 2) n WHERE name = 'Ada'""",
    )
    changed(url, """DELETE FROM "Fills" """)
    changed(url, """UPDATE "Intents" SET "orderId" = NULL""")
    changed(url, """UPDATE "Payments" SET "orderId" = NULL""")
    changed(
        url,
        """DELETE FROM "Orders" WHERE "modelId" =
                    (SELECT id FROM "Models" WHERE name = 'Hold')""",
    )
    ada, hold = read(url, model_standings())
    # 12.30 of 10,000; one win of three trades, half-even to 1e-8.
    assert (ada.return_percent, ada.win_percent) == (Decimal("0.123"), Decimal("33.33333333"))
    assert (hold.return_percent, hold.win_percent) == (Decimal("0.123"), None)


def test_a_return_needs_a_capital_to_be_a_part_of(url: str) -> None:
    changed(url, """UPDATE "Arms" SET "startingCapital" = 0""")
    assert [each.return_percent for each in read(url, model_standings())] == [None, None]


def test_trades_can_be_those_of_one_name(url: str) -> None:
    assert [each.model for each in read(url, completed_trades(model="Hold"))] == ["Hold"]
