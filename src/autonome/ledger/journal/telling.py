"""Telling: the part of a statement that writes events, and the notice that there are new ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autonome.ledger.codec import instant_text, json_text
from autonome.ledger.rows import NewEvent

__all__ = ["CHANNEL", "NOTICE", "TELL", "events_text", "told"]

CHANNEL: Final = "autonome_events"
"""Where PostgreSQL says that there are new events: the arena, a colon, the newest id."""

NOTICE: Final = (
    f"(SELECT pg_notify('{CHANNEL}', current_schema() || ':' || max(id)) FROM told"
    " HAVING max(id) IS NOT NULL)"
)
"""A column of the statement's answer; the notice comes out with the commit."""


def told(condition: str) -> str:
    """Return the CTE that writes the events of one parameter where ``condition`` holds.

    However many there are, and whatever they tell, the text of the statement is the same.
    """
    return (
        'told AS (INSERT INTO "Events" (at, kind, "modelId", payload)'
        ' SELECT event.at, kind, "modelId", payload FROM ROWS FROM (jsonb_to_recordset(%s::jsonb)'
        ' AS (at timestamp, kind text, "modelId" text, payload jsonb))'
        ' WITH ORDINALITY AS event (at, kind, "modelId", payload, place)'
        f" WHERE {condition} ORDER BY place RETURNING id)"
    )


TELL: Final = f"WITH {told('true')} SELECT {NOTICE}"
"""Events by themselves."""


def events_text(events: Sequence[NewEvent]) -> str:
    """Return the parameter of ``told``."""
    return json_text(
        [
            {
                "at": instant_text(each.at),
                "kind": each.kind.value,
                "modelId": each.model_id,
                "payload": each.payload,
            }
            for each in events
        ]
    )
