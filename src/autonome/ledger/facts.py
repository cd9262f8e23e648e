"""Write down what is known of an arena as a whole: its newest facts."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from autonome.ledger.codec import instant_text, json_text
from autonome.ledger.rows import Fact

__all__ = ["note_fact"]

_NOTE: Final = """
    INSERT INTO "Facts" ("name", "at", "said") VALUES (%s, %s::timestamp, %s::jsonb)
    ON CONFLICT ("name") DO UPDATE SET "at" = EXCLUDED."at", "said" = EXCLUDED."said"
"""


def note_fact(connection: psycopg.Connection[Any], fact: Fact) -> None:
    """Keep a fact instead of the last one of its name."""
    connection.execute(_NOTE, (fact.name.value, instant_text(fact.at), json_text(fact.said)))
