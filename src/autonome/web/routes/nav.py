"""NAV of arms over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.analytics import nav_history as histories
from autonome.domain.instants import utc
from autonome.ledger.queries.arm_list import arm_refs
from autonome.ledger.queries.presence import arena_time
from autonome.ledger.queries.transfers import Transfer, transfers
from autonome.ledger.reader import Rows
from autonome.web.asked import AskedOf, missing
from autonome.web.parameters import ModelIds, Span, SpanOption
from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.standing import Gap, NavHistories, NavHistory, NavPoint, NavTransfer
from autonome.web.routes.refs import ref

__all__ = ["list_nav", "read_histories", "router"]

router = APIRouter(tags=["standing"])
_MOST_POINTS: Final = 5_000
_US_PER_MS: Final = 1_000
_INSTANT: Final = timedelta(microseconds=1)
PointsOption = Annotated[
    int,
    Query(
        ge=histories.FEWEST_POINTS,
        le=_MOST_POINTS,
        description="Of each arm, at most; first, newest, lowest and highest are among them.",
    ),
]


@router.get("/nav", response_model=NavHistories)
async def list_nav(
    asked: AskedOf,
    span: SpanOption,
    model: ModelIds = [],  # noqa: B006  # FastAPI copies defaults.
    points: PointsOption = 1000,
    net: Annotated[bool, Query(description="Less what inference had cost so far.")] = False,
) -> Response:
    """Return NAV of the arms named, or of all, over a range, or all time.

    Arms without a point in the range are left out.
    """

    async def make(rows: Rows) -> NavHistories:
        return await read_histories(rows, model, span, points=points, net=net)

    return await asked.answer(make, is_heavy=True)


async def read_histories(
    rows: Rows, models: list[str], span: Span, *, points: int, net: bool = False
) -> NavHistories:
    """Return NAV of some arms, or of all, over a range.

    Raises:
        ApiError: one of them is not known.
    """
    known = {each.id: ref(each) for each in await rows.all(arm_refs())}
    _all_known(models, known)
    found = await histories.nav_history(
        rows,
        models or list(known),
        start=span.start,
        end=None if span.end is None else span.end - _INSTANT,
        points=points,
        net=net,
    )
    moved = await rows.all(transfers())
    return NavHistories.model_construct(
        items=[
            _shown(
                each,
                known[each.model_id],
                [move for move in moved if move.model_id == each.model_id],
            )
            for each in found
        ],
        as_of=await rows.one(arena_time()),
    )


def _all_known(asked_for: list[str], known: Collection[str]) -> None:
    for each in asked_for:
        if each not in known:
            raise missing("an arm", each, code="unknown-model", where="/api/v1/arms", field="model")


def _shown(history: histories.NavHistory, arm: ArmRef, moved: Sequence[Transfer]) -> NavHistory:
    first, last = history.instant(0), history.instant(-1)
    return NavHistory.model_construct(
        arm=arm,
        net=history.net,
        resolution=history.resolution.value,
        downsampled=history.downsampled,
        from_=first,
        to=last,
        points=[NavPoint(at=at, nav=nav) for at, nav in history.texts()],
        gaps=[Gap(from_=each.start, to=each.end) for each in history.gaps],
        missed=list(history.missed),
        transfers=[
            NavTransfer(at=utc(each.at_us // _US_PER_MS), amount=each.amount, before=each.before)
            for each in moved
        ],
    )
