"""An arena as its rows left it: all that a process needs to go on with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, func, select

from autonome.domain.choices import IntentState, OrderStatus
from autonome.domain.position import Position
from autonome.domain.value import value
from autonome.ledger.queries.policies import newest_policies
from autonome.ledger.queries.query import Query, rows_where
from autonome.ledger.queries.rebuilding import moved_by_fills, moved_by_funding, rebuilt
from autonome.ledger.queries.running import (
    IS_RUN,
    ArmFigures,
    InferenceSpent,
    InvocationStage,
    arm_figures,
    inference_spent,
    newest_stages,
    newest_trades,
    pending_commands,
)
from autonome.ledger.rows import (
    Arm,
    ArmPolicy,
    ArmState,
    Command,
    Intent,
    Invocation,
    Model,
    Order,
    ToolCall,
)
from autonome.ledger.tables import (
    ROWS,
    arms,
    cycles,
    intents,
    invocations,
    marks,
    orders,
    tool_calls,
)

__all__ = ["MOST_TRADES", "RestoredArena", "RestoredArm", "WorkingIntent", "restore_arena"]

T = TypeVar("T")


class _Owned(Protocol):
    @property
    def model_id(self) -> str: ...


_OfArm = TypeVar("_OfArm", bound=_Owned)

MOST_TRADES: Final = 1_000
"""How many of an arm's last trades come back."""
_RUNNING: Final = "RUNNING"
_FAILED: Final = "FAILED"
_IS_OPEN: Final = orders.c.status == OrderStatus.OPEN
_IS_WORKING: Final = intents.c.state.in_(
    [IntentState.NEW, IntentState.SENT, IntentState.ACKNOWLEDGED, IntentState.UNKNOWN]
)


@value
class WorkingIntent:
    """An intent whose end is not on record."""

    intent: Intent
    tool_call: ToolCall | None
    """What asked for it; ``None`` where an exit rule did."""


@value
class RestoredArm:
    """One arm as its rows left it."""

    model: Model
    arm: Arm
    state: ArmState | None
    """What it remembers beyond its rows; ``None`` when nothing was ever booked."""
    figures: ArmFigures
    positions: tuple[tuple[Order, Position], ...]
    """OPEN rows by symbol, with their exact figures."""
    working: tuple[WorkingIntent, ...]
    """By client order index."""
    in_flight: tuple[Invocation, ...]
    """Invocations that were RUNNING, oldest first."""
    failures_in_a_row: int
    """How many of the newest invocations FAILED since one that did not."""
    spent: InferenceSpent | None
    """What inference took on the present UTC day; ``None`` is nothing."""
    own: ArmPolicy | None = None
    """The newest limits of its own, if operators gave it any."""
    trades: tuple[Order, ...]
    """The last CLOSED rows, oldest first; their P&L is in cents."""


@value
class RestoredArena:
    """A whole arena as its rows left it."""

    arms: tuple[RestoredArm, ...]
    """Those that run, by name."""
    marked_at: datetime | None
    """The last minute whose marks, and so whose NAV, are on record."""
    ticked_at: datetime | None
    """The last instant that has a cycle."""
    commands: tuple[Command, ...]
    """What operators asked for and nobody has carried out yet, oldest first."""


def restore_arena(
    connection: Connection, *, at: datetime, most_trades: int = MOST_TRADES
) -> RestoredArena:
    """Read everything, in the one transaction of ``connection`` (see ``snapshot``).

    ``at`` is the present: its UTC day is the one whose opening NAV and spending are returned.

    Raises:
        InvariantBroken: what moved a position does not add up to its row.
    """
    day_began = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _Rows(connection, day_began=day_began, most_trades=most_trades)
    run = [rows.restored(arm) for arm in rows.read(rows_where(Arm, IS_RUN))]
    return RestoredArena(
        arms=tuple(sorted(run, key=lambda each: (each.model.name, each.model.variant))),
        marked_at=connection.scalar(select(func.max(marks.c.at))),
        ticked_at=connection.scalar(select(func.max(cycles.c.scheduled_at))),
        commands=tuple(rows.read(pending_commands())),
    )


class _Rows:
    """The rows of all arms that run, a statement for each kind, by the arm that they belong to."""

    def __init__(self, connection: Connection, *, day_began: datetime, most_trades: int) -> None:
        self._connection = connection
        self._models = {each.id: each for each in self.read(rows_where(Model))}
        self._states = {each.model_id: each for each in self.read(rows_where(ArmState))}
        self._own = {each.model_id: each for each in self.read(newest_policies())}
        figures = self.read(arm_figures(day_began=day_began))
        self._figures = {each.model_id: each for each in figures}
        spent = self.read(inference_spent(since=day_began))
        self._spent = {each.model_id: each for each in spent}
        self._stages = _by_arm(self.read(newest_stages()))
        self._trades = _by_arm(self.read(newest_trades(limit=most_trades)))
        self._opened = _by_arm(self.read(_of_run(Order, _IS_OPEN, by=orders.c.symbol)))
        opened = [order for rows in self._opened.values() for order in rows]
        moved = [*self.read(moved_by_fills()), *self.read(moved_by_funding())]
        self._positions = rebuilt(opened, moved)
        working = _of_run(Intent, _IS_WORKING, by=intents.c.client_order_index)
        self._working = _by_arm(self.read(working))
        asking = select(intents.c.tool_call_id).where(_IS_WORKING)
        calls = self.read(rows_where(ToolCall, tool_calls.c.id.in_(asking)))
        self._calls = {each.id: each for each in calls}
        running = [
            each.id for rows in self._stages.values() for each in rows if each.stage == _RUNNING
        ]
        in_flight = _of_run(Invocation, invocations.c.id.in_(running), by=invocations.c.created_at)
        self._in_flight = _by_arm(self.read(in_flight))

    def read(self, query: Query[T]) -> list[T]:
        return [query.read(row) for row in self._connection.execute(query.statement)]

    def restored(self, arm: Arm) -> RestoredArm:
        model_id = arm.model_id
        return RestoredArm(
            model=self._models[model_id],
            arm=arm,
            state=self._states.get(model_id),
            figures=self._figures[model_id],
            positions=tuple(
                (order, self._positions[order.id]) for order in self._opened.get(model_id, ())
            ),
            working=tuple(
                WorkingIntent(
                    intent=each,
                    tool_call=None if each.tool_call_id is None else self._calls[each.tool_call_id],
                )
                for each in self._working.get(model_id, ())
            ),
            in_flight=tuple(self._in_flight.get(model_id, ())),
            failures_in_a_row=_failures(self._stages.get(model_id, ())),
            spent=self._spent.get(model_id),
            own=self._own.get(model_id),
            trades=tuple(self._trades.get(model_id, ())),
        )


def _of_run(kind: type[T], condition: ColumnElement[bool], *, by: ColumnElement[Any]) -> Query[T]:
    """Return the query for rows of arms that run, in the order of a column."""
    run = select(arms.c.model_id).where(IS_RUN)
    return rows_where(kind, condition, ROWS[kind].c.model_id.in_(run), order_by=(by,))


def _by_arm(rows: Iterable[_OfArm]) -> dict[str, list[_OfArm]]:
    grouped: dict[str, list[_OfArm]] = {}
    for row in rows:
        grouped.setdefault(row.model_id, []).append(row)
    return grouped


def _failures(stages: Sequence[InvocationStage]) -> int:
    """Return how many failed since one that did not; one that is under way is neither."""
    ended = [each.stage for each in stages if each.stage != _RUNNING]
    return next((n for n, stage in enumerate(ended) if stage != _FAILED), len(ended))
