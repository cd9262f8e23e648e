"""Compare what tool calls say was filled with the fills themselves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import groupby, zip_longest
from typing import Final, NamedTuple

from autonome.audit.arithmetic import UNIT
from autonome.audit.report import Finding, Tally
from autonome.audit.rows import Connection, Fill, aware

__all__ = ["check_tool_calls"]

_TOLD: Final = """
    SELECT t."id", t."updatedAt", t."metadata"
    FROM "ToolCalls" t JOIN "Invocations" i ON i."id" = t."invocationId"
    WHERE i."modelId" = %s AND t."metadata" LIKE '%%"filled"%%' ORDER BY t."updatedAt", t."id"
"""


class _Execution(NamedTuple):
    """What traded at once, as a tool call is told: all parts together."""

    quantity: Decimal
    price: Decimal
    fee: Decimal

    def __str__(self) -> str:
        return f"{self.quantity:f} at {self.price:f}, fee {self.fee:f}"


def check_tool_calls(
    connection: Connection, model_id: str, fills: Iterable[Fill], tally: Tally
) -> None:
    """Compare the list ``filled`` in the metadata of each tool call of one model."""
    by_call: dict[str, list[Fill]] = defaultdict(list)
    for fill in fills:
        if fill.tool_call_id is not None:
            by_call[fill.tool_call_id].append(fill)
    for call_id, at, metadata in connection.execute(_TOLD, (model_id,)):
        told = _told(metadata)
        if told is not None:
            _compare(model_id, call_id, at, told, by_call.get(call_id, []), tally)


def _told(metadata: str) -> list[_Execution] | None:
    """Return what a tool call was told, ``None`` for metadata that another client wrote."""
    try:
        filled = json.loads(metadata, parse_float=Decimal)["filled"]
        return [
            _Execution(*(Decimal(each[name]) for name in _Execution._fields)) for each in filled
        ]
    except (ValueError, TypeError, KeyError, ArithmeticError):
        return None


def _compare(
    model_id: str,
    call_id: str,
    at: datetime,
    told: list[_Execution],
    fills: list[Fill],
    tally: Tally,
) -> None:
    ordered = sorted(fills, key=lambda fill: fill.turn)
    traded = [list(parts) for _, parts in groupby(ordered, key=lambda fill: fill.number)]
    for expected, parts in zip_longest(told, traded):
        found = None if parts is None else _execution(parts)
        tally.count("tool-call")
        if expected != found:
            finding = Finding(
                table="ToolCalls" if parts is None else "Fills",
                row_id=call_id if parts is None else parts[0].id,
                model_id=model_id,
                at=aware(at),
                expected=f"{expected or 'nothing'} (as tool call {call_id} says)",
                found=f"{found or 'nothing'}",
            )
            tally.fail("tool-call", finding)


def _execution(parts: list[Fill]) -> _Execution:
    quantity = sum(abs(part.quantity) for part in parts)
    fee = sum(part.fee for part in parts)
    figures = (quantity, parts[0].price, fee)
    return _Execution(*(Decimal(figure) / UNIT for figure in figures))
