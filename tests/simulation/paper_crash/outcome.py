"""What an arena came to, read from its tables: what must hold, and what two runs must share."""

from __future__ import annotations

from typing import Any, Final

from pydantic import SecretStr

from autonome.bootstrap.auditing import audit_arena
from autonome.config import Settings
from autonome.ledger.connection import connect

__all__ = ["Figures", "figures", "require_same", "require_whole", "rows"]

Figures = dict[str, list[tuple[Any, ...]]]

_FIGURES: Final = {
    "fills": """
SELECT m.name, f.symbol, f."filledAt", f.side, f.quantity, f.price, f.fee
FROM "Fills" f JOIN "Models" m ON m.id = f."modelId"
WHERE m.name = ANY(%s) ORDER BY m.name, f."filledAt", f."venueFillId", f.part""",
    "orders": """
SELECT m.name, o.symbol, o.status, o.side, o.quantity, o."entryPrice", o."exitPrice",
    o."realizedPnl", o."closedAt", o."closeTrigger", o."slTriggerPrice", o."tpTriggerPrice"
FROM "Orders" o JOIN "Models" m ON m.id = o."modelId"
WHERE m.name = ANY(%s) ORDER BY m.name, o.symbol, o."openedAt", o.status, o."closedAt\"""",
    "intents": """
SELECT m.name, i."clientOrderIndex", i.purpose, i.side, i.quantity, i.state, i.reason,
    i."createdAt", i."updatedAt"
FROM "Intents" i JOIN "Models" m ON m.id = i."modelId"
WHERE m.name = ANY(%s) ORDER BY m.name, i."clientOrderIndex\"""",
    "payments": """
SELECT m.name, p.kind, p.amount, p."occurredAt"
FROM "Payments" p JOIN "Models" m ON m.id = p."modelId"
WHERE m.name = ANY(%s) ORDER BY m.name, p."occurredAt", p.amount""",
    "nav": """
SELECT m.name, n."createdAt", n."netPortfolio"
FROM "PortfolioSize" n JOIN "Models" m ON m.id = n."modelId"
WHERE m.name = ANY(%s) ORDER BY m.name, n."createdAt\"""",
    "actions": """
SELECT m.name, i."createdAt", t."toolCallType", t.metadata::jsonb->'asked',
    t.metadata::jsonb->'denied'
FROM "ToolCalls" t JOIN "Invocations" i ON i.id = t."invocationId"
JOIN "Models" m ON m.id = i."modelId"
WHERE m.name = ANY(%s) AND t."toolCallType" <> 'HOLDING'
ORDER BY m.name, i."createdAt", t.metadata::jsonb->>'asked'""",
    "counters": """
SELECT name, "invocationCount", "totalMinutes", "failedWorkflowCount", "failedToolCallCount"
FROM "Models" WHERE name = ANY(%s) ORDER BY name""",
}
"""What two runs share whose arms do the same: a statement for each, with the names of arms."""

_CODED: Final = """
SELECT m.name FROM "Models" m JOIN "Arms" a ON a."modelId" = m.id
WHERE a.kind <> 'LLM'
"""

_LOST: Final = "the process ended before it traded"
_SHOWN: Final = 3
"""Differing rows that a failure shows."""
_HALVES: Final = """
SELECT 'an invocation is still RUNNING', count(*) FROM "Invocations"
WHERE "responsePayload"->>'state' = 'RUNNING'
UNION ALL
SELECT 'an intent that has not ended is not at work', count(*) FROM "Intents" i
WHERE state IN ('NEW', 'SENT', 'ACKNOWLEDGED', 'UNKNOWN') AND NOT EXISTS (
    SELECT FROM "ArmStates" s, jsonb_array_elements(s.state->'orders') work
    WHERE s."modelId" = i."modelId" AND work->>'intent' = i.id)
UNION ALL
SELECT 'an arm has a minute twice, or lacks one', count(*) FROM (
    SELECT FROM "Models" m CROSS JOIN (SELECT DISTINCT at FROM "Marks") minute
    LEFT JOIN "PortfolioSize" n ON n."modelId" = m.id AND n."createdAt" = minute.at
    GROUP BY m.id, minute.at HAVING count(n.id) <> 1) odd
UNION ALL
SELECT 'a minute has no mark', count(*) FROM (
    SELECT at - lag(at) OVER (PARTITION BY symbol ORDER BY at) AS step FROM "Marks") marks
WHERE step <> interval '1 minute'
UNION ALL
SELECT 'a tick is not finished', count(*) FROM "Cycles" WHERE "finishedAt" IS NULL
UNION ALL
SELECT 'a decision was taken twice', count(*) FROM (
    SELECT FROM "Invocations" GROUP BY "modelId", "createdAt" HAVING count(*) > 1) twice
"""
"""Each line counts what a crash may leave behind, and must not."""


def rows(url: str, name: str, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a statement finds in an arena."""
    with connect(url, arena=name) as connection:
        return connection.execute(statement.encode(), values or None).fetchall()


def figures(url: str, name: str) -> Figures:
    """Return everything that the coded arms of an arena share with other runs of them."""
    arms = [arm for (arm,) in rows(url, name, _CODED)]
    found = {what: rows(url, name, statement, arms) for what, statement in _FIGURES.items()}
    return found | {"intents": _but_repeated(found["intents"])}


def _but_repeated(intents: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return intents as if no exit had lost its process before it traded.

    Such an exit is cancelled, and the very next order of its arm is the same one again.
    """
    kept, lost = [], 0
    for row, following in zip(intents, [*intents[1:], None], strict=True):
        arm, index, purpose, side, quantity, _, reason, created_at, _ = row
        if reason == _LOST:
            assert purpose in ("STOP", "TARGET"), f"lost, and no trigger asks for it again: {row}"
            assert following is not None, f"lost, and not ordered again: {row}"
            again = (following[0], *following[2:5], following[7])
            assert again == (arm, purpose, side, quantity, created_at), f"{following} after {row}"
            lost += 1
            continue
        kept.append((arm, index - lost, *row[2:]))
        if following is None or following[0] != arm:
            lost = 0
    return kept


def require_same(found: Figures, expected: Figures, *, after: object = "") -> None:
    """Require the same rows of every kind; ``after`` says what happened before."""
    for what, wanted in expected.items():
        odd = [row for row in found[what] if row not in wanted][:_SHOWN]
        lacking = [row for row in wanted if row not in found[what]][:_SHOWN]
        assert (odd, lacking) == ([], []), f"{what} after {after}: {odd} instead of {lacking}"
        assert found[what] == wanted, f"{what} after {after}: other numbers of the same rows"


def require_whole(url: str, name: str) -> None:
    """Require that an arena adds up, and that nothing in it is half done."""
    halves = [row for row in rows(url, name, _HALVES) if row[1]]
    assert halves == []
    settings = Settings(database_url=SecretStr(url))
    report = audit_arena(settings, name, progress=lambda *_: None)
    assert report.is_clean, [check for check in report.checks if check.failed]
