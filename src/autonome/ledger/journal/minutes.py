"""NAV and marks of a minute: what must be sent together, and the statement that writes it once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from autonome.domain.errors import InvariantBroken
from autonome.ledger.journal.events import events_of_minutes
from autonome.ledger.journal.points import nav_texts, price_texts, timestamp_texts
from autonome.ledger.journal.port import BookingStatus, MarkPoints, NavPoints
from autonome.ledger.journal.statement import Statement, array_text, numbered
from autonome.ledger.journal.telling import NOTICE, events_text, told
from autonome.ledger.rollups import merging_rollups
from autonome.ledger.rows.ids import new_ids

__all__ = ["check_minutes", "minutes_statement"]

# A mark's key tells whether its minute was written; NAV points have ids of their own only. The
# marks that this very statement adds decide, so that of two at once only one adds NAV points.
_WRITTEN: Final = f"""
WITH run AS (
    SELECT * FROM unnest(%s::text[], %s::integer[]) AS run ("modelId", epoch)
), stale AS (
    SELECT FROM run WHERE NOT EXISTS (
        SELECT FROM "Arms" WHERE "Arms"."modelId" = run."modelId" AND "Arms".epoch = run.epoch)
), mark AS (
    SELECT * FROM unnest(%s::text[], %s::timestamp[], %s::numeric[]) AS mark (symbol, at, price)
), known AS (
    SELECT at FROM mark JOIN "Marks" USING (symbol, at)
), marked AS (
    INSERT INTO "Marks" (symbol, at, price)
    SELECT symbol, at, price FROM mark
    WHERE NOT EXISTS (SELECT FROM stale) AND NOT EXISTS (SELECT FROM known WHERE at = mark.at)
    ORDER BY at, symbol
    ON CONFLICT DO NOTHING RETURNING at
), point AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::timestamp[], %s::numeric[])
        AS point (id, "modelId", at, nav)
    WHERE at IN (SELECT at FROM marked)
), valued AS (
    INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt", "updatedAt")
    SELECT id, "modelId", nav, at, at FROM point
), {merging_rollups('SELECT "modelId", at, nav FROM point')}"""
_ANSWER: Final = f"""
SELECT CASE WHEN EXISTS (SELECT FROM stale) THEN '{BookingStatus.STALE_EPOCH.value}'
            WHEN EXISTS (SELECT FROM marked) THEN '{BookingStatus.BOOKED.value}'
            ELSE '{BookingStatus.ALREADY_BOOKED.value}' END
"""
_SQL: Final = numbered(_WRITTEN + _ANSWER)
_TOLD: Final = told("event.at IN (SELECT at FROM marked)")
_TELLING_SQL: Final = numbered(f"{_WRITTEN}, {_TOLD} {_ANSWER}, {NOTICE}")


def check_minutes(points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> None:
    """Refuse what cannot be told from something written before.

    Raises:
        InvariantBroken: a model or symbol comes twice at one instant, or a NAV point has no mark.
    """
    marked = Counter((each.symbol, at) for each in marks for at in each.at_ms.tolist())
    valued = Counter((each.model_id, at) for each in points for at in each.at_ms.tolist())
    for (whose, at), times in (marked + valued).items():
        if times > 1:
            raise InvariantBroken(f"expected one point of {whose} at {at} ms, found {times}")
    missing = {at for _, at in valued} - {at for _, at in marked}
    if missing:
        raise InvariantBroken(f"expected a mark at {min(missing)} ms, where NAV was taken")


def minutes_statement(
    points: Sequence[NavPoints], marks: Sequence[MarkPoints], *, tells: bool = False
) -> Statement:
    """Return the statement of ``Journal.minute``; its first value is that of a ``BookingStatus``.

    ``tells`` writes with it the events of the minutes that are new.
    """
    runs = {each.model_id: each.epoch for each in points if each.epoch is not None}
    prices = [
        (each.symbol, at, price)
        for each in marks
        for at, price in zip(timestamp_texts(each.at_ms), price_texts(each), strict=True)
    ]
    values = [
        (each.model_id, at, net)
        for each in points
        for at, net in zip(timestamp_texts(each.at_ms), nav_texts(each), strict=True)
    ]
    texts = [array_text(list(runs)), array_text([str(epoch) for epoch in runs.values()])]
    texts += _columns(prices)
    texts += [array_text(new_ids(len(values))), *_columns(values)]
    if tells:
        texts.append(events_text(events_of_minutes(points, marks)))
    return Statement(sql=_TELLING_SQL if tells else _SQL, texts=[*texts])


def _columns(rows: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return the three columns of rows as arrays."""
    columns = list(zip(*rows, strict=True)) or [()] * 3
    return [array_text(column) for column in columns]
