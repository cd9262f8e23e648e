"""Tool calls as the API shows them: asked, allowed, filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from autonome.ledger.queries.invocation_pages import ListedCall, Traded
from autonome.web.payloads.decisions import Call, Change, Denial, Execution
from autonome.web.payloads.figures import plain, plain_object

__all__ = ["calls_by_invocation"]


def calls_by_invocation(
    found: Sequence[ListedCall], traded: Sequence[Traded]
) -> dict[str, list[Call]]:
    """Return the calls of each invocation, each with what traded for it."""
    of_call: dict[str, list[Traded]] = {}
    for each in traded:
        of_call.setdefault(each.tool_call_id, []).append(each)
    calls: dict[str, list[Call]] = {}
    for call in found:
        shown = _shown(call, of_call.get(call.id, []))
        calls.setdefault(call.invocation_id, []).append(shown)
    return calls


def _shown(call: ListedCall, traded: Sequence[Traded]) -> Call:
    metadata = call.metadata
    asked = plain_object(metadata.get("asked")) or {}
    unusable = metadata.get("unusable")
    return Call.model_construct(
        id=call.id,
        type=call.type.value,
        action=str(asked.get("action") or call.type.value.lower()),
        asked=asked if "asked" in metadata else plain_object(metadata) or {},
        allowed=plain_object(metadata.get("allowed")),
        changes=_changes(metadata.get("changes")),
        denied=_denial(metadata.get("denied")),
        unusable=None if unusable is None else str(plain(unusable)),
        filled=[
            Execution.model_construct(
                quantity=each.quantity,
                price=each.price,
                side=each.side.value,
                at=each.at,
                order_id=each.order_id,
            )
            for each in traded
            if each.side is not None
        ],
        intent_state=traded[-1].state.value if traded else None,
        late=bool(metadata.get("late")),
    )


def _changes(stored: object) -> list[Change]:
    """Return what rules made of the quantity; what is none of ours is left out."""
    entries = stored if isinstance(stored, list) else []
    return [
        Change(
            rule=str(each.get("rule", "")),
            limit=str(plain(each.get("limit", ""))),
            before=before,
            after=after,
        )
        for each in entries
        if isinstance(each, Mapping)
        and (before := _number(each.get("before"))) is not None
        and (after := _number(each.get("after"))) is not None
    ]


def _denial(stored: Any) -> Denial | None:
    if not isinstance(stored, Mapping):
        return None
    until = stored.get("until")
    return Denial(
        rule=str(stored.get("rule", "")),
        reason=str(plain(stored.get("reason", ""))),
        until=None if until is None else str(plain(until)),
    )


def _number(stored: object) -> Decimal | None:
    try:
        return None if stored is None else Decimal(str(stored))
    except InvalidOperation:
        return None
