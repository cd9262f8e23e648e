"""The report of an arm. Read part by part, its figures would be of different minutes."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from autonome.analytics.performance import read_performance
from autonome.domain.value import changed
from autonome.ledger.queries.pages import Filters, Page
from autonome.ledger.queries.presence import arena_time
from autonome.ledger.reader import Rows
from autonome.web.asked import AskedOf
from autonome.web.boards import Boards
from autonome.web.cursors import position_of
from autonome.web.parameters import MOST_ROWS, RowId, Span
from autonome.web.payloads.report import ArmReport
from autonome.web.payloads.trading import Trade
from autonome.web.routes.arms import read_arm
from autonome.web.routes.failures import read_counts
from autonome.web.routes.nav import read_histories
from autonome.web.routes.policies import read_policy
from autonome.web.routes.positions import read_positions
from autonome.web.routes.standings import read_bridge, shown_performance
from autonome.web.routes.trading import read_trades

__all__ = ["MOST_REPORTS", "get_report", "router"]

router = APIRouter(tags=["standing"])
MOST_REPORTS: Final = 2
"""Made at once; each reads much, and others wait for their turn."""
_POINTS: Final = 800
_MOST_TRADES: Final = 5_000
_ALL_TIME: Final = Span()


@router.get("/arms/{id}/report", response_model=ArmReport)
async def get_report(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return everything that a report of one arm says, from one state of the arena."""
    reader = await asked.reader()
    boards: Boards = asked.request.app.state.boards
    board = await boards.of(reader)
    # They may be measured anew first, which takes seconds: no state is held open for it.
    net, gross = await board.measured(net=True), await board.measured(net=False)
    filters = Filters(models=(id,))

    async def make(rows: Rows) -> ArmReport:
        arm = await read_arm(rows, id)
        measured = await read_performance(rows, id, net=net, gross=gross)
        histories = await read_histories(rows, [id], _ALL_TIME, points=_POINTS)
        return ArmReport.model_construct(
            as_of=await rows.one(arena_time()),
            arm=arm,
            policy=await read_policy(rows, id),
            performance=None if measured is None else shown_performance(arm, measured),
            bridge=await read_bridge(rows, arm),
            nav=next(iter(histories.items), None),
            positions=(await read_positions(rows, Page(limit=MOST_ROWS), filters)).items,
            trades=await _newest_trades(rows, filters),
            failures=await read_counts(rows, filters),
        )

    version = f" {board.version(net=True)} {board.version(net=False)}"
    reporting: asyncio.Semaphore = asked.request.app.state.reporting
    async with reporting:
        return await asked.answer(make, version=version, is_heavy=True)


async def _newest_trades(rows: Rows, filters: Filters) -> list[Trade]:
    """Return them page by page: between two of them other requests have their turn."""
    page, found = Page(limit=MOST_ROWS), list[Trade]()
    while len(found) < _MOST_TRADES:
        listed = await read_trades(rows, page, filters)
        found += listed.items
        if listed.next_cursor is None:
            break
        page = changed(page, after=position_of(listed.next_cursor))
    return found
