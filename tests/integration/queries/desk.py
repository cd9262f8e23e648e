"""One model that books by hand, and what its arena is restored to."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from autonome.domain.choices import (
    Liquidity,
    OrderSide,
    OrderStatus,
    PaymentKind,
    Side,
)
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.restoring import RestoredArena, RestoredArm, restore_arena
from autonome.ledger.rows import (
    Fill,
    Invocation,
    NewOrder,
    Order,
    Payment,
)
from autonome.testing.bookings import NOW, competitor

__all__ = ["Desk", "closed_part"]

NUMBERS = count(1)


class Desk:
    """One model and a journal, with short words for what is booked."""

    def __init__(self, url: str, journal: PostgresJournal) -> None:
        self.url = url
        self.journal = journal
        self.model, self.arm = competitor()
        journal.enter(self.model, self.arm)
        self.epoch = journal.begin_run(self.model.id, at=NOW)

    def book(self, **parts: object) -> None:
        self.journal.book(Booking(model_id=self.model.id, epoch=self.epoch, **parts))  # type: ignore[arg-type]

    def restored(self, *, at: datetime = NOW, most_trades: int = 1_000) -> RestoredArena:
        with snapshot(self.url, "public") as connection:
            return restore_arena(connection, at=at, most_trades=most_trades)

    def only(self, *, at: datetime = NOW, most_trades: int = 1_000) -> RestoredArm:
        (arm,) = self.restored(at=at, most_trades=most_trades).arms
        return arm

    def fill(
        self,
        order: Order,
        side: Side,
        quantity: str,
        price: str,
        fee: str,
        *,
        at: datetime,
        number: str | None = None,
        part: int = 0,
    ) -> Fill:
        return Fill(
            order_id=order.id,
            model_id=self.model.id,
            symbol=order.symbol,
            venue_fill_id=number or str(next(NUMBERS)),
            part=part,
            side=side,
            quantity=Decimal(quantity),
            price=Decimal(price),
            fee=Decimal(fee),
            liquidity=Liquidity.TAKER,
            filled_at=at,
            recorded_at=at,
        )

    def payment(
        self, kind: PaymentKind, amount: str, *, at: datetime, order: Order | None = None
    ) -> Payment:
        return Payment(
            model_id=self.model.id,
            order_id=None if order is None else order.id,
            kind=kind,
            amount=Decimal(amount),
            occurred_at=at,
            recorded_at=at,
        )

    def opened(self, quantity: str, *, side: OrderSide = OrderSide.LONG, at: datetime) -> Order:
        return NewOrder(
            model_id=self.model.id,
            symbol="BTC",
            side=side,
            quantity=Decimal(quantity),
            entry_price=Decimal(51_000),
        ).opened(at)

    def invocation(self, number: int, state: str | None, **payload: object) -> Invocation:
        at = NOW + timedelta(minutes=number)
        return Invocation(
            id=f"invocation-{number:02}",
            model_id=self.model.id,
            response="",
            response_payload=None if state is None else {"state": state, **payload},
            created_at=at,
            updated_at=at,
        )


def closed_part(order: Order, quantity: str, *, at: datetime) -> Order:
    """Return the CLOSED row that a partial close gives birth to."""
    return changed(
        order,
        id=f"{order.id}-part",
        quantity=Decimal(quantity),
        status=OrderStatus.CLOSED,
        exit_price=Decimal(54_000),
        realized_pnl=Decimal("353.08"),
        closed_at=at,
    )
