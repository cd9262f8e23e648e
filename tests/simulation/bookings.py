"""Accounts, names and fills made by hand, for tests that book one event at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from autonome.arena.account import Account
from autonome.arena.events import Filled, Names
from autonome.domain.choices import (
    ArmKind,
    CloseTrigger,
    IntentPurpose,
    PolicyName,
    Side,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.position import Execution
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Arm, Intent, Model

__all__ = ["AT", "CAPITAL", "account", "competitor", "entered", "filled", "ordinals"]

AT = datetime(2025, 5, 5, tzinfo=UTC)
CAPITAL = Decimal(10_000)


def ordinals() -> Names:
    """Return names that count, so that two runs give the same ones."""
    ids, indexes = count(1), count(1)
    return Names(new_id=lambda: f"id-{next(ids)}", next_order_index=lambda: next(indexes))


def competitor(name: str = "Ada", *, capital: Decimal = CAPITAL) -> tuple[Model, Arm]:
    """Return the rows of a competitor whose id is its name."""
    model = Model(id=name, name=name, open_router_model_name="control", variant="Apex")
    arm = Arm(
        model_id=name,
        kind=ArmKind.CONTROL,
        policy=PolicyName.CONTROL,
        starting_capital=capital,
        created_at=AT,
        updated_at=AT,
    )
    return model, arm


def entered(journal: MemoryJournal) -> Account:
    """Enter a competitor, begin its run, and return its account."""
    model, arm = competitor()
    journal.enter(model, arm)
    return account(epoch=journal.begin_run(model.id, at=AT))


def account(*, epoch: int = 1) -> Account:
    """Return an account that has done nothing yet."""
    return Account(model_id="Ada", epoch=epoch, starting_capital=CAPITAL)


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
    at: datetime = AT,
) -> Filled:
    """Return a fill with the intent that asked for it."""
    size = Decimal(quantity)
    intent = Intent(
        id=f"intent-{number}",
        model_id="Ada",
        symbol=symbol,
        client_order_index=number,
        purpose=IntentPurpose.OPEN,
        side=side,
        quantity=size,
        created_at=at,
        updated_at=at,
    )
    return Filled(
        at=at,
        venue_fill_id=str(number),
        intent=intent,
        opening=Decimal(quantity),
        execution=Execution(side=side, quantity=size, price=Decimal(price), fee=Decimal(fee)),
        trigger=trigger,
        exit_plan=plan,
        leverage=None if leverage is None else Decimal(leverage),
    )
