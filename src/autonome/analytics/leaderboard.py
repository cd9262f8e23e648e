"""The leaderboard: who leads, and whether it means anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from autonome.analytics.bootstrap import Interval
from autonome.analytics.comparison import Comparison, Difference, TooLittle, compared
from autonome.analytics.growth import Growth, growth_of
from autonome.domain.choices import ArmKind
from autonome.domain.instants import utc
from autonome.domain.money import ZERO
from autonome.domain.value import value
from autonome.ledger.queries.hours import (
    Competitor,
    competitors,
    hourly_closes,
    hourly_payments,
    inference_since,
    missed_counts,
)
from autonome.ledger.queries.transfers import transfers
from autonome.ledger.reader import Reader, Rows

__all__ = [
    "Leaderboard",
    "Leaderboards",
    "Measured",
    "Place",
    "Sentence",
    "leaderboard_of",
    "market_control",
    "measured",
    "read_leaderboard",
]

_HOUR_MS: Final = 3_600_000
_COMPETING: Final = frozenset({ArmKind.LLM, ArmKind.RULE, ArmKind.EXTERNAL})


@value
class Measured:
    """What is computed once an hour, of gross or of net growth."""

    net: bool
    growths: dict[str, Growth]
    """By model id; arms without a NAV point are left out."""
    comparison: Comparison
    missed: dict[str, int]
    """Cycles missed, by model id; models that missed none are left out."""

    @property
    def as_of(self) -> datetime | None:
        """Return the end of the last hour that counts, ``None`` while there is none."""
        hour = self.comparison.until_hour
        return utc(hour * _HOUR_MS) if hour else None

    async def inference_since(self, rows: Rows) -> dict[str, Decimal]:
        """Return what inference came to since each arm's last measured hour began.

        Where returns are gross, it is nothing.
        """
        if not self.net:
            return {}
        hours = {model_id: each.last_hour for model_id, each in self.growths.items()}
        return dict(await rows.all(inference_since(hours)))

    def total_return(self, arm: Competitor, inference: Mapping[str, Decimal]) -> float:
        """Return a measured arm's return up to its newest NAV.

        ``inference`` is what ``inference_since`` found.
        """
        since = inference.get(arm.model_id, ZERO)
        growth = self.growths[arm.model_id]
        return growth.total(nav=arm.nav, transferred=arm.transferred, inference=since)


@value
class Place:
    """One arm's place."""

    rank: int
    tied: bool
    """Whether it cannot be told apart from the first one."""
    competitor: Competitor
    nav: Decimal | None
    """The newest point (quote), gross."""
    total_return: float | None
    """As a fraction, time-weighted; ``None`` without a NAV point."""
    interval: Interval | TooLittle
    """Of the return, up to the last whole hour."""
    versus_first: Difference | TooLittle | None
    """``None`` for the first one itself."""
    missed: int


@value
class Sentence:
    """Who leads, in figures; controls do not lead."""

    leader: Competitor | None
    leader_return: float | None
    indistinguishable: int
    """How many of the other competitors cannot be told apart from the leader."""
    others: int
    hold_return: float | None
    """Of the control that bought BTC and holds it."""
    beat_hold: int
    """How many competitors, the leader included, returned more than that."""
    competitors: int
    too_little: str | None
    """Why nothing can be told apart yet."""


@value
class Leaderboard:
    """Every arm, the highest return first."""

    net: bool
    as_of: datetime | None
    """Up to when intervals and p values count; returns are those of the newest NAV."""
    resamples: int
    sentence: Sentence
    places: tuple[Place, ...]


async def measured(reader: Reader, *, net: bool) -> Measured:
    """Read every arm's hours and resample them; a thread does the arithmetic."""
    async with reader.at_once() as rows:
        closes = await rows.all(hourly_closes())
        payments = {each.model_id: each for each in await rows.all(hourly_payments())}
        moved = await rows.all(transfers())
        arms = {each.model_id: each for each in await rows.all(competitors())}
        missed = dict(await rows.all(missed_counts()))

    def compute() -> Measured:
        growths = [
            growth_of(
                each,
                payments.get(each.model_id),
                [move for move in moved if move.model_id == each.model_id],
                capital=arms[each.model_id].starting_capital,
                net=net,
            )
            for each in closes
            if each.model_id in arms
        ]
        return Measured(
            net=net,
            growths={each.model_id: each for each in growths},
            comparison=compared(growths),
            missed=missed,
        )

    return await asyncio.to_thread(compute)


def market_control(arms: Sequence[Competitor]) -> Competitor | None:
    """Return the control that bought BTC and holds it, ``None`` where none competes."""
    for each in arms:
        if each.kind is ArmKind.CONTROL and each.settings.get("symbols") == ["BTC"]:
            return each
    return None


async def read_leaderboard(rows: Rows, known: Measured) -> Leaderboard:
    """Return the leaderboard at one state of the arena, with what was measured before."""
    return leaderboard_of(await rows.all(competitors()), known, await known.inference_since(rows))


def leaderboard_of(
    arms: Sequence[Competitor], known: Measured, inference: Mapping[str, Decimal]
) -> Leaderboard:
    """Rank the arms as they were measured, with their newest NAV.

    ``inference`` is what each came to since its last measured hour began.
    """
    returns = {
        each.model_id: known.total_return(each, inference)
        for each in arms
        if each.model_id in known.growths
    }
    ranked = sorted(arms, key=lambda each: (-returns.get(each.model_id, -2.0), each.name))
    return Leaderboard(
        net=known.net,
        as_of=known.as_of,
        resamples=known.comparison.resamples,
        sentence=_sentence(ranked, known, returns),
        places=tuple(
            _place(rank, each, ranked[0], known, returns.get(each.model_id))
            for rank, each in enumerate(ranked, start=1)
        ),
    )


def _place(
    rank: int, arm: Competitor, first: Competitor, known: Measured, total: float | None
) -> Place:
    versus = None
    if arm is not first:
        versus = known.comparison.difference(arm.model_id, first.model_id)
    return Place(
        rank=rank,
        tied=isinstance(versus, Difference) and not versus.is_told_apart,
        competitor=arm,
        nav=arm.nav,
        total_return=total,
        interval=known.comparison.interval(arm.model_id),
        versus_first=versus,
        missed=known.missed.get(arm.model_id, 0),
    )


def _sentence(ranked: Sequence[Competitor], known: Measured, returns: dict[str, float]) -> Sentence:
    competing = [each for each in ranked if each.kind in _COMPETING and each.model_id in returns]
    leader = competing[0] if competing else None
    hold = market_control(ranked)
    hold_return = None if hold is None else returns.get(hold.model_id)
    versus = [
        known.comparison.difference(each.model_id, leader.model_id)
        for each in competing[1:]
        if leader is not None
    ]
    told = [each for each in versus if isinstance(each, Difference)]
    unknown = [each.words for each in versus if isinstance(each, TooLittle)]
    return Sentence(
        leader=leader,
        leader_return=None if leader is None else returns[leader.model_id],
        indistinguishable=sum(not each.is_told_apart for each in told),
        others=len(versus),
        hold_return=hold_return,
        beat_hold=sum(
            hold_return is not None and returns[each.model_id] > hold_return for each in competing
        ),
        competitors=len(competing),
        too_little=unknown[0] if unknown and not told else None,
    )


class Leaderboards:
    """Leaderboards of one arena, measured anew in the background when an hour has ended.

    Questions wait for the measuring where an arm was valued for the first time, or money was paid
    in or out; others get the last one at once, which says until when it counts.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[bool, Measured] = {}
        self._versions = {False: 0, True: 0}
        self._under_way: dict[bool, asyncio.Task[Measured]] = {}

    async def measured(self, *, net: bool) -> Measured:
        """Return what was measured last."""
        return await self._measured(await self._reader.all(competitors()), net=net)

    def version(self, *, net: bool) -> int:
        """Return how often it was measured: only the newest NAV differs within a version."""
        return self._versions[net]

    async def settled(self) -> None:
        """Wait until nothing is being measured any more."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _measured(self, arms: Sequence[Competitor], *, net: bool) -> Measured:
        known = self._known.get(net)
        if known is not None and not _is_stale(known, arms):
            return known
        task = self._under_way.get(net)
        if task is None:
            task = asyncio.create_task(self._measure(net=net))
            self._under_way[net] = task
            task.add_done_callback(lambda _: self._under_way.pop(net, None))
        if known is not None and not _lacks(known, arms) and not _has_moved(known, arms):
            return known
        # One question that is given up must not stop what others wait for.
        return await asyncio.shield(task)

    async def _measure(self, *, net: bool) -> Measured:
        self._known[net] = await measured(self._reader, net=net)
        self._versions[net] += 1
        return self._known[net]


def _is_stale(known: Measured, arms: Sequence[Competitor]) -> bool:
    """Say whether an hour has ended since, or an arm was valued that is not known."""
    if _lacks(known, arms) or _has_moved(known, arms):
        return True
    newest = max((each.nav_at for each in arms if each.nav_at is not None), default=None)
    # An hour ends with its last minute; its own point is at minute 59.
    ended = newest is not None and newest + timedelta(minutes=1)
    return bool(known.as_of is not None and ended and ended >= known.as_of + timedelta(hours=1))


def _lacks(known: Measured, arms: Sequence[Competitor]) -> bool:
    """Say whether an arm was valued for the first time since."""
    return any(each.nav_at is not None and each.model_id not in known.growths for each in arms)


def _has_moved(known: Measured, arms: Sequence[Competitor]) -> bool:
    """Say whether money was paid in or out since: a return up to now would take it for a gain."""
    return any(
        float(each.transferred) != known.growths[each.model_id].transferred
        for each in arms
        if each.nav_at is not None and each.model_id in known.growths
    )
