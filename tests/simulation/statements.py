"""Recompute a replay from its fills, payments and marks alone, and compare every figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from operator import itemgetter
from typing import Any

from autonome.domain.choices import OrderStatus, PaymentKind, Side
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Mark, Model, Order, Payment, PortfolioSnapshot
from autonome.market.market import Market
from simulation.auditor import Entry, Walk

__all__ = ["check_funding", "check_nav", "check_trades", "entries", "rows_without_chance"]

Timed = tuple[datetime, int, Entry, Fill | Payment]
_PAYMENT, _FILL = 0, 1


def entries(journal: MemoryJournal, model_id: str) -> list[Timed]:
    """Return what moved money of one model, by time; payments before fills at one instant."""
    symbols = _symbols(journal)
    found: list[Timed] = []
    for payment in journal.rows(Payment):
        if payment.model_id == model_id:
            assert payment.order_id is not None
            entry = Entry(symbol=symbols[payment.order_id], payment=Fraction(payment.amount))
            found.append((payment.occurred_at, _PAYMENT, entry, payment))
    for fill in journal.rows(Fill):
        if fill.model_id == model_id:
            entry = Entry(
                symbol=fill.symbol,
                quantity=Fraction(fill.quantity) * (1 if fill.side is Side.BUY else -1),
                price=Fraction(fill.price),
                fee=Fraction(fill.fee),
            )
            found.append((fill.filled_at, _FILL, entry, fill))
    return sorted(found, key=itemgetter(0, 1))


def _symbols(journal: MemoryJournal) -> dict[str, str]:
    return {order.id: order.symbol for order in journal.rows(Order)}


def check_nav(journal: MemoryJournal, market: Market) -> int:
    """Compare each minute's NAV with the flows before it; return how many were compared."""
    marks: dict[datetime, dict[str, Fraction]] = defaultdict(dict)
    for mark in journal.rows(Mark):
        marks[mark.at][mark.symbol] = Fraction(mark.price)
    minutes = [market.start + timedelta(minutes=n + 1) for n in range(len(market.open_ms))]
    assert sorted(marks) == minutes
    points: dict[str, list[PortfolioSnapshot]] = defaultdict(list)
    for point in journal.rows(PortfolioSnapshot):
        points[point.model_id].append(point)
    for model in journal.rows(Model):
        assert [point.created_at for point in points[model.id]] == minutes
        navs = _navs(entries(journal, model.id), marks)
        for point, nav in zip(points[model.id], navs, strict=True):
            assert Fraction(point.net_portfolio) == round(nav, 2), point.created_at
    return sum(len(each) for each in points.values())


def _navs(timed: list[Timed], marks: dict[datetime, dict[str, Fraction]]) -> Iterator[Fraction]:
    """Yield the NAV of each minute: fills before it, payments up to it, at its marks."""
    cash, sizes, taken = Fraction(10_000), dict.fromkeys(marks[min(marks)], Fraction(0)), 0
    for at in sorted(marks):
        while taken < len(timed) and timed[taken][:2] < (at, _FILL):
            entry = timed[taken][2]
            cash += entry.payment - entry.quantity * entry.price - entry.fee
            sizes[entry.symbol] += entry.quantity
            taken += 1
        yield cash + sum(size * marks[at][symbol] for symbol, size in sizes.items() if size)


def check_trades(journal: MemoryJournal) -> int:
    """Compare each CLOSED row with a walk over fills and payments; return how many there are."""
    orders = {order.id: order for order in journal.rows(Order)}
    compared = 0
    for model in journal.rows(Model):
        walks: dict[str, Walk] = defaultdict(Walk)
        for _, _, entry, row in entries(journal, model.id):
            walk = walks[entry.symbol]
            ended = len(walk.ended)
            walk.step(entry)
            assert len(walk.ended) - ended <= 1
            if len(walk.ended) == ended or not isinstance(row, Fill):
                continue
            order = orders[row.order_id]
            assert order.status is OrderStatus.CLOSED
            assert Fraction(order.quantity) == walk.ended[-1].quantity == abs(entry.quantity)
            assert order.realized_pnl is not None
            assert Fraction(order.realized_pnl) == walk.ended[-1].cents
            assert (order.exit_price, order.closed_at) == (row.price, row.filled_at)
            compared += 1
        _check_open(orders, model.id, walks)
    assert compared == sum(order.status is OrderStatus.CLOSED for order in orders.values())
    return compared


def _check_open(orders: dict[str, Order], model_id: str, walks: dict[str, Walk]) -> None:
    """Compare the OPEN rows of one model with what the walks still hold."""
    held = [
        (order.symbol, order.side.sign * Fraction(order.quantity))
        for order in orders.values()
        if order.status is OrderStatus.OPEN and order.model_id == model_id
    ]
    assert sorted(held) == sorted((key, walk.size) for key, walk in walks.items() if walk.size)


def check_funding(journal: MemoryJournal, market: Market) -> int:
    """Compare payments with every settlement on what was held before it; return how many."""
    paid = 0
    for model in journal.rows(Model):
        timed = entries(journal, model.id)
        expected = []
        for symbol in market.symbols:
            bars, funding = market.candles[symbol], market.funding[symbol]
            closes = dict(zip(bars.close_ms.tolist(), bars.close.tolist(), strict=True))
            for at_ms, rate in zip(funding.at_ms, funding.rate, strict=True):
                at = market.start + timedelta(milliseconds=at_ms - int(market.open_ms[0]))
                size = sum(
                    (e.quantity for t, _, e, _ in timed if e.symbol == symbol and t < at),
                    Fraction(0),
                )
                mark = closes.get(at_ms, 0) * Fraction(bars.tick)
                amount = round(-size * mark * Fraction(rate), 8)
                if amount:
                    expected.append((at, symbol, amount))
        found = [
            (at, entry.symbol, entry.payment)
            for at, kind, entry, row in timed
            if kind == _PAYMENT and isinstance(row, Payment) and row.kind is PaymentKind.FUNDING
        ]
        assert found == sorted(expected)
        paid += len(found)
    return paid


def rows_without_chance(journal: MemoryJournal, kind: type[Any]) -> list[Any]:
    """Return the rows of a type; ids that a journal throws, and the order of runs, left out."""
    if kind is PortfolioSnapshot:
        points = [replace(row, id="") for row in journal.rows(PortfolioSnapshot)]
        return sorted(points, key=lambda row: (row.model_id, row.created_at))
    return list(journal.rows(kind))
