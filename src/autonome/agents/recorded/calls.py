"""Which of the recorded tool calls are asked again, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from autonome.agents.actions import Action, Holding
from autonome.agents.recorded.reading import read_action
from autonome.domain.instants import ms_of
from autonome.domain.value import value

__all__ = ["AskedAgain", "RecordedCall", "asked_again"]

_UNFINISHED: Final = "turn-completed"
"""The rule that refuses what a model asked for in a turn that failed later."""


@value
class RecordedCall:
    """A tool call as the ledger keeps it."""

    id: str
    invocation_id: str
    model_id: str
    at: datetime
    """When it was decided."""
    metadata: Mapping[str, object]
    """What was asked, and what became of it."""
    refused: Sequence[object] | None
    """Of a model's invocation: for each call that could be executed, in their order, the refusal
    that the model was told of while it was thinking, ``None`` for none."""


class AskedAgain(NamedTuple):
    """A call that is asked again."""

    at_ms: int
    """When it was decided; for an order of a late answer, when that was sent."""
    words: Mapping[str, object]
    """What was asked, as it stands on record."""
    action: Action


class _Usable(NamedTuple):
    asked: AskedAgain
    is_refused: bool
    """Whether the model heard of its refusal in the same turn."""


def asked_again(calls: Iterable[RecordedCall], *, same_policy: bool) -> Iterator[AskedAgain]:
    """Yield what one arm's calls ask for again, in the order in which it was decided.

    ``calls`` come by instant, invocation and id. What could not be executed is left out, and what
    was asked for in a turn that failed before its end. What a model was refused while it was still
    thinking is left out too: it went on knowing that. Under another policy it is asked again,
    once for a symbol, where nothing that the model asked for instead was let through.
    """
    for _, turn in groupby(calls, key=attrgetter("invocation_id", "at")):
        usable = list(_usable(_in_order(list(turn))))
        for place, each in enumerate(usable):
            if not each.is_refused or not (same_policy or _is_replaced(usable, place)):
                yield each.asked


def _usable(turn: Iterable[RecordedCall]) -> Iterator[_Usable]:
    executed = [call for call in turn if "unusable" not in call.metadata]
    for place, call in enumerate(executed):
        words, denied = call.metadata.get("asked"), call.metadata.get("denied")
        if isinstance(denied, Mapping) and denied.get("rule") == _UNFINISHED:
            continue
        if not isinstance(words, Mapping):
            continue
        try:
            action = read_action(words)
        except ValueError:
            continue  # Another client wrote it.
        refused = call.refused or ()
        is_refused = place < len(refused) and refused[place] is not None
        yield _Usable(AskedAgain(_sent_ms(call), words, action), is_refused)


def _sent_ms(call: RecordedCall) -> int:
    late = call.metadata.get("late")
    return ms_of(datetime.fromisoformat(late) if isinstance(late, str) else call.at)


def _is_replaced(turn: Sequence[_Usable], place: int) -> bool:
    """Say whether the model got something else for the symbol, or asked once more later."""
    symbol = _symbol(turn[place].asked)
    return any(
        _symbol(each.asked) == symbol and (other > place or not each.is_refused)
        for other, each in enumerate(turn)
        if other != place
    )


def _symbol(asked: AskedAgain) -> str | None:
    return None if isinstance(asked.action, Holding) else asked.action.symbol


def _in_order(turn: Sequence[RecordedCall]) -> list[RecordedCall]:
    """Return the calls of one invocation in the order in which they were recorded.

    The ledger's identifiers ascend within a pool: a common head, and a number. A pool is larger
    than a turn, which so spans two of them at most: it has the end of one and the beginning of the
    next, so that the one whose numbers are higher comes first.
    """
    pools = [list(pool) for _, pool in groupby(turn, key=lambda call: call.id.rpartition("-")[0])]
    pools.sort(key=lambda pool: pool[0].id.rpartition("-")[2], reverse=True)
    return [call for pool in pools for call in pool]
