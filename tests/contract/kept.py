"""A journal under test, with how to read it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autonome.ledger.journal.port import Journal
from autonome.ledger.rows import Model
from autonome.testing.bookings import NOW, competitor

__all__ = ["Kept", "entered"]


@dataclass(frozen=True)
class Kept:
    """A journal, and what it keeps once everything is written."""

    journal: Journal
    read: Callable[[type], list[Any]]


def entered(journal: Journal, *, variant: str = "Apex") -> tuple[Model, int]:
    """Let a model compete, and return it with the epoch of its first run."""
    model, arm = competitor(variant=variant)
    journal.enter(model, arm)
    return model, journal.begin_run(model.id, at=NOW)
