"""Accounts, names, orders and fills made by hand, for tests that book one event at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from autonome.arena.account import Account
from autonome.arena.events import Filled, Names, PlaceOrder
from autonome.domain.choices import (
    ArmKind,
    CloseTrigger,
    IntentPurpose,
    IntentState,
    PolicyName,
    Side,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO
from autonome.domain.policy import Policy, policy_for
from autonome.domain.position import Execution
from autonome.ledger.rows import Arm, Intent, Model

__all__ = [
    "AS_WRITTEN",
    "AT",
    "CAPITAL",
    "account",
    "competitor",
    "filled",
    "order",
    "ordinals",
]

AT = datetime(2025, 5, 5, tzinfo=UTC)
CAPITAL = Decimal(10_000)
AS_WRITTEN: Policy = policy_for(PolicyName.AS_WRITTEN, None)


def ordinals() -> Names:
    """Return names that count, so that two runs give the same ones."""
    ids, indexes = count(1), count(1)
    return Names(new_id=lambda: f"id-{next(ids)}", next_order_index=lambda: next(indexes))


def competitor(
    name: str = "Ada",
    *,
    capital: Decimal = CAPITAL,
    policy: PolicyName = PolicyName.AS_WRITTEN,
    kind: ArmKind = ArmKind.CONTROL,
) -> tuple[Model, Arm]:
    """Return the rows of a competitor whose id is its name."""
    model = Model(id=name, name=name, open_router_model_name="control", variant="Apex")
    arm = Arm(
        model_id=name,
        kind=kind,
        policy=policy,
        starting_capital=capital,
        created_at=AT,
        updated_at=AT,
    )
    return model, arm


def account(*, epoch: int = 1, capital: Decimal = CAPITAL) -> Account:
    """Return an account that has done nothing yet."""
    return Account(model_id="Ada", epoch=epoch, starting_capital=capital, cash_flow=capital)


def order(
    side: Side,
    *,
    opening: str | Decimal = ZERO,
    closing: str | Decimal = ZERO,
    number: int = 1,
    symbol: str = "BTC",
    trigger: CloseTrigger | None = None,
    plan: ExitPlan | None = None,
    leverage: str | None = None,
    cooldown_minutes: int = 0,
    at: datetime = AT,
) -> PlaceOrder:
    """Return an order on its way, with the intent that says so."""
    opens, closes = Decimal(opening), Decimal(closing)
    intent = Intent(
        id=f"intent-{number}",
        model_id="Ada",
        symbol=symbol,
        client_order_index=number,
        purpose=IntentPurpose.OPEN if opens else IntentPurpose.CLOSE,
        side=side,
        quantity=opens + closes,
        reduce_only=not opens,
        created_at=at,
        updated_at=at,
    )
    return PlaceOrder(
        intent=intent,
        closing=closes,
        opening=opens,
        exit_plan=plan,
        leverage=None if leverage is None else Decimal(leverage),
        cooldown_minutes=cooldown_minutes,
        trigger=trigger,
    )


def filled(
    side: Side,
    quantity: str | Decimal,
    price: str | Decimal,
    fee: str | Decimal = "0",
    *,
    number: int = 1,
    symbol: str = "BTC",
    trigger: CloseTrigger | None = None,
    plan: ExitPlan | None = None,
    leverage: str | None = None,
    cooldown_minutes: int = 0,
    state: IntentState = IntentState.FILLED,
    reason: str | None = None,
    at: datetime = AT,
) -> Filled:
    """Return a fill of a whole order."""
    size = Decimal(quantity)
    asked = order(
        side,
        opening=size,
        number=number,
        symbol=symbol,
        trigger=trigger,
        plan=plan,
        leverage=leverage,
        cooldown_minutes=cooldown_minutes,
        at=at,
    )
    return Filled(
        at=at,
        order=asked,
        executions=(Execution(side=side, quantity=size, price=Decimal(price), fee=Decimal(fee)),),
        venue_fill_ids=(str(number),),
        state=state,
        reason=reason,
    )
