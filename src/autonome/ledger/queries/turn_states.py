"""Turns that came to nothing, found by the index that has them alone."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, literal_column

__all__ = ["RARE_STATES", "ended_as"]

RARE_STATES: Final = ("MISSED", "FAILED")
"""What the index ``"Invocations_mishaps_idx"`` has."""


def ended_as(state: str) -> ColumnElement[bool]:
    """Return the condition that an invocation ended in one of ``RARE_STATES``.

    It is said in full, without parameters: only so does PostgreSQL know that the index has all of
    them. Without it each row's whole payload, prompts and all, would be read for one word.
    """
    assert state in RARE_STATES, state
    return literal_column(f"""("Invocations"."responsePayload" ->> 'state') = '{state}'""")
