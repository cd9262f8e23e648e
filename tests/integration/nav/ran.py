"""What the arena of these tests is worth at each minute, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg

from autonome.domain.value import changed
from autonome.ledger.rows import Model
from autonome.testing.bookings import opening

__all__ = ["DAYS", "START", "START_MS", "Ran", "cents_of", "held", "minute"]

DAYS = 10
START = datetime(2025, 5, 5, tzinfo=UTC)
START_MS = 1_746_403_200_000


def cents_of(number: int) -> int:
    """Return the NAV (cents) of a minute: a saw of 7 steps on a saw of 60, rising by the day."""
    return 1_000_000 + number % 7 - 10 * (number % 60) + 100 * (number // 1440)


def minute(number: int) -> datetime:
    """Return the instant (no zone, as stored) of a minute."""
    return START.replace(tzinfo=None) + timedelta(minutes=number)


def held(model: Model) -> dict[str, Any]:
    """Return the parts of a booking after which NAV is the mark: 1 BTC for all of 10,000."""
    (order,) = opening(model, epoch=1).orders
    (intent,) = opening(model, epoch=1).intents
    (fill,) = opening(model, epoch=1).fills
    bought = {"quantity": Decimal(1), "order_id": order.id}
    at = START - timedelta(minutes=1)
    return {
        "orders": (changed(order, quantity=Decimal(1), entry_price=Decimal(10_000), opened_at=at),),
        "intents": (changed(intent, tool_call_id=None, **bought),),
        "fills": (
            changed(
                fill,
                **bought,
                intent_id=intent.id,
                price=Decimal(10_000),
                fee=Decimal(0),
                filled_at=at,
            ),
        ),
    }


@dataclass(frozen=True)
class Ran:
    """The arena."""

    url: str
    connection: psycopg.Connection[Any]
    model_id: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()
