"""Questions for models, as the processes of an arena pass them on, and the bars they are about.

A question is answered once, or given up: whoever comes later changes nothing. Under an old epoch
none is put, and none is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg

from autonome.ledger.codec import words
from autonome.ledger.jobs import Pool

__all__ = ["Ended", "QuestionBook"]

_PUT: Final = """
INSERT INTO "Questions" (id, "modelId", epoch, question)
SELECT %(id)s, "modelId", epoch, %(question)s::json FROM "Arms"
WHERE "modelId" = %(model_id)s AND epoch = %(epoch)s
"""
_TAKE: Final = """
UPDATE "Questions" q SET worker = %(worker)s, "takenAt" = now() FROM "Arms" a
WHERE q.id = %(id)s AND q.state = 'ASKED' AND a."modelId" = q."modelId" AND a.epoch = q.epoch
RETURNING q.question::text
"""
_ANSWER: Final = """
UPDATE "Questions" q SET state = 'ANSWERED', answer = %(answer)s::json, "endedAt" = now()
FROM "Arms" a
WHERE q.id = %(id)s AND q.state = 'ASKED' AND q.worker = %(worker)s
    AND a."modelId" = q."modelId" AND a.epoch = q.epoch
"""
_GIVE_UP: Final = """
UPDATE "Questions" SET state = 'GIVEN_UP', reason = %(reason)s, question = NULL, answer = NULL,
    "endedAt" = now()
WHERE id = ANY(%(ids)s) AND state = 'ASKED' RETURNING id
"""
_GIVE_UP_OLD: Final = """
UPDATE "Questions" q SET state = 'GIVEN_UP', reason = %(reason)s, question = NULL, answer = NULL,
    "endedAt" = now()
FROM "Arms" a
WHERE q.state <> 'GIVEN_UP' AND a."modelId" = q."modelId" AND q.epoch < a.epoch RETURNING q.id
"""
_ENDED: Final = """
SELECT id, answer::text, reason, "takenAt" IS NOT NULL FROM "Questions"
WHERE id = ANY(%(ids)s) AND state <> 'ASKED'
"""
_FORGET: Final = """DELETE FROM "Questions" WHERE id = ANY(%(ids)s) AND state = 'ANSWERED'"""
_FORGET_OLD: Final = """
DELETE FROM "Questions"
WHERE coalesce("endedAt", "askedAt") < now() - make_interval(hours => %(hours)s)
"""
_BEGIN_MARKET: Final = """
INSERT INTO "SharedBars" (market, part, bars)
SELECT coalesce(max(market), 0) + 1, 0, %(bars)s FROM "SharedBars" RETURNING market
"""
_ADD_PART: Final = """
INSERT INTO "SharedBars" (market, part, bars) VALUES (%(market)s, %(part)s, %(bars)s)
"""
_FORGET_MARKETS: Final = 'DELETE FROM "SharedBars" WHERE market < %(market)s'
_PARTS: Final = """
SELECT bars FROM "SharedBars" WHERE market = %(market)s AND part >= %(first)s ORDER BY part
"""


class Ended(NamedTuple):
    """What has become of a question."""

    id: str
    answer: str | None
    """``None``: it was given up."""
    reason: str | None
    """Why it was given up."""
    was_taken: bool
    """Whether a worker had begun to ask it."""


class QuestionBook:
    """The questions of one arena, in its tables."""

    def __init__(self, pool: Pool) -> None:
        """Use the connections of ``pool``, which see the arena."""
        self._pool = pool

    async def put(
        self,
        connection: psycopg.AsyncConnection[Any],
        question_id: str,
        text: str,
        *,
        model_id: str,
        epoch: int,
    ) -> bool:
        """Write a question down in the transaction of ``connection``; not under an old epoch."""
        given = {"id": question_id, "question": text, "model_id": model_id, "epoch": epoch}
        return (await connection.execute(_PUT, given)).rowcount == 1

    async def take(self, question_id: str, *, worker: str) -> str | None:
        """Return the text of a question, which is ``worker``'s now; ``None`` if it has ended."""
        rows = await self._rows(_TAKE, id=question_id, worker=worker)
        return str(rows[0][0]) if rows else None

    async def answer(self, question_id: str, text: str, *, worker: str) -> bool:
        """Answer a question, if it is still open and ``worker``'s; say whether it was."""
        async with self._pool.connection() as connection:
            given = {"id": question_id, "answer": text, "worker": worker}
            return (await connection.execute(_ANSWER, given)).rowcount == 1

    async def give_up(self, question_ids: Sequence[str], reason: str) -> list[str]:
        """Give up those that are open, and return them; what they held is in the invocations."""
        rows = await self._rows(_GIVE_UP, ids=list(question_ids), reason=words(reason))
        return [str(row[0]) for row in rows]

    async def give_up_old(self, reason: str) -> list[str]:
        """Give up what was asked under epochs that are over, and return it."""
        rows = await self._rows(_GIVE_UP_OLD, reason=words(reason))
        return [str(row[0]) for row in rows]

    async def ended(self, question_ids: Sequence[str]) -> list[Ended]:
        """Return what has become of those that have ended."""
        return [Ended(*row) for row in await self._rows(_ENDED, ids=list(question_ids))]

    async def forget(self, question_ids: Sequence[str]) -> None:
        """Delete questions whose answers were heard: the invocations keep all of it."""
        await self._execute(_FORGET, ids=list(question_ids))

    async def forget_old(self, *, hours: int) -> None:
        """Delete questions that ended so long ago, or that nobody asked for since."""
        await self._execute(_FORGET_OLD, hours=hours)

    async def begin_market(self, bars: bytes) -> int:
        """Share a market from its beginning on, and return its number; older ones go."""
        ((number,),) = await self._rows(_BEGIN_MARKET, bars=bars)
        await self._execute(_FORGET_MARKETS, market=number)
        return int(number)

    async def extend_market(self, number: int, part: int, bars: bytes) -> None:
        """Share the bars that came after those of the part before."""
        await self._execute(_ADD_PART, market=number, part=part, bars=bars)

    async def market_parts(self, number: int, *, first: int) -> list[bytes]:
        """Return the parts of a market from ``first`` on."""
        rows = await self._rows(_PARTS, market=number, first=first)
        return [bytes(row[0]) for row in rows]

    async def _rows(self, sql: str, **given: object) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(sql.encode(), given)).fetchall()

    async def _execute(self, sql: str, **given: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(sql.encode(), given)
