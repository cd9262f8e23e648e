"""What models say while they speak, written together: few statements, however many speak."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from autonome.agents.llm.telling import Piece
from autonome.ledger.rows import EventKind, Invocation, NewEvent

__all__ = ["Pieces"]

_EVERY_S: Final = 0.2
_PER_INVOCATION_S: Final = 0.02
"""Fifty events a second at most: a hundred models that speak at once are heard every two."""


class Pieces:
    """The newest words of each invocation, until they are written."""

    def __init__(self, tell: Callable[[Sequence[NewEvent]], None]) -> None:
        """Write by ``tell``, called on the loop on which the models are asked."""
        self._tell = tell
        self._waiting: dict[str, list[NewEvent]] = {}
        self._wait_s = _EVERY_S
        self._is_due = False

    def add(self, invocation: Invocation, piece: Piece, *, at: datetime) -> None:
        """Tell soon what a model has said; pieces that follow each other become one."""
        told = self._waiting.setdefault(invocation.id, [])
        payload: dict[str, object] = {
            "invocationId": invocation.id,
            "step": piece.step,
            "start": piece.start,
            "piece": piece.text,
        }
        if told:
            last = told[-1].payload
            before = str(last["piece"])
            if (last["step"], int(str(last["start"])) + len(before)) == (piece.step, piece.start):
                payload |= {"start": last["start"], "piece": before + piece.text}
                told.pop()
        told.append(
            NewEvent(at=at, kind=EventKind.TEXT, model_id=invocation.model_id, payload=payload)
        )
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(self._wait_s, self.flush)

    def flush(self) -> None:
        """Tell what waits."""
        waiting, self._waiting, self._is_due = self._waiting, {}, False
        self._wait_s = max(_EVERY_S, _PER_INVOCATION_S * len(waiting))
        if waiting:
            self._tell([event for events in waiting.values() for event in events])
