"""Facts about an arena as a whole: how many arms and since when, what is not protected or known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from autonome.domain.choices import ArmKind, IntentState, OrderStatus
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import arms, intents, orders

__all__ = ["ArenaFacts", "arena_facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaFacts:
    """What counts say."""

    arms: int
    began_at: datetime | None
    """When the first arm was entered."""
    halted: int
    without_stop: int
    """Positions of LLM, RULE and EXTERNAL arms that have no stop."""
    unknown_intents: int
    """Orders of which nobody knows what became of them."""


def arena_facts() -> Query[ArenaFacts]:
    """Return the counts of the arena."""
    unprotected = (
        select(func.count())
        .select_from(orders.join(arms, arms.c.model_id == orders.c.model_id))
        .where(
            orders.c.status == OrderStatus.OPEN,
            orders.c.sl_trigger_price.is_(None),
            arms.c.kind != ArmKind.CONTROL,
        )
        .scalar_subquery()
    )
    unknown = (
        select(func.count())
        .select_from(intents)
        .where(intents.c.state == IntentState.UNKNOWN)
        .scalar_subquery()
    )
    statement = select(
        func.count(),
        func.min(arms.c.created_at),
        func.count().filter(arms.c.halted_reason.is_not(None)),
        unprotected,
        unknown,
    ).select_from(arms)
    return Query(statement, to(ArenaFacts))
