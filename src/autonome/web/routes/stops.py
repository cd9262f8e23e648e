"""Where the stops of positions come from: the first one, whether it trails, how often it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from autonome.domain.choices import ArmKind
from autonome.domain.value import value
from autonome.ledger.queries.held import HeldOrder, PlanCall
from autonome.ledger.queries.pages import OfArm
from autonome.ledger.types import json_loads

__all__ = ["FirstStop", "first_stop", "stop_moves"]


@value
class FirstStop:
    """How the stop of a position began."""

    price: Decimal | None
    """``None`` where it had none, or nobody remembers."""
    trails: bool | None
    """Whether it follows a column of a rule; ``None`` where nobody remembers."""


def first_stop(found: OfArm[HeldOrder]) -> FirstStop:
    """Return what the arm remembers, else what its tool call asked for: a replay keeps no memory.

    Models move their stops themselves: theirs never trail.
    """
    row, remembered = found.row, found.row.holding or {}
    trails = False if found.arm.kind is ArmKind.LLM else _said(remembered.get("trails"))
    stored = remembered.get("firstStop")
    if row.holding is None and row.asked is not None:
        stored = _plan(_asked(row.asked)).get("stop")
    return FirstStop(price=_price(stored), trails=trails)


def stop_moves(held: Sequence[HeldOrder], calls: Sequence[PlanCall]) -> Mapping[str, int]:
    """Return how often each position's stop was moved by a tool call that was let through."""
    symbols = {each.order.id: each.order.symbol for each in held}
    moves = Counter[str]()
    for call in calls:
        metadata = _object(call.metadata_text)
        asked = metadata.get("asked")
        if (
            isinstance(asked, Mapping)
            and asked.get("action") == "update_exit_plan"
            and asked.get("symbol") == symbols.get(call.order_id)
            and asked.get("stop") is not None
            and "allowed" in metadata
        ):
            moves[call.order_id] += 1
    return moves


def _asked(text: str) -> Mapping[str, Any]:
    asked = _object(text).get("asked")
    return asked if isinstance(asked, Mapping) else {}


def _plan(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    plan = asked.get("exitPlan")
    return plan if isinstance(plan, Mapping) else {}


def _object(text: str) -> Mapping[str, Any]:
    try:
        stored = json_loads(text)
    except ValueError:
        return {}
    return stored if isinstance(stored, Mapping) else {}


def _said(stored: object) -> bool | None:
    return stored if isinstance(stored, bool) else None


def _price(stored: object) -> Decimal | None:
    if not isinstance(stored, Decimal | int | str):
        return None
    try:
        price = Decimal(stored)
    except InvalidOperation:
        return None
    return price if price.is_finite() else None
