"""Failures: what was missed, failed, denied, unusable, rejected or halted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.ledger.queries.mishaps import Mishap, MishapKind, mishap_counts, mishaps
from autonome.ledger.queries.pages import Filters, OfArm, Page
from autonome.ledger.reader import Rows
from autonome.ledger.types import json_loads
from autonome.web.asked import ListOf, items_of
from autonome.web.exports import EXPORTED
from autonome.web.parameters import Filtered, Paged
from autonome.web.payloads.decisions import Failure, Failures
from autonome.web.payloads.figures import plain
from autonome.web.routes.refs import row_of

__all__ = ["list_failures", "read_counts", "router"]

router = APIRouter(tags=["failures"])
KindOption = Annotated[
    list[MishapKind], Query(alias="failure", description="Kind of failure; repeatable.")
]


@router.get("/failures", response_model=Failures, responses=EXPORTED)
async def list_failures(
    asked: ListOf,
    filters: Filtered,
    page: Paged,
    failure: KindOption = [],  # noqa: B006  # FastAPI copies defaults.
) -> Response:
    """List what went wrong or was refused, newest first, and count each kind."""
    kinds = tuple(dict.fromkeys(failure))

    async def make(rows: Rows, page: Page) -> Failures:
        found = await rows.all(mishaps(page, filters, kinds))
        listed = await items_of(
            rows, found, _shown, page=page, place=lambda each: (each.row.at, each.row.id)
        )
        return Failures.model_construct(
            items=listed.items,
            next_cursor=listed.next_cursor,
            as_of=listed.as_of,
            counts=await read_counts(rows, filters, kinds),
        )

    return await asked.listed(Failure, make, page)


async def read_counts(
    rows: Rows, filters: Filters, kinds: tuple[MishapKind, ...] = ()
) -> dict[str, int]:
    """Return how often each of some kinds, or of all, came."""
    counted = {each.kind: each.count for each in await rows.all(mishap_counts(filters, kinds))}
    return {kind.value: counted.get(kind, 0) for kind in kinds or MishapKind}


def _shown(found: OfArm[Mishap]) -> Failure:
    mishap = found.row
    words, rule = mishap.words, None
    if mishap.kind in (MishapKind.DENIED, MishapKind.UNUSABLE):
        words, rule = _of_call(mishap.words)
    return row_of(Failure, found, words=words, rule=rule)


def _of_call(metadata: str) -> tuple[str, str | None]:
    """Return why a call was refused, and by which rule."""
    try:
        stored: Any = json_loads(metadata)
    except ValueError:
        return metadata, None
    denied = stored.get("denied") if isinstance(stored, Mapping) else None
    if isinstance(denied, Mapping):
        return str(plain(denied.get("reason", ""))), str(denied.get("rule", "")) or None
    unusable = stored.get("unusable") if isinstance(stored, Mapping) else stored
    return str(plain(unusable)), None
