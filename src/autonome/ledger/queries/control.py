"""The log of control and what became of commands, as they are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from autonome.domain.choices import OrderStatus
from autonome.ledger.queries.pages import ARM, ArmRef, Filters, Page, matching, paged
from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import Command, ControlEntry, Order
from autonome.ledger.tables import arms, commands, control_log, models, orders

__all__ = ["LoggedEntry", "command_of", "control_page", "known_models", "open_order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEntry:
    """An entry of the log, whom it is about, and what came of it."""

    entry: ControlEntry
    done_at: datetime | None
    """When its command was carried out; ``None`` while it was not, or where there is none."""
    outcome: str | None
    arm: ArmRef | None
    """``None`` is the whole arena, or several of its arms."""


def control_page(
    page: Page, filters: Filters, *, who: str | None = None, what: str | None = None
) -> Query[LoggedEntry]:
    """Return one page of the log, newest first, and one row more."""
    conditions: list[ColumnElement[bool]] = matching(filters, at=control_log.c.at)
    if who is not None:
        conditions.append(control_log.c.who == who)
    if what is not None:
        conditions.append(control_log.c.what == what)
    statement = (
        select(*control_log.c, commands.c.done_at, commands.c.outcome, *ARM)
        .select_from(
            control_log.outerjoin(commands, commands.c.id == control_log.c.command_id)
            .outerjoin(models, models.c.id == control_log.c.model_id)
            .outerjoin(arms, arms.c.model_id == models.c.id)
        )
        .where(*conditions)
    )
    entry, arm, width = to(ControlEntry), to(ArmRef), len(control_log.c)

    def read(row: Any) -> LoggedEntry:
        done_at, outcome, *of_arm = row[width:]
        return LoggedEntry(
            entry=entry(row[:width]),
            done_at=done_at,
            outcome=outcome,
            arm=None if of_arm[0] is None else arm(of_arm),
        )

    return Query(paged(statement, page, at=control_log.c.at, row_id=control_log.c.id), read)


def command_of(command_id: str) -> Query[Command]:
    """Return the command of an id."""
    return rows_where(Command, commands.c.id == command_id)


def open_order(order_id: str) -> Query[Order]:
    """Return the position of an id, if it is open."""
    return rows_where(Order, orders.c.id == order_id, orders.c.status == OrderStatus.OPEN)


def known_models(ids: tuple[str, ...]) -> Query[object]:
    """Return those of some ids that are an arm's."""
    statement = select(arms.c.model_id).where(arms.c.model_id.in_(ids))
    return Query(statement, lambda row: row[0])
