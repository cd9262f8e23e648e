"""What the queries return, on a small arena whose figures are worked out by hand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from autonome.domain.choices import ArmKind, OrderSide
from autonome.domain.errors import ArenaMissing
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import MarkPoints, NavPoints
from autonome.ledger.queries.nav import NavBucket, nav_buckets, nav_range
from autonome.ledger.queries.positions import open_positions
from autonome.ledger.queries.query import Query, rows_where
from autonome.ledger.queries.relations import (
    invocation_of,
    invocations_of,
    model_of,
    orders_of,
    snapshots_of,
    tool_calls_of,
)
from autonome.ledger.queries.standings import VariantStanding, model_standings, variant_standings
from autonome.ledger.queries.trades import completed_trades
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Model, Order
from autonome.testing.bookings import NOW, closing, competitor, opening

START_MS = 1_746_448_200_000
"""2025-05-05 12:30:00 UTC."""
MINUTE_MS = 60_000


def read(url: str, query: Query[Any], arena: str = "small") -> list[Any]:
    async def rows() -> list[Any]:
        async with open_reader(url, arena=arena) as reader:
            return await reader.all(query)

    return asyncio.run(rows())


@pytest.fixture
def url(database_url: str) -> str:
    """Fill an arena: an LLM arm with a trade and a position, a control with a trade."""
    with fresh_arena(database_url, "small") as journal:
        model, arm = competitor("Ada")
        journal.enter(model, arm)
        epoch = journal.begin_run(model.id, at=NOW)
        first = opening(model, epoch=epoch)
        journal.book(first)
        journal.book(closing(first))
        journal.book(opening(model, epoch=epoch, symbol="ETH"))
        nav = np.array([1_000_000_000_000, 999_000_000_000, 1_001_230_000_000, 1_000_500_000_000])
        at_ms = START_MS + MINUTE_MS * np.arange(4)
        journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=nav))
        for price, minute in ((5_000_000_000_000, 0), (5_100_012_345_678, 1)):
            points = np.array([START_MS + MINUTE_MS * minute]), np.array([price])
            journal.mark(MarkPoints(symbol="ETH", at_ms=points[0], price=points[1]))
        control, control_arm = competitor("Hold", "Sovereign")
        journal.enter(control, replace(control_arm, kind=ArmKind.CONTROL))
        epoch = journal.begin_run(control.id, at=NOW)
        first = opening(control, epoch=epoch)
        journal.book(first)
        journal.book(closing(first))
    return database_url


def model_named(url: str, name: str) -> Model:
    (model,) = [each for each in read(url, rows_where(Model)) if each.name == name]
    return model


def test_an_open_position_has_its_derived_figures_at_the_last_mark(url: str) -> None:
    (position,) = read(url, open_positions())
    assert (position.model, position.symbol, position.side) == ("Ada", "ETH", OrderSide.LONG)
    # 0.1 x 50,000.12345678 and 0.1 x (51,000.12345678 - 50,000.12345678)
    assert position.entry_notional == Decimal("5000.012345678")
    assert position.mark_price == Decimal("51000.12345678")
    assert position.unrealized_pnl == Decimal("100.0")
    assert position.stop == Decimal("49000.1")
    assert str(position.target) == "52000.00000001"


def test_a_position_without_a_mark_has_no_unrealized_pnl(url: str) -> None:
    control = model_named(url, "Hold")
    assert read(url, open_positions(model_id=control.id)) == []
    with fresh_arena(url, "unmarked") as journal:
        model, arm = competitor()
        journal.enter(model, arm)
        journal.book(opening(model, epoch=journal.begin_run(model.id, at=NOW)))
    (position,) = read(url, open_positions(), arena="unmarked")
    assert position.mark_price is None
    assert position.unrealized_pnl is None


def test_a_trade_has_both_notionals_and_its_net_pnl(url: str) -> None:
    ada = model_named(url, "Ada")
    (trade,) = read(url, completed_trades(model_id=ada.id))
    assert trade.entry_notional == Decimal("5000.012345678")
    assert trade.exit_notional == Decimal("5200.0")
    assert trade.realized_pnl == Decimal("194.90")
    assert trade.close_trigger == "TARGET"
    assert trade.closed_at == NOW + timedelta(hours=1)
    assert len(read(url, completed_trades())) == 2
    assert len(read(url, completed_trades(limit=1))) == 1


def test_nav_over_a_range_includes_its_start_and_not_its_end(url: str) -> None:
    ada = model_named(url, "Ada")
    start = NOW.replace(minute=31, second=0, microsecond=0)
    points = read(url, nav_range(ada.id, start=start, end=start + timedelta(minutes=2)))
    assert [point.net_portfolio for point in points] == [Decimal("9990.00"), Decimal("10012.30")]


def test_nav_aggregates_per_interval(url: str) -> None:
    ada = model_named(url, "Ada")
    start = NOW.replace(minute=30, second=0, microsecond=0)
    query = nav_buckets(
        ada.id, start=start, end=start + timedelta(hours=1), width=timedelta(minutes=3)
    )
    assert read(url, query) == [
        NavBucket(
            start=start,
            points=3,
            first=Decimal("10000.00"),
            last=Decimal("10012.30"),
            lowest=Decimal("9990.00"),
            highest=Decimal("10012.30"),
        ),
        NavBucket(
            start=start + timedelta(minutes=3),
            points=1,
            first=Decimal("10005.00"),
            last=Decimal("10005.00"),
            lowest=Decimal("10005.00"),
            highest=Decimal("10005.00"),
        ),
    ]


def test_a_standing_counts_and_sums_what_one_model_did(url: str) -> None:
    ada, hold = read(url, model_standings())
    assert (ada.model, ada.nav, ada.gain) == ("Ada", Decimal("10005.00"), Decimal(5))
    assert (ada.decisions, ada.tool_calls, ada.open_orders, ada.trades) == (2, 2, 1, 1)
    assert (ada.winning_trades, ada.realized_pnl) == (1, Decimal("194.90"))
    # Three fills of 2.50000617, one payment of -0.52000001.
    assert (ada.fees, ada.funding) == (Decimal("7.50001851"), Decimal("-0.52000001"))
    assert (hold.model, hold.nav, hold.gain) == ("Hold", None, None)
    assert (ada.competing_variant, hold.competing_variant) == ("Apex", None)


def test_sums_per_variant_leave_controls_out(url: str) -> None:
    assert read(url, variant_standings()) == [
        VariantStanding(
            variant="Apex", arms=1, trades=1, winning_trades=1, realized_pnl=Decimal("194.90")
        )
    ]


def test_relations_lead_from_a_model_to_its_rows_and_back(url: str) -> None:
    ada = model_named(url, "Ada")
    orders, snapshots = read(url, orders_of(ada)), read(url, snapshots_of(ada))
    invocations = read(url, invocations_of(ada))
    assert (len(orders), len(snapshots), len(invocations)) == (2, 4, 2)
    for child in (orders[0], snapshots[0], invocations[0]):
        assert read(url, model_of(child)) == [ada]
    (call,) = read(url, tool_calls_of(invocations[0]))
    assert read(url, invocation_of(call)) == [invocations[0]]


def test_an_arena_that_is_not_there_is_named_with_what_to_do(database_url: str) -> None:
    with pytest.raises(ArenaMissing, match="arena 'nowhere'") as caught:
        read(database_url, rows_where(Order), arena="nowhere")
    assert "autonome db upgrade" in caught.value.remedy
