"""What an agent asked for, as its tool call keeps it."""

from __future__ import annotations

from autonome.agents.actions import Action, ClosePosition, CreatePosition, Holding
from autonome.domain.choices import ToolCallType

__all__ = ["asked", "call_type"]


def call_type(action: Action) -> ToolCallType:
    """Return the type that is stored; an update has none of its own, its ``action`` says so."""
    if isinstance(action, Holding):
        return ToolCallType.HOLDING
    if isinstance(action, ClosePosition):
        return ToolCallType.CLOSE_POSITION
    return ToolCallType.CREATE_POSITION


def asked(action: Action) -> dict[str, object]:
    """Return the action as JSON can hold it; absent arguments are left out."""
    if isinstance(action, CreatePosition):
        return _created(action)
    if isinstance(action, ClosePosition):
        return {
            "action": "close_position",
            "symbol": action.symbol,
            "fraction": action.fraction,
            "reason": action.reason,
        }
    if isinstance(action, Holding):
        return {"action": "holding", "reason": action.reason}
    changes = {
        "stop": action.stop,
        "target": action.target,
        "invalidation": action.invalidation,
        "invalidationPrice": action.invalidation_price,
        "timeExit": action.time_exit,
    }
    return {
        "action": "update_exit_plan",
        "symbol": action.symbol,
        **{key: value for key, value in changes.items() if value is not None},
        "reason": action.reason,
    }


def _created(action: CreatePosition) -> dict[str, object]:
    words: dict[str, object] = {
        "action": "create_position",
        "symbol": action.symbol,
        "side": action.side.value,
    }
    if action.quantity is not None:
        words["quantity"] = action.quantity
    if action.notional is not None:
        words["notional"] = action.notional
    words["leverage"] = action.leverage
    words["exitPlan"] = action.exit_plan.to_json()
    if action.cooldown_minutes is not None:
        words["cooldownMinutes"] = action.cooldown_minutes
    words["reason"] = action.reason
    return words
