"""The log of control: what operators ask for and do, written by whatever writes that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg

from autonome.domain.choices import OrderStatus
from autonome.domain.policy import was_drawdown
from autonome.ledger.arm_changes import Change, change_of_arm
from autonome.ledger.codec import encoder
from autonome.ledger.journal.statement import insert_sql
from autonome.ledger.rows import Command, CommandKind, ControlEntry
from autonome.ledger.tables import control_log

__all__ = ["entry_of", "log_control"]

_ARMS: Final = """
    SELECT "modelId", "haltedReason", enabled FROM "Arms"
    WHERE %s::text[] IS NULL OR "modelId" = ANY(%s::text[]) ORDER BY "modelId"
"""
_POSITIONS: Final = f"""
    SELECT id, "modelId", symbol, side::text, quantity::text, "exitPlan" FROM "Orders"
    WHERE status = '{OrderStatus.OPEN.value}'
      AND (%s::text[] IS NULL OR "modelId" = ANY(%s::text[])) AND (%s::text IS NULL OR id = %s)
    ORDER BY "modelId", symbol
"""


_OF_ARMS: Final = (
    CommandKind.EDIT_POLICY,
    CommandKind.ADD_ARM,
    CommandKind.EDIT_ARM,
    CommandKind.RESET,
)


def log_control(connection: psycopg.Connection[Any], entry: ControlEntry) -> None:
    """Add an entry, in the transaction of ``connection``."""
    sql = insert_sql(control_log, 1, replaces=False, gate="")
    connection.execute(sql.encode(), encoder(control_log)(entry))


def entry_of(connection: psycopg.Connection[Any], command: Command) -> ControlEntry:
    """Return the entry of a command: how things stand, and how they will once it is done."""
    change = _change(connection, command)
    return ControlEntry(
        at=command.requested_at,
        who=command.requested_by,
        what=command.kind.value.lower(),
        # An arm that is added gets the command's own id.
        model_id=command.id if command.kind is CommandKind.ADD_ARM else command.model_id,
        command_id=command.id,
        before=change.before,
        after=change.after,
        reason=command.reason,
    )


def _change(connection: psycopg.Connection[Any], command: Command) -> Change:
    if command.kind in _OF_ARMS:
        return change_of_arm(connection, command)
    whom = None if command.whom is None else sorted(command.whom)
    if command.kind in (CommandKind.CLOSE, CommandKind.EDIT_PLAN):
        return _of_position(connection, command, whom)
    arms = connection.execute(_ARMS, [whom, whom]).fetchall()
    if command.kind in (CommandKind.ENABLE, CommandKind.DISABLE):
        is_enabled = command.kind is CommandKind.ENABLE
        return Change(
            {"enabled": {arm: enabled for arm, _, enabled in arms}},
            {"enabled": {arm: is_enabled for arm, _, _ in arms}},
        )
    before, after = (
        {"haltedReason": {arm: halted for arm, halted, _ in arms}},
        {"haltedReason": {arm: _reason(command, halted) for arm, halted, _ in arms}},
    )
    if command.kind is not CommandKind.FLATTEN:
        return Change(before, after)
    held = [_position(row) for row in _held(connection, whom)]
    return Change({**before, "positions": held}, {**after, "positions": []})


def _reason(command: Command, halted: str | None) -> str | None:
    """Return why an arm will be halted that is halted for ``halted``."""
    if command.kind is CommandKind.RESUME:
        return None
    keeps = command.kind is CommandKind.FLATTEN and was_drawdown(halted)
    return halted if keeps else command.reason


def _of_position(
    connection: psycopg.Connection[Any], command: Command, whom: Sequence[str] | None
) -> Change:
    payload = command.payload or {}
    found = _held(connection, whom, order_id=str(payload.get("orderId")))
    held = [_position(row) for row in found]
    if command.kind is CommandKind.CLOSE:
        return Change({"positions": held}, {"positions": []})
    plan = found[0][5] if found else None
    update = payload.get("update")
    asked = update if isinstance(update, Mapping) else {}
    return Change({"exitPlan": plan}, {"exitPlan": {**(plan or {}), **asked}})


def _held(
    connection: psycopg.Connection[Any], whom: Sequence[str] | None, *, order_id: str | None = None
) -> list[Any]:
    return connection.execute(_POSITIONS, [whom, whom, order_id, order_id]).fetchall()


def _position(row: Any) -> dict[str, object]:
    order_id, model_id, symbol, side, quantity, _ = row
    return {
        "id": order_id,
        "modelId": model_id,
        "symbol": symbol,
        "side": side,
        "quantity": quantity,
    }
