"""Facts about an arena as a whole: how many arms and since when, what is not protected or known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, outerjoin, select

from autonome.domain.choices import ArmKind, IntentState, OrderStatus
from autonome.ledger.queries.pages import ARM, ArmRef
from autonome.ledger.queries.query import Query, to
from autonome.ledger.rows import Command
from autonome.ledger.tables import arms, commands, intents, models, orders

__all__ = ["ArenaFacts", "CommandOfArm", "arena_facts", "newest_commands"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOfArm:
    """What an operator asked for, and of whom."""

    command: Command
    arm: ArmRef | None
    """``None`` is the whole arena."""


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


def newest_commands(*, limit: int, command_id: str | None = None) -> Query[CommandOfArm]:
    """Return what operators asked for, newest first, or one of it."""
    width = len(commands.c)
    statement = (
        select(*commands.c, *ARM)
        .select_from(
            outerjoin(commands, models, models.c.id == commands.c.model_id).outerjoin(
                arms, arms.c.model_id == models.c.id
            )
        )
        .order_by(commands.c.requested_at.desc(), commands.c.id.desc())
        .limit(limit)
    )
    if command_id is not None:
        statement = statement.where(commands.c.id == command_id)
    command, arm = to(Command), to(ArmRef)

    def read(row: Any) -> CommandOfArm:
        of_arm = row[width:]
        return CommandOfArm(
            command=command(row[:width]), arm=None if of_arm[0] is None else arm(of_arm)
        )

    return Query(statement, read)
