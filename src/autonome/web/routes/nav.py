"""NAV of arms over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.ledger.queries.arm_list import ListedArm, listed_arms
from autonome.ledger.queries.mishaps import missed_instants
from autonome.ledger.queries.nav import NavBucket, nav_buckets
from autonome.ledger.queries.presence import arena_time
from autonome.ledger.reader import Rows
from autonome.web.asked import AskedOf, missing
from autonome.web.parameters import EndOption, ModelIds, StartOption
from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import shaped
from autonome.web.payloads.standing import Gap, NavHistories, NavHistory, NavPoint

__all__ = ["list_nav", "router"]

router = APIRouter(tags=["standing"])
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MOST_POINTS: Final = 5_000


@router.get("/nav", response_model=NavHistories)
async def list_nav(
    asked: AskedOf,
    model: ModelIds = [],  # noqa: B006  # FastAPI copies defaults.
    start: StartOption = None,
    end: EndOption = None,
    points: Annotated[
        int, Query(ge=2, le=_MOST_POINTS, description="Of each arm, at most.")
    ] = 1000,
    net: Annotated[bool, Query(description="Less what inference had cost so far.")] = False,
) -> Response:
    """Return NAV of the arms named, or of all, over a range, or all time."""

    async def make(rows: Rows) -> NavHistories:
        known = {each.id: each for each in await rows.all(listed_arms())}
        for each in model:
            if each not in known:
                raise missing(
                    "an arm", each, code="unknown-model", where="/api/v1/arms", field="model"
                )
        reached = await rows.one(arena_time())
        chosen = [known[each] for each in dict.fromkeys(model)] or list(known.values())
        items = [
            await _history(rows, arm, start, _end(end, reached), points=points, net=net)
            for arm in chosen
        ]
        return NavHistories(items=items, as_of=reached)

    return await asked.answer(make)


def _end(end: datetime | None, reached: datetime | None) -> datetime | None:
    """Return the end of what there is to show."""
    if reached is None:
        return end
    newest = reached + _MINUTE
    return newest if end is None else min(end, newest)


async def _history(
    rows: Rows,
    arm: ListedArm,
    start: datetime | None,
    end: datetime | None,
    *,
    points: int,
    net: bool,
) -> NavHistory:
    since = max(start or arm.created_at, arm.created_at)
    width, found, missed = _MINUTE, list[NavBucket](), list[datetime]()
    if end is not None and since < end:
        width = _width(end - since, points)
        found = await rows.all(nav_buckets(arm.id, start=since, end=end, width=width, net=net))
        missed = await rows.all(missed_instants(arm.id, start=since, end=end))
    return NavHistory(
        arm=shaped(ArmRef, arm),
        net=net,
        resolution=_resolution(width),
        downsampled=width > _MINUTE,
        from_=since if found else None,
        to=end if found else None,
        points=[_point(each, width, end) for each in found],
        gaps=_gaps(found, width),
        missed=missed,
    )


def _width(length: timedelta, points: int) -> timedelta:
    """Return the shortest whole minutes that cut a range into at most so many intervals."""
    # One interval more than fits may begin before the range does.
    minutes = -(-length // ((points - 1) * _MINUTE))
    return max(1, minutes) * _MINUTE


def _resolution(width: timedelta) -> Literal["minute", "hour", "day"]:
    if width < _HOUR:
        return "minute"
    return "hour" if width < _DAY else "day"


def _point(bucket: NavBucket, width: timedelta, end: datetime | None) -> NavPoint:
    last_minute = bucket.start + width - _MINUTE
    at = last_minute if end is None else min(last_minute, end - _MINUTE)
    return NavPoint(at=at, nav=bucket.last)


def _gaps(found: Sequence[NavBucket], width: timedelta) -> list[Gap]:
    return [
        Gap(from_=before.start + width, to=after.start)
        for before, after in pairwise(found)
        if after.start - before.start > width
    ]
