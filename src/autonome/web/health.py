"""Health: what should be so of an arena, each in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from autonome.ledger.queries.arena_facts import ArenaFacts
from autonome.ledger.queries.market_marks import LastMark
from autonome.ledger.queries.presence import ArenaPresence
from autonome.ledger.rows import Fact
from autonome.web.payloads.arena import Check, Health

__all__ = ["Heartbeat", "checks_of", "down"]

Status = Literal["ok", "degraded", "down", "unknown"]

_LATE_S: Final = 120
"""An arena that runs writes a minute at least as often as the clock has one; twice that is late."""
_STALE: Final = timedelta(minutes=5)
"""How far one symbol's mark may be behind the newest."""
_MOST_ARENAS: Final = 100


class Heartbeat:
    """Since when each arena's time has stood still, as far as this server has seen."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: dict[str, tuple[datetime | None, float]] = {}

    def still_s(self, arena: str, valued_at: datetime | None, *, now_s: float) -> float:
        """Return for how many seconds at least the arena has not moved."""
        seen = self._seen.get(arena)
        if seen is None or seen[0] != valued_at:
            if len(self._seen) >= _MOST_ARENAS:
                self._seen.clear()
            self._seen[arena] = valued_at, now_s
            return 0.0
        return now_s - seen[1]


def checks_of(
    presence: ArenaPresence,
    facts: ArenaFacts,
    marks: Sequence[LastMark],
    valued_at: datetime | None,
    still_s: float,
    audited: Fact | None,
    *,
    now: datetime,
) -> Health:
    """Return every check, and the worst of them as the whole."""
    checks = [
        _check("database", "ok", "The database answers.", at=now),
        _minutes(presence, valued_at, still_s),
        _marks(marks),
        _counted("stops", facts.without_stop, "position without a stop", "Every stop is in place."),
        _counted(
            "intents", facts.unknown_intents, "order in an unknown state", "Every order is known."
        ),
        _counted("halts", facts.halted, "arm that is halted", "No arm is halted."),
        _audit(audited),
    ]
    is_well = all(each.status in ("ok", "unknown") for each in checks)
    return Health(status="ok" if is_well else "degraded", checks=checks)


def _audit(audited: Fact | None) -> Check:
    if audited is None:
        return _check("audit", "unknown", "No audit is on record: autonome audit makes one.")
    if audited.said.get("clean") is True:
        return _check("audit", "ok", "Everything added up.", at=audited.at)
    return _check("audit", "degraded", "The arena did not add up.", at=audited.at)


def down(now: datetime) -> Health:
    """Return the health of an arena whose database does not answer."""
    return Health(
        status="down", checks=[_check("database", "down", "The database does not answer.", at=now)]
    )


def _minutes(presence: ArenaPresence, valued_at: datetime | None, still_s: float) -> Check:
    age_ms = int(still_s * 1_000)
    if presence.is_replay:
        return _check("minutes", "ok", "A replay is complete.", at=valued_at)
    if not presence.is_run:
        return _check("minutes", "degraded", "No process runs the arena.", at=valued_at)
    if still_s > _LATE_S:
        words = f"The arena runs, but has written no minute for {still_s:.0f} s."
        return _check("minutes", "degraded", words, at=valued_at, age_ms=age_ms)
    return _check("minutes", "ok", "The arena writes its minutes.", at=valued_at, age_ms=age_ms)


def _marks(marks: Sequence[LastMark]) -> Check:
    if not marks:
        return _check("marks", "unknown", "No mark is on record.")
    newest = max(each.at for each in marks)
    stale = [each.symbol for each in marks if newest - each.at > _STALE]
    if stale:
        return _check("marks", "degraded", f"Old marks: {', '.join(stale)}.", at=newest)
    return _check("marks", "ok", "Every symbol has a fresh mark.", at=newest)


def _counted(name: str, count: int, what: str, otherwise: str) -> Check:
    if not count:
        return _check(name, "ok", otherwise)
    return _check(name, "degraded", f"{count} x {what}.")


def _check(
    name: str, status: Status, words: str, *, at: datetime | None = None, age_ms: int | None = None
) -> Check:
    return Check(name=name, status=status, words=words, at=at, age_ms=age_ms)
