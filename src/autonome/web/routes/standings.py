"""How arms stand: the leaderboard, the measures of one arm, how its NAV adds up."""

from __future__ import annotations

from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query
from starlette.responses import Response

from autonome.analytics import leaderboard, performance
from autonome.analytics.bootstrap import CONFIDENCE, MEAN_BLOCK_HOURS, SEED
from autonome.analytics.bridge import nav_bridge
from autonome.analytics.comparison import Difference, TooLittle
from autonome.analytics.measures import Ratio
from autonome.ledger.queries.arm_list import arm_refs
from autonome.ledger.queries.competing import competing_variant
from autonome.ledger.queries.facts import fact
from autonome.ledger.queries.hours import Competitor
from autonome.ledger.reader import Reads, Rows
from autonome.ledger.rows import FactName
from autonome.web.asked import AskedOf, missing
from autonome.web.boards import Boards
from autonome.web.errors import ApiError
from autonome.web.parameters import RowId
from autonome.web.payloads import standing as shown
from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Payload, shaped
from autonome.web.routes.refs import ref

__all__ = [
    "get_bridge",
    "get_leaderboard",
    "get_performance",
    "read_bridge",
    "router",
    "shown_performance",
]

T = TypeVar("T")
P = TypeVar("P", bound=Payload)
router = APIRouter(tags=["standing"])
_ARMS: Final = "/api/v1/arms"


@router.get("/leaderboard", response_model=shown.Leaderboard)
async def get_leaderboard(
    asked: AskedOf,
    net: Annotated[bool, Query(description="Less what inference cost.")] = True,
) -> Response:
    """Rank every arm by its return, and say what of it chance may have done.

    Intervals and p values are measured anew in the background when an hour has ended; `asOf` says
    up to when they count.
    """
    boards: Boards = asked.request.app.state.boards
    of_arena = await boards.of(await asked.reader())
    # It may be measured anew first, which takes seconds: no state is held open for it.
    known = await of_arena.measured(net=net)

    async def make(rows: Rows) -> shown.Leaderboard:
        return _board(await leaderboard.read_leaderboard(rows, known))

    return await asked.answer(make, version=f" {of_arena.version(net=net)}", is_heavy=True)


def _board(board: leaderboard.Leaderboard) -> shown.Leaderboard:
    said = board.sentence
    return shown.Leaderboard(
        as_of=board.as_of,
        net=board.net,
        sentence=shaped(
            shown.Sentence, said, leader=None if said.leader is None else _ref(said.leader)
        ),
        method=shown.Method(
            mean_block_hours=MEAN_BLOCK_HOURS,
            resamples=board.resamples,
            confidence=CONFIDENCE,
            seed=SEED,
        ),
        items=[_ranked(each) for each in board.places],
    )


def _ranked(place: leaderboard.Place) -> shown.Ranked:
    arm, versus = place.competitor, place.versus_first
    too_little = place.interval.words if isinstance(place.interval, TooLittle) else None
    return shown.Ranked(
        rank=place.rank,
        tied=place.tied,
        arm=_ref(arm),
        nav=place.nav,
        return_=place.total_return,
        interval=None if too_little else shaped(shown.Interval, place.interval),
        too_little=too_little,
        p_value_vs_first=versus.p_value if isinstance(versus, Difference) else None,
        trades=arm.trades,
        missed=place.missed,
        halted_reason=arm.halted_reason,
    )


def _ref(arm: Competitor) -> ArmRef:
    variant = competing_variant(arm.kind, arm.variant)
    return shaped(ArmRef, arm, id=arm.model_id, variant=variant)


@router.get("/arms/{id}/performance", response_model=shown.Performance)
async def get_performance(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return the measures of one arm; each is a figure, or says what is missing."""
    reader = await asked.reader()
    boards: Boards = asked.request.app.state.boards
    board = await boards.of(reader)
    net, gross = await board.measured(net=True), await board.measured(net=False)
    async with reader.at_once() as rows:
        arm = await _arm(rows, id)
        found = await performance.read_performance(rows, id, net=net, gross=gross)
    if found is None:
        raise _no_nav(arm)
    return await asked.answer_now(shown_performance(arm, found))


def shown_performance(arm: ArmRef, found: performance.Performance) -> shown.Performance:
    """Return measures as the API shows them."""
    traded, held = found.trades, found.exposure
    return shown.Performance(
        arm=arm,
        from_=found.start,
        to=found.end,
        nav=found.nav,
        return_=found.return_gross,
        return_net=found.return_net,
        interval=_object(shown.Interval, found.interval),
        measured_until=found.measured_until,
        max_drawdown=_fall(found),
        current_drawdown=found.current_drawdown,
        sharpe=_words(found.sharpe)
        if isinstance(found.sharpe, TooLittle)
        else shaped(shown.Sharpe, found.sharpe, days=int(found.sharpe.days)),
        sortino=_value(found.sortino),
        calmar=_value(found.calmar),
        win_rate=_object(shown.WinRate, traded.win_rate),
        profit_factor=_figure(traded.profit_factor),
        expectancy=_figure(traded.expectancy),
        best=_of_a_trade(traded.best),
        worst=_of_a_trade(traded.worst),
        median_holding_minutes=_of_a_trade(traded.median_holding_minutes),
        longs=traded.longs,
        shorts=traded.shorts,
        turnover=found.turnover,
        turnover_of_capital=found.turnover_of_capital,
        exposure=_words(held) if isinstance(held, TooLittle) else held.mean_leverage,
        time_in_market=_words(held) if isinstance(held, TooLittle) else held.time_in_market,
        vs_hold=None if found.versus_hold is None else _object(shown.VersusHold, found.versus_hold),
    )


def _fall(found: performance.Performance) -> shown.Drawdown:
    peak_at, trough_at = found.drawdown_at
    return shown.Drawdown(depth=found.max_drawdown.depth, from_=peak_at, to=trough_at)


def _object(kind: type[P], found: object) -> P | shown.TooLittle:
    return _words(found) if isinstance(found, TooLittle) else shaped(kind, found)


def _value(found: Ratio | TooLittle) -> float | shown.TooLittle:
    return _words(found) if isinstance(found, TooLittle) else found.value


def _figure(found: T | TooLittle) -> T | shown.TooLittle:
    return _words(found) if isinstance(found, TooLittle) else found


def _of_a_trade(found: T | None) -> T | shown.TooLittle:
    return shown.TooLittle(too_little="needs a trade") if found is None else found


def _words(found: TooLittle) -> shown.TooLittle:
    return shown.TooLittle(too_little=found.words)


@router.get("/arms/{id}/bridge", response_model=shown.NavBridge)
async def get_bridge(asked: AskedOf, id: RowId) -> Response:  # noqa: A002
    """Return how an arm's newest NAV adds up, exactly, and when the arena was audited last."""

    async def make(rows: Rows) -> shown.NavBridge:
        arm = await _arm(rows, id)
        found = await read_bridge(rows, arm)
        if found is None:
            raise _no_nav(arm)
        return found

    return await asked.answer(make)


async def read_bridge(rows: Rows, arm: ArmRef) -> shown.NavBridge | None:
    """Return how an arm's newest NAV adds up, ``None`` where it has none."""
    found = await nav_bridge(rows, arm.id)
    if found is None:
        return None
    audited = await rows.one(fact(FactName.AUDIT))
    return shaped(
        shown.NavBridge,
        found,
        arm=arm,
        last_audit=None
        if audited is None
        else shown.Audited(at=audited.at, clean=audited.said.get("clean") is True),
    )


async def _arm(rows: Reads, model_id: str) -> ArmRef:
    found = await rows.one(arm_refs(model_id=model_id))
    if found is None:
        raise missing("an arm", model_id, code="unknown-model", where=_ARMS)
    return ref(found)


def _no_nav(arm: ArmRef) -> ApiError:
    return ApiError(
        404,
        "no-nav",
        f"expected an arm that was valued; {arm.name!r} has no NAV yet.",
        remedy="Its first point comes with the next minute of the arena.",
        field="id",
    )
