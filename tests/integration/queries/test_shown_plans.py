"""On a large table, what pages ask for again and again walks an index, never the whole table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autonome.ledger.queries.arm_list import listed_arms
from autonome.ledger.queries.closing import closed_orders, family_fills, family_funding
from autonome.ledger.queries.held import held_orders
from autonome.ledger.queries.invocation_pages import calls_of, invocation_page
from autonome.ledger.queries.market_marks import last_marks, mark_candles
from autonome.ledger.queries.mishaps import MishapKind, mishaps
from autonome.ledger.queries.origins import origins_of
from autonome.ledger.queries.pages import Filters, Page, page_of
from autonome.ledger.queries.presence import arena_time
from autonome.ledger.rows import Fill
from autonome.ledger.tables import fills
from integration.queries.test_plans import plan_of

PAGE = Page(limit=50)
LATER = Page(limit=50, after=(datetime(2025, 6, 1, tzinfo=UTC), "o7"))
ALL = Filters()
START = datetime(2025, 5, 6, tzinfo=UTC)
IDS = ["o101", "o102", "o103"]
CALLS = ["i101", "i102", "i103"]

CASES = {
    "positions": (held_orders(PAGE, ALL), "Orders_status_idx"),
    "fees of positions": (held_orders(PAGE, ALL), "Fills_orderId_idx"),
    "funding of positions": (held_orders(PAGE, ALL), "Payments_orderId_idx"),
    "newest trades": (closed_orders(PAGE, ALL), "Orders_closedAt_idx"),
    "later trades": (closed_orders(LATER, ALL), "Orders_closedAt_idx"),
    "fills behind trades": (family_fills(IDS), "Fills_orderId_idx"),
    "funding behind trades": (family_funding(IDS), "Payments_orderId_idx"),
    "decisions behind trades": (origins_of(IDS), "Fills_orderId_idx"),
    "calls of invocations": (calls_of(CALLS), "ToolCalls_invocationId_idx"),
    "newest invocations": (invocation_page(PAGE, ALL), "Invocations_createdAt_idx"),
    "failed invocations": (invocation_page(PAGE, ALL, state="FAILED"), "Invocations_mishaps_idx"),
    "newest fills": (page_of(Fill, PAGE, ALL, at=fills.c.filled_at), "Fills_filledAt_idx"),
    "later fills": (page_of(Fill, LATER, ALL, at=fills.c.filled_at), "Fills_filledAt_idx"),
    "turns that failed": (
        mishaps(PAGE, ALL, (MishapKind.FAILED, MishapKind.MISSED)),
        "Invocations_mishaps_idx",
    ),
    "calls that were refused": (
        mishaps(PAGE, ALL, (MishapKind.DENIED, MishapKind.UNUSABLE)),
        "ToolCalls_mishaps_idx",
    ),
    "last NAV of arms": (listed_arms(), "PortfolioSize_modelId_createdAt_idx"),
    "the arena's time": (arena_time(), "PortfolioSize_createdAt_idx"),
    "last marks": (last_marks(), "Marks_pkey"),
    "candles": (
        mark_candles(
            "BTC", width=timedelta(minutes=5), start=START, end=START + timedelta(hours=6)
        ),
        "Marks_pkey",
    ),
}
SMALL = {"Models", "Arms", "ArmStates", "Intents"}
"""Tables that have few rows here, and may be read whole."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_pages_ask_for_walks_an_index(large_url: str, case: str) -> None:
    query, index = CASES[case]
    plan = plan_of(large_url, query)
    assert index in {node.get("Index Name") for node in plan}
    whole = {node["Relation Name"] for node in plan if node["Node Type"] == "Seq Scan"}
    assert whole <= SMALL
