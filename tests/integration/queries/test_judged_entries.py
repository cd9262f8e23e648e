"""Entries of an arm are looked for in its newest decisions, however long it has run."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from autonome.domain.choices import ToolCallType
from autonome.ledger.queries.policies import JudgedEntry, judged_entries
from autonome.ledger.queries.query import Query
from autonome.ledger.reader import open_reader
from autonome.ledger.rows import Judgement, ToolCall
from integration.queries.desk import Desk


def read(url: str, query: Query[JudgedEntry]) -> list[JudgedEntry]:
    async def rows() -> list[JudgedEntry]:
        async with open_reader(url, arena="public") as reader:
            return await reader.all(query)

    return asyncio.run(rows())


def test_entries_come_newest_first_from_the_newest_decisions_alone(desk: Desk) -> None:
    """Decisions 1 and 3 asked for an entry, 2 held, and 4 changed a plan."""
    actions = {1: "create_position", 2: "hold", 3: "create_position", 4: "update_exit_plan"}
    for number, action in actions.items():
        asked = desk.invocation(number, None)
        call = ToolCall(
            id=f"call-{number}",
            invocation_id=asked.id,
            tool_call_type=ToolCallType.CREATE_POSITION,
            metadata={"asked": {"action": action}},
            created_at=asked.created_at,
            updated_at=asked.created_at,
        )
        judged = Judgement(tool_call_id=call.id, request={}, standing={"nav": Decimal(number)})
        judgements = (judged,) if number == 3 else ()
        desk.book(invocations=(asked,), tool_calls=(call,), judgements=judgements)

    def entries(limit: int, most_decisions: int) -> list[str]:
        query = judged_entries(desk.model.id, limit=limit, most_decisions=most_decisions)
        return [each.tool_call_id for each in read(desk.url, query)]

    assert entries(50, 4) == ["call-3", "call-1"]
    assert entries(1, 4) == ["call-3"]
    assert entries(50, 2) == ["call-3"]
    assert entries(50, 1) == []
    newest, oldest = read(desk.url, judged_entries(desk.model.id, limit=50))
    assert (newest.standing, oldest.standing) == ({"nav": 3}, None)
