"""On a large table each query walks an index of the contract, never the whole table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql

from autonome.domain.choices import ToolCallType
from autonome.ledger.connection import connect
from autonome.ledger.queries.decisions import newest_decisions
from autonome.ledger.queries.nav import nav_buckets, nav_range, newest_nav
from autonome.ledger.queries.policies import judged_entries
from autonome.ledger.queries.positions import open_positions
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.rebuilding import moved_by_fills, moved_by_funding
from autonome.ledger.queries.relations import (
    invocation_of,
    invocations_of,
    orders_of,
    snapshots_of,
    tool_calls_of,
)
from autonome.ledger.queries.running import (
    arm_figures,
    inference_spent,
    newest_stages,
    pending_commands,
)
from autonome.ledger.queries.standings import model_standings, variant_standings
from autonome.ledger.queries.trades import completed_trades
from autonome.ledger.rows import Invocation, Model, ToolCall

START = datetime(2025, 5, 6, tzinfo=UTC)
END = START + timedelta(hours=6)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
MODEL = Model(id="m7", name="", open_router_model_name="", variant="")
INVOCATION = Invocation(id="i7", model_id="m7", response="", created_at=START, updated_at=START)
TOOL_CALL = ToolCall(
    id="t7",
    invocation_id="i7",
    tool_call_type=ToolCallType.HOLDING,
    metadata={},
    created_at=START,
    updated_at=START,
)

STANDINGS = model_standings()
"""It counts the tool calls of all models, and so may read them, and whose they are, once."""

NEWEST_DECISIONS = newest_decisions(limit=50)
"""The contract has no index of invocations by time; it may look for the newest once."""

MOVED = moved_by_fills()
"""It may look once, for all open positions, which rows their partial closes gave birth to."""

FIGURES = arm_figures(day_began=START)
"""It sums over all that each arm did, and may read it whole, once."""

INVOCATIONS = {"Invocations_modelId_idx", "Invocations_modelId_createdAt_idx"}

CASES = {
    "open positions": (open_positions(), {"Orders_status_idx"}),
    "open positions of a model": (open_positions(model_id="m7"), {"Orders_modelId_status_idx"}),
    "newest trades": (completed_trades(limit=50), {"Orders_closedAt_idx"}),
    "sums per variant": (
        variant_standings(),
        {"Orders_modelId_idx", "Orders_modelId_status_idx"},
    ),
    "trades of a model": (
        completed_trades(model_id="m7", limit=50),
        {"Orders_modelId_status_idx", "Orders_modelId_idx", "Orders_closedAt_idx"},
    ),
    "NAV over a range": (
        nav_range("m7", start=START, end=END),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "NAV aggregates": (
        nav_buckets("m7", start=START, end=END, width=timedelta(hours=1)),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "newest NAV of every model": (
        newest_nav(width=timedelta(hours=1), limit=24),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "newest NAV of one model": (
        newest_nav(width=timedelta(hours=1), limit=24, model="model 7"),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "NAV aggregates net of inference": (
        nav_buckets("m7", start=START, end=END, width=timedelta(hours=1), net=True),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "newest NAV of every model net of inference": (
        newest_nav(width=timedelta(hours=1), limit=24, net=True),
        {"PortfolioSize_modelId_createdAt_idx"},
    ),
    "fills of open positions": (MOVED, {"Fills_orderId_idx"}),
    "funding of open positions": (moved_by_funding(), {"Payments_orderId_idx"}),
    "NAV when the day began": (FIGURES, {"PortfolioSize_modelId_createdAt_idx"}),
    "newest invocations of each arm": (
        newest_stages(),
        {"Invocations_modelId_createdAt_idx", "Invocations_createdAt_idx"},
    ),
    "what inference took since the day began": (
        inference_spent(since=FAR_AHEAD),
        {"Payments_modelId_occurredAt_idx", "Invocations_modelId_createdAt_idx"},
    ),
    "commands that wait": (pending_commands(), {"Commands_pending_idx"}),
    "trades of models of one name": (
        completed_trades(model="model 7", limit=50),
        {"Orders_modelId_status_idx", "Orders_modelId_idx", "Orders_closedAt_idx"},
    ),
    "newest decisions": (NEWEST_DECISIONS, {"ToolCalls_invocationId_idx"}),
    "newest decisions of one model": (
        newest_decisions(limit=50, model="model 7"),
        INVOCATIONS,
    ),
    "last NAV of each model": (STANDINGS, {"PortfolioSize_modelId_createdAt_idx"}),
    "orders of each model": (
        STANDINGS,
        {"Orders_modelId_idx", "Orders_modelId_status_idx"},
    ),
    "invocations of each model": (STANDINGS, INVOCATIONS),
    "fees of each model": (STANDINGS, {"Fills_modelId_filledAt_idx"}),
    "funding of each model": (STANDINGS, {"Payments_modelId_occurredAt_idx"}),
    "invocations of a model": (invocations_of(MODEL), INVOCATIONS),
    "snapshots of a model": (
        snapshots_of(MODEL),
        {"PortfolioSize_modelId_createdAt_idx", "PortfolioSize_modelId_idx"},
    ),
    "orders of a model": (orders_of(MODEL), {"Orders_modelId_idx", "Orders_modelId_status_idx"}),
    "entries of a model": (judged_entries("m7", limit=50), {"Invocations_modelId_createdAt_idx"}),
    "tool calls of an invocation": (tool_calls_of(INVOCATION), {"ToolCalls_invocationId_idx"}),
    "invocation of a tool call": (invocation_of(TOOL_CALL), {"Invocations_pkey"}),
}
"""A query, and the indexes of which its plan must use one."""


def plan_of(url: str, query: Query[Any]) -> list[dict[str, Any]]:
    """Return every node of the plan that PostgreSQL chooses."""
    compiled = query.statement.compile(
        dialect=postgresql.psycopg.dialect(), compile_kwargs={"literal_binds": True}
    )
    with connect(url) as connection:
        # Without parameters the driver leaves a sign of percent doubled.
        sql = str(compiled).replace("%%", "%")
        row = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}".encode()).fetchone()
    assert row is not None
    return nodes(row[0][0]["Plan"])


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for child in node.get("Plans", ()) for each in nodes(child))]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_query_walks_an_index_of_the_contract(large_url: str, case: str) -> None:
    query, indexes = CASES[case]
    plan = plan_of(large_url, query)
    used = {node["Index Name"] for node in plan if "Index Name" in node}
    assert used & indexes, f"the plan uses {sorted(used)}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_query_reads_a_large_table_whole(large_url: str, case: str) -> None:
    query, _ = CASES[case]
    whole = {
        node["Relation Name"]
        for node in plan_of(large_url, query)
        if node["Node Type"] == "Seq Scan"
    }
    may_be = {"Models", "Arms"}
    if query is STANDINGS:
        may_be |= {"ToolCalls", "Invocations"}
    if query is NEWEST_DECISIONS:
        may_be |= {"Invocations"}
    if query is MOVED:
        may_be |= {"Orders"}
    if query is FIGURES:
        may_be |= {
            "PortfolioSize",
            "NavDays",
            "NavHours",
            "Fills",
            "Payments",
            "Intents",
            "ArmStates",
        }
    assert whole <= may_be
