"""Whoever watches a running arena: told when it starts and stops, and rid of what is old."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from autonome.agents.llm.telling import Piece
from autonome.arena.paper.thinking_arm import Question
from autonome.bootstrap.paper.pieces import Pieces
from autonome.domain.errors import LedgerError
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import EventKind, NewEvent

__all__ = ["KEPT_S", "Watchers"]

KEPT_S: Final = 3_600
"""How long events are kept, by the database's clock."""
_FORGET_EVERY_S: Final = 10.0
_MOST_FORGOTTEN: Final = 10_000
"""At once: a thousand a second is more than an arena tells."""


class Watchers:
    """Tells what no row of an arena says, over its journal."""

    def __init__(
        self,
        journal: PostgresJournal,
        *,
        now: Callable[[], datetime],
        seconds: Callable[[], float],
    ) -> None:
        """Date events by ``now``, the arena's time; ``seconds`` never goes back."""
        self._journal = journal
        self._now = now
        self._seconds = seconds
        self._forgot_at = seconds() - _FORGET_EVERY_S
        self._pieces = Pieces(self._say)

    def started(self) -> None:
        """Tell that a process has begun to run the arena."""
        self._tell("STARTED", None)

    def stopped(self, reason: str) -> None:
        """Tell that it runs it no more."""
        self._pieces.flush()
        self._tell("STOPPED", reason)

    def heard(self, question: Question, piece: Piece) -> None:
        """Tell soon what a model has said; called on the loop on which the arena runs."""
        self._pieces.add(question.invocation, piece, at=self._now())

    def forget(self) -> None:
        """Delete events that are old, now and then."""
        now = self._seconds()
        if now - self._forgot_at >= _FORGET_EVERY_S:
            self._forgot_at = now
            self._journal.forget_events(older_than_s=KEPT_S, most=_MOST_FORGOTTEN)

    def _say(self, pieces: Sequence[NewEvent]) -> None:
        # A database that is away stops the arena at its next row: no need to say it here too.
        with contextlib.suppress(LedgerError):
            self._journal.tell(pieces)

    def _tell(self, change: str, reason: str | None) -> None:
        payload = {"change": change, "reason": reason}
        self._journal.tell([NewEvent(at=self._now(), kind=EventKind.ARENA, payload=payload)])
