"""The arena as a whole: which there are, how this one runs, whether it is well."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import pairwise
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from autonome.domain.errors import LedgerError
from autonome.ledger.queries.arena_facts import arena_facts
from autonome.ledger.queries.cycle_pages import (
    ListedCycle,
    cycle_count,
    cycle_page,
    newest_instants,
)
from autonome.ledger.queries.facts import fact
from autonome.ledger.queries.market_marks import last_marks
from autonome.ledger.queries.pages import Page
from autonome.ledger.queries.presence import ArenaPresence, arena_presence, arena_time
from autonome.ledger.reader import Rows
from autonome.ledger.rows import FactName
from autonome.web.asked import AskedOf, body_of
from autonome.web.health import Heartbeat, checks_of, down
from autonome.web.payloads.arena import Arena, Health, LastCycle, Run
from autonome.web.payloads.figures import Items

__all__ = [
    "get_health",
    "get_run",
    "list_arenas",
    "router",
]

router = APIRouter(tags=["arena"])
_QUOTE: Final = "USDC"
"""What accounts of an arena are kept in that does not say: that of the tables' own venue."""
_CYCLES: Final = 50
"""So many of the newest tell how far they are apart."""
_MINUTE: Final = timedelta(minutes=1)


@router.get("/arenas", response_model=Items[Arena])
async def list_arenas(asked: AskedOf) -> Response:
    """List the arenas of the database by name."""
    state = asked.request.app.state
    items = [
        Arena(
            name=each.name,
            mode="REPLAY" if each.is_replay else "PAPER",
            running=each.is_run,
            is_default=each.name == state.settings.arena,
        )
        for each in await state.readers.arenas()
    ]
    return await asked.answer_now(Items[Arena](items=items))


@router.get("/run", response_model=Run)
async def get_run(asked: AskedOf) -> Response:
    """Return how the arena runs."""
    async with (await asked.reader()).at_once() as rows:
        presence = await rows.one(arena_presence())
        assert presence is not None
        made = await _run(rows, asked.arena, presence)
    return await asked.answer_now(body_of(made))


async def _run(rows: Rows, name: str, presence: ArenaPresence) -> Run:
    facts = await rows.one(arena_facts())
    counted = await rows.one(cycle_count())
    assert facts is not None
    assert counted is not None
    last = await rows.one(cycle_page(Page(limit=1)))
    noted = await rows.one(fact(FactName.RUN))
    said = {} if noted is None else noted.said
    cadence = _whole(said.get("cadenceMinutes"))
    if cadence is None:
        cadence = _cadence(await rows.all(newest_instants(limit=_CYCLES)))
    upcoming = None
    if last is not None and cadence is not None and presence.is_run:
        upcoming = last.scheduled_at + cadence * _MINUTE
    return Run(
        arena=name,
        mode="REPLAY" if presence.is_replay else "PAPER",
        running=presence.is_run,
        market=_text(said.get("market")) or _feed(last),
        cadence_minutes=cadence,
        speed=_whole(said.get("speed")),
        arena_time=await rows.one(arena_time()),
        last_cycle=None
        if last is None
        else LastCycle(number=counted.number, scheduled_at=last.scheduled_at),
        next_cycle_at=upcoming,
        started_at=facts.began_at,
        symbols=[each.symbol for each in await rows.all(last_marks())],
        profile=_text(said.get("profile")),
        arms=facts.arms,
        quote=_text(said.get("quote")) or _QUOTE,
        version=version("autonome"),
        schema_revision=presence.revision,
    )


def _text(stored: object) -> str | None:
    return stored if isinstance(stored, str) else None


def _whole(stored: object) -> int | None:
    return stored if isinstance(stored, int) else None


def _feed(cycle: ListedCycle | None) -> str | None:
    return None if cycle is None or not cycle.recipe else _text(cycle.recipe.get("feed"))


def _cadence(instants: list[datetime]) -> int | None:
    """Return the minutes that all distances between cycles are multiples of.

    A replay keeps only those in which somebody was asked.
    """
    gaps = [(later - earlier) // _MINUTE for later, earlier in pairwise(instants)]
    return math.gcd(*gaps) or None if gaps else None


@router.get("/health", response_model=Health)
async def get_health(asked: AskedOf) -> Response:
    """Say whether everything is as it should be."""
    heartbeat: Heartbeat = asked.request.app.state.heartbeat
    try:
        async with (await asked.reader()).at_once() as rows:
            presence = await rows.one(arena_presence())
            facts = await rows.one(arena_facts())
            marks = await rows.all(last_marks())
            valued_at = await rows.one(arena_time())
            audited = await rows.one(fact(FactName.AUDIT))
    except LedgerError as error:
        if not error.retryable:
            raise
        return await asked.answer_now(down(datetime.now(UTC)))
    assert presence is not None
    assert facts is not None
    still_s = heartbeat.still_s(asked.arena, valued_at, now_s=time.monotonic())
    made = checks_of(presence, facts, marks, valued_at, still_s, audited, now=datetime.now(UTC))
    return await asked.answer_now(made)
