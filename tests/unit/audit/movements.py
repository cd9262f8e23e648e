"""Rows for the auditor's own tests, written in decimal text."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from autonome.audit.report import Tally
from autonome.audit.rows import Fill, Order, Payment
from autonome.audit.statement import Statement

__all__ = ["minute", "movement", "order", "paid", "statement", "units"]

_START = datetime.fromisoformat("2025-05-05")


def minute(number: int) -> datetime:
    """Return an instant as a column without zone gives it."""
    return _START + timedelta(minutes=number)


def units(amount: str | Decimal) -> int:
    """Return an amount in 1e-8."""
    return int(Decimal(amount).scaleb(8))


def movement(
    quantity: str,
    price: str,
    fee: str = "0",
    *,
    at: int = 1,
    number: str = "1",
    part: int = 0,
    order_id: str = "o",
    symbol: str = "BTC",
) -> Fill:
    """Return a fill (``quantity`` signed) that has its number for an id."""
    return Fill(
        id=f"{number}/{part}",
        order_id=order_id,
        symbol=symbol,
        number=number,
        part=part,
        quantity=units(quantity),
        price=units(price),
        fee=units(fee),
        liquidity="TAKER",
        at=minute(at),
        purpose=None,
        tool_call_id=None,
    )


def paid(amount: str, *, kind: str = "FUNDING", at: int = 1, order_id: str | None = "o") -> Payment:
    """Return a payment that has its kind for an id."""
    return Payment(id=kind, order_id=order_id, kind=kind, amount=units(amount), at=minute(at))


def order(
    order_id: str = "o", *, side: str = "LONG", opened: int = 1, symbol: str = "BTC"
) -> Order:
    """Return an OPEN row."""
    return Order(
        id=order_id,
        symbol=symbol,
        side=side,
        quantity=0,
        entry_price=0,
        status="OPEN",
        exit_price=None,
        realized_cents=None,
        close_trigger=None,
        opened_at=minute(opened),
        closed_at=None,
    )


def statement(
    orders: list[Order], fills: list[Fill], payments: list[Payment], tally: Tally
) -> Statement:
    """Return a statement that begins with 10,000."""
    return Statement.begin(
        model_id="m",
        capital=units("10000"),
        orders={each.id: each for each in orders},
        fills=fills,
        payments=payments,
        tally=tally,
    )
