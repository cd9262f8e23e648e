"""Which decisions opened and closed orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, select

from autonome.domain.choices import IntentPurpose
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import fills, intents, orders, tool_calls

__all__ = ["Origins", "origins_of"]

_opened = orders.alias("opened")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The invocations behind an order."""

    order_id: str
    opened_by: str | None
    closed_by: str | None


def origins_of(order_ids: Sequence[str]) -> Query[Origins]:
    """Return the decisions behind these orders; where none is on record, none.

    What a partial close gave birth to was opened by the decision of its position: the intent of
    the row that begins at the same instant. Fills are found by their order: at one instant there
    are those of all arms, so that instants are compared as no index could.
    """
    statement = select(orders.c.id, _opening(), _closing()).where(orders.c.id.in_(order_ids))
    return Query(statement, to(Origins))


def _opening() -> ScalarSelect[str]:
    entries = fills.alias("entries")
    return (
        select(tool_calls.c.invocation_id)
        .select_from(
            _opened.join(entries, entries.c.order_id == _opened.c.id)
            .join(intents, intents.c.id == entries.c.intent_id)
            .join(tool_calls, tool_calls.c.id == intents.c.tool_call_id)
        )
        .where(
            _opened.c.model_id == orders.c.model_id,
            _opened.c.symbol == orders.c.symbol,
            _opened.c.opened_at == orders.c.opened_at,
            intents.c.purpose == IntentPurpose.OPEN,
            entries.c.filled_at.is_not_distinct_from(_opened.c.opened_at),
        )
        .order_by(entries.c.part.desc())
        .limit(1)
        .correlate(orders)
        .scalar_subquery()
    )


def _closing() -> ScalarSelect[str]:
    exits = fills.alias("exits")
    return (
        select(tool_calls.c.invocation_id)
        .select_from(
            exits.join(intents, intents.c.id == exits.c.intent_id).join(
                tool_calls, tool_calls.c.id == intents.c.tool_call_id
            )
        )
        .where(
            exits.c.order_id == orders.c.id,
            exits.c.filled_at.is_not_distinct_from(orders.c.closed_at),
        )
        .order_by(exits.c.part)
        .limit(1)
        .correlate(orders)
        .scalar_subquery()
    )
