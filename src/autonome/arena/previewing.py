"""What limits would have made of entries that an arm asked for: judged again, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from autonome.arena.judgements import read_judgement
from autonome.domain.money import ZERO, exact
from autonome.domain.policy import Policy, Request, Standing, judge
from autonome.domain.value import value
from autonome.ledger.queries.policies import JudgedEntry

__all__ = ["Outcome", "Tried", "tried"]

_AS_TOLD = "as-told"
_NOT_KNOWN = "the record does not hold what the policy knew at the time"


class Outcome(Enum):
    """What limits would do to an entry, compared with what was allowed."""

    SMALLER = "smaller"
    DENIED = "denied"
    LARGER = "larger"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@value
class Tried:
    """One entry under other limits."""

    entry: JudgedEntry
    outcome: Outcome
    allowed: Decimal | None
    """Base units that were let through, ``None``: denied."""
    would: Decimal | None
    """Base units that would be, ``None``: denied, or nobody knows."""
    rule: str | None = None
    reason: str | None = None


@exact
def tried(policy: Policy, entry: JudgedEntry) -> Tried:
    """Return what ``policy`` makes of an entry, on the account as it was then."""
    metadata = entry.metadata
    denied = metadata.get("denied")
    allowed = None if denied else Decimal(metadata["allowed"]["quantity"])
    if denied and denied["rule"] not in {rule.id for rule in policy.rules}:
        # The arena refused it, whatever the limits are.
        return Tried(entry=entry, outcome=Outcome.UNCHANGED, allowed=None, would=None)
    known = _known(entry)
    if known is None:
        return Tried(
            entry=entry, outcome=Outcome.UNKNOWN, allowed=allowed, would=None, reason=_NOT_KNOWN
        )
    request, standing = known
    verdict = judge(policy, request, standing)
    changes = metadata.get("changes") or []
    if verdict.denied is not None:
        outcome = Outcome.UNCHANGED if allowed is None else Outcome.DENIED
        return Tried(
            entry=entry,
            outcome=outcome,
            allowed=allowed,
            would=None,
            rule=verdict.denied.rule,
            reason=verdict.denied.reason,
        )
    told = [Decimal(each["after"]) for each in changes if each["rule"] == _AS_TOLD]
    would = _closing(request, standing) + min([verdict.opening, *told])
    outcome = _compared(allowed, would)
    rule = verdict.changes[-1].rule if verdict.changes else None
    if outcome is Outcome.LARGER:
        rule = denied["rule"] if denied else _last_rule(changes)
    return Tried(entry=entry, outcome=outcome, allowed=allowed, would=would, rule=rule)


def _known(entry: JudgedEntry) -> tuple[Request, Standing] | None:
    if entry.request is None or entry.standing is None:
        return None
    try:
        return read_judgement(entry.request, entry.standing)
    except msgspec.ValidationError:
        return None


def _closing(request: Request, standing: Standing) -> Decimal:
    """Return what the entry closes of an opposite position (base): limits bound what opens."""
    present = standing.exposures.get(request.symbol)
    if present is None or present.size * request.side.sign > ZERO:
        return ZERO
    return abs(present.size)


def _compared(allowed: Decimal | None, would: Decimal) -> Outcome:
    if allowed is None or would > allowed:
        return Outcome.LARGER
    return Outcome.SMALLER if would < allowed else Outcome.UNCHANGED


def _last_rule(changes: list[Mapping[str, Any]]) -> str | None:
    return str(changes[-1]["rule"]) if changes else None
