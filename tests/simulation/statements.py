"""Recompute a replay from its fills, payments and marks alone, and compare every figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from autonome.domain.choices import PaymentKind
from autonome.domain.value import changed
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import (
    Cycle,
    Fill,
    Intent,
    Invocation,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)
from autonome.market.market import Market
from unit.audit.journals import audit_journal

__all__ = ["check", "check_funding", "rows_without_chance"]


def check(journal: MemoryJournal, market: Market, *, bars: int | None = None) -> dict[str, int]:
    """Audit every model over the first ``bars`` bars, funding included; return what was compared.

    NAV and marks must be there for every minute, and for no other.
    """
    minutes = [
        market.start + timedelta(minutes=n + 1)
        for n in range(len(market.open_ms) if bars is None else bars)
    ]
    marked: dict[str, list[datetime]] = defaultdict(list)
    for mark in journal.rows(Mark):
        marked[mark.symbol].append(mark.at)
    assert marked == dict.fromkeys(market.symbols, minutes)
    valued: dict[str, list[datetime]] = defaultdict(list)
    for point in journal.rows(PortfolioSnapshot):
        valued[point.model_id].append(point.created_at)
    assert valued == {model.id: minutes for model in journal.rows(Model)}
    audited = audit_journal(journal)
    assert audited.failures == {}
    return {**audited.examined, "funding": check_funding(journal, market, until=minutes[-1])}


def check_funding(journal: MemoryJournal, market: Market, *, until: datetime) -> int:
    """Compare payments with every settlement on what was held before it; return how many."""
    paid = 0
    orders = {order.id: order.symbol for order in journal.rows(Order)}
    for model in journal.rows(Model):
        found = [
            (row.occurred_at, orders[row.order_id or ""], Fraction(row.amount))
            for row in journal.rows(Payment)
            if row.model_id == model.id and row.kind is PaymentKind.FUNDING
        ]
        fills = [fill for fill in journal.rows(Fill) if fill.model_id == model.id]
        assert found == sorted(_funding_due(market, fills, until))
        paid += len(found)
    return paid


def _funding_due(
    market: Market, fills: list[Fill], until: datetime
) -> Iterator[tuple[datetime, str, Fraction]]:
    for symbol, funding in market.funding.items():
        bars = market.candles[symbol]
        closes = dict(zip(bars.close_ms.tolist(), bars.close.tolist(), strict=True))
        for at_ms, rate in zip(funding.at_ms, funding.rate, strict=True):
            at = market.start + timedelta(milliseconds=at_ms - int(market.open_ms[0]))
            size = sum(
                (
                    each.side.sign * Fraction(each.quantity)
                    for each in fills
                    if each.symbol == symbol and each.filled_at < at
                ),
                Fraction(0),
            )
            mark = closes.get(at_ms, 0) * Fraction(bars.tick)
            amount = round(-size * mark * Fraction(rate), 8)
            if amount and at <= until:
                yield at, symbol, amount


_NAMED: tuple[type[Any], ...] = (Cycle, Invocation, ToolCall, Order, Intent, Fill, Payment)
_REFERENCES = ("id", "model_id", "invocation_id", "tool_call_id", "order_id", "intent_id")


def rows_without_chance(journal: MemoryJournal, kind: type[Any]) -> list[Any]:
    """Return the rows of a type, each id the ordinal of its row among its model's.

    NAV points come by model and instant.
    """
    if kind is PortfolioSnapshot:
        points = [replace(row, id="") for row in journal.rows(PortfolioSnapshot)]
        return sorted(points, key=lambda row: (row.model_id, row.created_at))
    rows = list(journal.rows(kind))
    if kind not in _NAMED:
        return rows
    ordinals = _ordinals(journal)
    named = []
    for row in rows:
        references = [name for name in _REFERENCES if hasattr(row, name)]
        changes = {name: ordinals.get(getattr(row, name)) for name in references}
        named.append(changed(row, **changes))
    return named


def _ordinals(journal: MemoryJournal) -> dict[str, str]:
    """Return a name for every id: whose it is, what it is, and which of them."""
    models = {model.id: model.id for model in journal.rows(Model)}
    owners = {each.id: each.model_id for each in journal.rows(Invocation)}
    names: dict[str, str] = dict(models)
    counts: dict[str, int] = defaultdict(int)
    for kind in _NAMED:
        for row in journal.rows(kind):
            owner = getattr(row, "model_id", None) or owners.get(getattr(row, "invocation_id", ""))
            place = f"{kind.__name__} of {owner}"
            counts[place] += 1
            names[row.id] = f"{place} {counts[place]}"
    return names
