"""The auditor on a journal in memory: its rows as the auditor reads them from the database."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from autonome.audit.nav import check_minutes, check_nav
from autonome.audit.orders import check_orders
from autonome.audit.report import Finding, Tally
from autonome.audit.rows import Fill, Order, Payment
from autonome.audit.statement import Statement
from autonome.ledger import rows
from autonome.ledger.journal.memory import MemoryJournal

__all__ = ["Audited", "audit_journal"]


class Audited:
    """What an audit of a journal found."""

    def __init__(self, tally: Tally, statements: dict[str, Statement]) -> None:
        self.statements = statements
        """By model id, finished."""
        checks = {check.id: check for check in tally.checks()}
        self.examined = {check: each.examined for check, each in checks.items()}
        self.failures: dict[str, Finding | None] = {
            check: each.first for check, each in checks.items() if each.failed
        }


def audit_journal(journal: MemoryJournal) -> Audited:
    """Recompute every model of a journal, as an audit of a replay does."""
    tally = Tally()
    marks: dict[str, dict[datetime, int]] = defaultdict(dict)
    for mark in journal.rows(rows.Mark):
        marks[mark.symbol][_naive(mark.at)] = _units(mark.price)
    minutes = sorted(set().union(*marks.values()))
    points = defaultdict(list)
    for point in journal.rows(rows.PortfolioSnapshot):
        cents = int(point.net_portfolio.scaleb(2))
        points[point.model_id].append((point.id, _naive(point.created_at), cents))
    statements = {}
    for arm in journal.rows(rows.Arm):
        statement = _statement(journal, arm, tally)
        statements[arm.model_id] = statement
        valued = sorted(points[arm.model_id], key=lambda point: point[1])
        instants = check_nav(statement, [valued], marks, reached=lambda _: None)
        check_minutes(statement, instants, minutes)
        statement.finish()
        check_orders(statement)
    return Audited(tally, statements)


def _statement(journal: MemoryJournal, arm: rows.Arm, tally: Tally) -> Statement:
    intents = {intent.id: intent for intent in journal.rows(rows.Intent)}
    mine = [row for row in journal.rows(rows.Fill) if row.model_id == arm.model_id]
    return Statement.begin(
        model_id=arm.model_id,
        capital=_units(arm.starting_capital),
        orders={
            row.id: _order(row) for row in journal.rows(rows.Order) if row.model_id == arm.model_id
        },
        fills=[_fill(row, intents[row.intent_id or ""]) for row in mine],
        payments=[
            Payment(
                row.id, row.order_id, row.kind.value, _units(row.amount), _naive(row.occurred_at)
            )
            for row in journal.rows(rows.Payment)
            if row.model_id == arm.model_id
        ],
        tally=tally,
    )


def _order(row: rows.Order) -> Order:
    return Order(
        id=row.id,
        symbol=row.symbol,
        side=row.side.value,
        quantity=_units(row.quantity),
        entry_price=_units(row.entry_price),
        status=row.status.value,
        exit_price=None if row.exit_price is None else _units(row.exit_price),
        realized_cents=None if row.realized_pnl is None else int(row.realized_pnl.scaleb(2)),
        close_trigger=row.close_trigger,
        opened_at=_naive(row.opened_at),
        closed_at=None if row.closed_at is None else _naive(row.closed_at),
    )


def _fill(row: rows.Fill, intent: rows.Intent) -> Fill:
    return Fill(
        id=row.id,
        order_id=row.order_id,
        symbol=row.symbol,
        number=row.venue_fill_id,
        part=row.part,
        quantity=row.side.sign * _units(row.quantity),
        price=_units(row.price),
        fee=_units(row.fee),
        liquidity=row.liquidity.value,
        at=_naive(row.filled_at),
        purpose=intent.purpose.value,
        tool_call_id=intent.tool_call_id,
    )


def _payment(row: rows.Payment) -> Payment:
    return Payment(
        id=row.id,
        order_id=row.order_id,
        kind=row.kind.value,
        amount=_units(row.amount),
        at=_naive(row.occurred_at),
    )


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def _units(amount: Decimal) -> int:
    return int(amount.scaleb(8))
