"""What a leader was let do, as JSON: a new process can still show it to its followers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.arena.asked import asked
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan

__all__ = ["action_from", "action_words", "update_from"]


def action_words(action: Action) -> dict[str, object]:
    """Return an action as JSON holds it; numbers are text, so that they come back as they were."""
    return _texts(asked(action))


def _texts(words: Mapping[str, object]) -> dict[str, object]:
    return {
        key: _texts(each)
        if isinstance(each, Mapping)
        else str(each)
        if isinstance(each, Decimal)
        else each
        for key, each in words.items()
    }


def action_from(words: Mapping[str, Any]) -> Action:
    """Return the action that ``action_words`` wrote down."""
    kind, reason = words["action"], words["reason"]
    if kind == "holding":
        return Holding(reason=reason)
    symbol = words["symbol"]
    if kind == "close_position":
        return ClosePosition(symbol=symbol, fraction=Decimal(words["fraction"]), reason=reason)
    if kind == "update_exit_plan":
        return _update(symbol, reason, words)
    return CreatePosition(
        symbol=symbol,
        side=OrderSide(words["side"]),
        quantity=_number(words, "quantity"),
        notional=_number(words, "notional"),
        leverage=Decimal(words["leverage"]),
        exit_plan=ExitPlan.from_json(words["exitPlan"]),
        cooldown_minutes=words.get("cooldownMinutes"),
        reason=reason,
    )


def update_from(payload: Mapping[str, Any]) -> UpdateExitPlan:
    """Return the change of a plan that the payload of a command asks for."""
    return _update(payload["symbol"], "an operator's change", payload["update"])


def _update(symbol: str, reason: str, words: Mapping[str, Any]) -> UpdateExitPlan:
    return UpdateExitPlan(
        symbol=symbol,
        stop=_number(words, "stop"),
        target=_number(words, "target"),
        invalidation=words.get("invalidation"),
        invalidation_price=_number(words, "invalidationPrice"),
        time_exit=words.get("timeExit"),
        reason=reason,
    )


def _number(words: Mapping[str, Any], key: str) -> Decimal | None:
    return None if key not in words else Decimal(words[key])
