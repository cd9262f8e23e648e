"""What a scripted model answers: replies as values, and their bytes."""

from __future__ import annotations

from autonome.testing.models.nasty import nasty_model, trading_model
from autonome.testing.models.replies import (
    Answers,
    Call,
    Drops,
    Raw,
    Reply,
    Stalls,
    Status,
    Streams,
    empty,
    huge,
    malformed,
    unprintable,
)

__all__ = [
    "Answers",
    "Call",
    "Drops",
    "Raw",
    "Reply",
    "Stalls",
    "Status",
    "Streams",
    "empty",
    "huge",
    "malformed",
    "nasty_model",
    "trading_model",
    "unprintable",
]
