"""What the database holds, as rows for the command line."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TypeVar

from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.ledger.arenas import check_arena
from autonome.ledger.queries.decisions import Decision, newest_decisions
from autonome.ledger.queries.models import ListedModel, listed_models
from autonome.ledger.queries.nav import ModelNavBucket, newest_nav
from autonome.ledger.queries.positions import OpenPosition, open_positions
from autonome.ledger.queries.query import Query
from autonome.ledger.queries.standings import ModelStanding, model_standings
from autonome.ledger.queries.trades import Trade, completed_trades
from autonome.ledger.reader import open_reader

__all__ = [
    "read_decisions",
    "read_leaderboard",
    "read_models",
    "read_nav",
    "read_positions",
    "read_trades",
]

T = TypeVar("T")


def read_leaderboard(settings: Settings, arena: str | None) -> list[ModelStanding]:
    """Return every model of an arena, the highest NAV first."""
    return _read(settings, arena, model_standings())


def read_positions(settings: Settings, arena: str | None) -> list[OpenPosition]:
    """Return the open positions of an arena."""
    return _read(settings, arena, open_positions())


def read_trades(
    settings: Settings, arena: str | None, *, limit: int, model: str | None = None
) -> list[Trade]:
    """Return the newest completed trades of an arena, of models of one name or of all."""
    return _read(settings, arena, completed_trades(limit=limit, model=model))


def read_models(settings: Settings, arena: str | None) -> list[ListedModel]:
    """Return every model of an arena, and how each is run."""
    return _read(settings, arena, listed_models())


def read_decisions(
    settings: Settings, arena: str | None, *, limit: int, model: str | None
) -> list[Decision]:
    """Return the tool calls of the newest invocations, of models of one name or of all."""
    return _read(settings, arena, newest_decisions(limit=limit, model=model))


def read_nav(
    settings: Settings,
    arena: str | None,
    *,
    width: timedelta,
    limit: int,
    model: str | None,
    net: bool = False,
) -> list[ModelNavBucket]:
    """Return the newest NAV per interval, gross or net of inference, of one name or of all."""
    return _read(settings, arena, newest_nav(width=width, limit=limit, model=model, net=net))


def _read(settings: Settings, arena: str | None, query: Query[T]) -> list[T]:
    async def rows(url: str) -> list[T]:
        async with open_reader(url, arena=check_arena(arena or settings.arena)) as reader:
            return await reader.all(query)

    with open_database(settings) as url:
        return asyncio.run(rows(url))
