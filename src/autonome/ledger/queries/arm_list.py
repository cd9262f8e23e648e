"""Arms with their figures: what each is worth, did and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    cast,
    func,
    select,
    true,
)

from autonome.domain.choices import ArmKind, OrderStatus, PaymentKind, PolicyName
from autonome.ledger.queries.competing import COMPETES
from autonome.ledger.queries.pages import ARM, ArmRef
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import (
    arm_states,
    arms,
    fills,
    invocations,
    models,
    orders,
    payments,
    portfolio_size,
)

__all__ = ["ListedArm", "VariantFigures", "arm_refs", "listed_arms", "variant_figures"]

_FAILURES_THAT_PAUSE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArm:
    """How an arm is run, and how it stands."""

    id: str
    """Of its model."""
    name: str
    variant: str
    kind: ArmKind
    replica: int
    model: str
    """Name at the provider."""
    policy: PolicyName
    settings: Mapping[str, object]
    starting_capital: Decimal
    enabled: bool
    halted_reason: str | None
    created_at: datetime
    invocations: int
    minutes: int
    failed_workflows: int
    failed_tool_calls: int
    missed: int
    """Invocations that are on record as missed; counted for arms that ask a model."""
    nav: Decimal | None
    nav_at: datetime | None
    day_opening_nav: Decimal | None
    inference_cost: Decimal
    """Quote, >= 0."""
    spent: Mapping[str, object] | None
    """``day``, ``tokens`` and ``cost``, as the arm remembers them."""
    positions: int
    trades: int
    last_invocation_at: datetime | None
    is_failing: bool
    """Whether the model's last three turns that ended have failed."""


def listed_arms(*, model_id: str | None = None) -> Query[ListedArm]:
    """Return every arm by name and variant, or one."""
    valued_at, of_model = portfolio_size.c.created_at, portfolio_size.c.model_id == models.c.id
    nav = select(portfolio_size.c.net_portfolio.label("nav"), valued_at.label("at"))
    last = nav.where(of_model).order_by(valued_at.desc()).limit(1).lateral("last")
    opening = (
        nav.where(of_model, valued_at <= func.date_trunc("day", last.c.at))
        .order_by(valued_at.desc())
        .limit(1)
        .lateral("opening")
    )
    statement = (
        select(
            models.c.id,
            models.c.name,
            models.c.variant,
            arms.c.kind,
            arms.c.replica,
            models.c.open_router_model_name,
            arms.c.policy,
            arms.c.settings,
            arms.c.starting_capital,
            arms.c.enabled,
            arms.c.halted_reason,
            arms.c.created_at,
            models.c.invocation_count,
            models.c.total_minutes,
            models.c.failed_workflow_count,
            models.c.failed_tool_call_count,
            _count(
                invocations,
                invocations.c.model_id == models.c.id,
                arms.c.kind.in_([ArmKind.LLM, ArmKind.EXTERNAL]),
                invocations.c.response_payload["state"].astext == "MISSED",
            ),
            last.c.nav,
            last.c.at,
            # What was paid in since is no gain of the day.
            opening.c.nav + _transferred(since=opening.c.at, until=last.c.at),
            _paid_for_inference(),
            arm_states.c.state["spent"],
            _count_of_orders(OrderStatus.OPEN),
            _count_of_orders(OrderStatus.CLOSED),
            select(func.max(invocations.c.created_at))
            .where(invocations.c.model_id == models.c.id)
            .scalar_subquery(),
            _is_failing(),
        )
        .select_from(
            models.join(arms)
            .outerjoin(arm_states, arm_states.c.model_id == models.c.id)
            .outerjoin(last, true())
            .outerjoin(opening, true())
        )
        .order_by(models.c.name, models.c.variant)
    )
    if model_id is not None:
        statement = statement.where(models.c.id == model_id)
    return Query(statement, to(ListedArm))


def arm_refs(*, model_id: str | None = None) -> Query[ArmRef]:
    """Return what other rows name every arm by, by name and variant; or one arm's."""
    statement = (
        select(*ARM).select_from(models.join(arms)).order_by(models.c.name, models.c.variant)
    )
    if model_id is not None:
        statement = statement.where(models.c.id == model_id)
    return Query(statement, to(ArmRef))


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFigures:
    """What the LLM and RULE arms of a variant did together."""

    variant: str
    arms: int
    nav: Decimal
    """Quote; an arm that was never valued counts with its starting capital."""
    starting_capital: Decimal
    transferred: Decimal
    """Deposits less withdrawals (quote)."""
    trades: int
    wins: int
    net_pnl: Decimal
    fees: Decimal
    funding: Decimal
    invocations: int
    failures: int


def variant_figures() -> Query[VariantFigures]:
    """Return the sums of each variant that competes, in the order of the registry."""
    of_model = orders.c.model_id == models.c.id
    closed = (
        select(
            func.count().label("trades"),
            func.count().filter(orders.c.realized_pnl > 0).label("wins"),
            func.coalesce(func.sum(orders.c.realized_pnl), 0).label("net_pnl"),
        )
        .where(of_model, orders.c.status == OrderStatus.CLOSED)
        .lateral("closed")
    )
    last = (
        select(portfolio_size.c.net_portfolio.label("nav"), portfolio_size.c.created_at.label("at"))
        .where(portfolio_size.c.model_id == models.c.id)
        .order_by(portfolio_size.c.created_at.desc())
        .limit(1)
        .lateral("last")
    )
    fees = select(func.coalesce(func.sum(fills.c.fee), 0).label("fees"))
    paid = fees.where(fills.c.model_id == models.c.id).lateral("paid")
    moved = (
        select(func.coalesce(func.sum(payments.c.amount), 0).label("transferred"))
        .where(
            payments.c.model_id == models.c.id,
            payments.c.kind.in_([PaymentKind.DEPOSIT, PaymentKind.WITHDRAWAL]),
            payments.c.occurred_at <= last.c.at,
        )
        .lateral("moved")
    )
    received = (
        select(func.coalesce(func.sum(payments.c.amount), 0).label("funding"))
        .where(payments.c.model_id == models.c.id, payments.c.kind == PaymentKind.FUNDING)
        .lateral("received")
    )
    statement = (
        select(
            models.c.variant,
            func.count(),
            func.sum(func.coalesce(last.c.nav, arms.c.starting_capital)),
            func.sum(arms.c.starting_capital),
            func.sum(moved.c.transferred),
            _whole(closed.c.trades),
            _whole(closed.c.wins),
            func.sum(closed.c.net_pnl),
            func.sum(paid.c.fees),
            func.sum(received.c.funding),
            _whole(models.c.invocation_count),
            _whole(models.c.failed_workflow_count + models.c.failed_tool_call_count),
        )
        .select_from(
            models.join(arms)
            .join(closed, true())
            .join(paid, true())
            .join(received, true())
            .outerjoin(last, true())
            .join(moved, true())
        )
        .where(COMPETES)
        .group_by(models.c.variant)
        .order_by(models.c.variant)
    )
    return Query(statement, to(VariantFigures))


def _whole(counted: ColumnElement[int]) -> ColumnElement[int]:
    """Return a sum of counts as a whole number; PostgreSQL's own is a decimal one."""
    return cast(func.sum(counted), BigInteger)


def _transferred(
    *, since: ColumnElement[datetime], until: ColumnElement[datetime]
) -> ScalarSelect[Any]:
    """Return deposits less withdrawals of a model after ``since``, up to ``until``."""
    return (
        select(func.coalesce(func.sum(payments.c.amount), 0))
        .where(
            payments.c.model_id == models.c.id,
            payments.c.kind.in_([PaymentKind.DEPOSIT, PaymentKind.WITHDRAWAL]),
            payments.c.occurred_at > since,
            payments.c.occurred_at <= until,
        )
        .scalar_subquery()
    )


def _paid_for_inference() -> ScalarSelect[Any]:
    return (
        select(func.coalesce(-func.sum(payments.c.amount), 0))
        .where(payments.c.model_id == models.c.id, payments.c.kind == PaymentKind.INFERENCE)
        .scalar_subquery()
    )


def _is_failing() -> ColumnElement[bool]:
    """Say whether a model has failed so often in a row that it takes no new risk."""
    stage = func.coalesce(invocations.c.response_payload["state"].astext, "COMPLETED")
    newest = (
        select((stage == "FAILED").label("failed"))
        .where(
            invocations.c.model_id == models.c.id, arms.c.kind == ArmKind.LLM, stage != "RUNNING"
        )
        .correlate(models, arms)
        .order_by(invocations.c.created_at.desc(), invocations.c.id.desc())
        .limit(_FAILURES_THAT_PAUSE)
        .subquery("newest_turns")
    )
    failed = select(func.count()).select_from(newest).where(newest.c.failed).scalar_subquery()
    return failed == _FAILURES_THAT_PAUSE


def _count_of_orders(status: OrderStatus) -> ScalarSelect[int]:
    return _count(orders, orders.c.model_id == models.c.id, orders.c.status == status)


def _count(source: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(source)
        .where(*conditions)
        .correlate(models, arms)
        .scalar_subquery()
    )
