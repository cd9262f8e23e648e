"""Read back what an agent asked for, from the words that its tool call keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import decimal_of

__all__ = ["read_action"]

Words = Mapping[str, object]


def read_action(asked: Words) -> Action:
    """Return the action that was asked for, with its arguments as they were asked.

    Raises:
        ValueError: the words say something else than an action does.
    """
    try:
        return _READERS[_text(asked, "action")](asked)
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"expected what an agent asked for, found {asked!r}") from error


def _created(asked: Words) -> CreatePosition:
    plan, cooldown = asked["exitPlan"], asked.get("cooldownMinutes")
    if not isinstance(plan, Mapping) or not isinstance(cooldown, int | None):
        raise TypeError
    return CreatePosition(
        symbol=_text(asked, "symbol"),
        side=OrderSide(_text(asked, "side")),
        quantity=_number(asked, "quantity"),
        notional=_number(asked, "notional"),
        leverage=_decimal(asked["leverage"]),
        exit_plan=ExitPlan.from_json(plan),
        cooldown_minutes=cooldown,
        reason=_text(asked, "reason"),
    )


def _closed(asked: Words) -> ClosePosition:
    return ClosePosition(
        symbol=_text(asked, "symbol"),
        fraction=_decimal(asked["fraction"]),
        reason=_text(asked, "reason"),
    )


def _updated(asked: Words) -> UpdateExitPlan:
    plan = ExitPlan.from_json(asked)
    return UpdateExitPlan(
        symbol=_text(asked, "symbol"),
        stop=plan.stop,
        target=plan.target,
        invalidation=plan.invalidation,
        invalidation_price=plan.invalidation_price,
        time_exit=plan.time_exit,
        reason=_text(asked, "reason"),
    )


def _held(asked: Words) -> Holding:
    return Holding(reason=_text(asked, "reason"))


_READERS: Final[Mapping[str, Callable[[Words], Action]]] = {
    "create_position": _created,
    "close_position": _closed,
    "update_exit_plan": _updated,
    "holding": _held,
}


def _text(asked: Words, key: str) -> str:
    found = asked[key]
    if not isinstance(found, str):
        raise TypeError
    return found


def _number(asked: Words, key: str) -> Decimal | None:
    found = asked.get(key)
    return None if found is None else _decimal(found)


def _decimal(found: object) -> Decimal:
    return decimal_of(found)  # type: ignore[arg-type]  # It looks at the type itself.
