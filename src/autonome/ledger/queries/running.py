"""What a running arena asks of its rows: figures of each arm, spending, invocations, commands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Numeric,
    ScalarSelect,
    case,
    cast,
    func,
    or_,
    select,
    true,
)

from autonome.domain.choices import OrderStatus, PaymentKind, Side
from autonome.domain.value import value
from autonome.ledger.queries.query import Query, rows_where, to
from autonome.ledger.rows import Command, Order
from autonome.ledger.tables import (
    arm_states,
    arms,
    commands,
    fills,
    intents,
    invocations,
    nav_days,
    nav_hours,
    orders,
    payments,
    portfolio_size,
)

__all__ = [
    "IS_RUN",
    "NEWEST_INVOCATIONS",
    "ArmFigures",
    "InferenceSpent",
    "InvocationStage",
    "arm_figures",
    "inference_spent",
    "newest_stages",
    "newest_trades",
    "pending_commands",
]

_MS_PER_S: Final = 1_000
IS_RUN: Final = or_(arms.c.enabled, arms.c.settings["adopted"].astext.is_distinct_from("true"))
"""Which arms a process looks after: those that are asked no more, too, but none that only came
with rows of another client."""
NEWEST_INVOCATIONS: Final = 250
"""Of each arm: among them are those in flight, though many ticks may be missed meanwhile, and
failures in a row are counted up to here."""


@value
class ArmFigures:
    """What the rows of an arm sum to."""

    model_id: str
    cash_flow: Decimal
    """Quote; starting capital less everything bought and paid, plus everything sold and received;
    inference is left out."""
    peak_nav: Decimal | None
    """The highest NAV point (quote, in cents) since an operator resumed the arm, if one ever did;
    ``None`` while there is none."""
    day_opening_nav: Decimal | None
    """The last NAV point when the UTC day began (quote), ``None`` where there was none yet."""
    last_order_index: int
    """The highest client order index used so far; 0 is none."""


def arm_figures(*, day_began: datetime) -> Query[ArmFigures]:
    """Return the figures of every arm that runs; ``day_began`` is the beginning of its UTC day."""
    traded = case((fills.c.side == Side.BUY, fills.c.quantity), else_=-fills.c.quantity)
    nav, valued_at = portfolio_size.c.net_portfolio, portfolio_size.c.created_at
    of_arm = portfolio_size.c.model_id == arms.c.model_id
    day_opening = (
        select(nav)
        .where(of_arm, valued_at <= day_began)
        .order_by(valued_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    resumed_ms = (
        select(cast(arm_states.c.state["resumed"].astext, Numeric))
        .where(arm_states.c.model_id == arms.c.model_id)
        .correlate(arms)
        .scalar_subquery()
    )
    since = func.timezone("UTC", func.to_timestamp(func.coalesce(resumed_ms, 0) / _MS_PER_S))
    statement = select(
        arms.c.model_id,
        arms.c.starting_capital
        - _sum(traded * fills.c.price + fills.c.fee, fills.c.model_id == arms.c.model_id)
        + _sum(
            payments.c.amount,
            payments.c.model_id == arms.c.model_id,
            payments.c.kind != PaymentKind.INFERENCE,
        ),
        _peak(since),
        day_opening,
        select(func.coalesce(func.max(intents.c.client_order_index), 0))
        .where(intents.c.model_id == arms.c.model_id)
        .scalar_subquery(),
    ).where(IS_RUN)
    return Query(statement, to(ArmFigures))


def _peak(since: ColumnElement[datetime]) -> ColumnElement[Decimal]:
    """Return the highest NAV of an arm since an instant.

    Whole days and hours after it are known by their rollups, which outlive the points.
    """
    hour, day = func.date_trunc("hour", since), func.date_trunc("day", since)
    nav, valued_at = portfolio_size.c.net_portfolio, portfolio_size.c.created_at
    return func.greatest(
        select(func.max(nav_days.c.highest))
        .where(nav_days.c.model_id == arms.c.model_id, nav_days.c.start >= since)
        .scalar_subquery(),
        select(func.max(nav_hours.c.highest))
        .where(
            nav_hours.c.model_id == arms.c.model_id,
            nav_hours.c.start >= since,
            nav_hours.c.start < day + timedelta(days=1),
        )
        .scalar_subquery(),
        select(func.max(nav))
        .where(
            portfolio_size.c.model_id == arms.c.model_id,
            valued_at >= since,
            valued_at < hour + timedelta(hours=1),
        )
        .scalar_subquery(),
    )


def _sum(amount: ColumnElement[Decimal], *conditions: ColumnElement[bool]) -> ScalarSelect[Decimal]:
    # Products of two columns keep all their places: the type of the sum must not cut them off.
    total = func.coalesce(func.sum(amount), 0, type_=Numeric())
    return select(total).where(*conditions).scalar_subquery()


@value
class InferenceSpent:
    """What one model's inference took on one UTC day."""

    model_id: str
    day: date
    cost: Decimal
    """Quote, >= 0."""
    tokens: int


def inference_spent(*, since: datetime) -> Query[InferenceSpent]:
    """Return cost and tokens of each arm that runs and UTC day from ``since`` on.

    Cost is that of the INFERENCE payments, tokens are those that invocations report as
    ``charged.tokens``.
    """
    tokens = invocations.c.response_payload["charged"]["tokens"]
    counted = case((func.jsonb_typeof(tokens) == "number", cast(tokens.astext, Numeric)), else_=0)
    paid = (
        select(
            payments.c.model_id,
            cast(payments.c.occurred_at, Date).label("day"),
            (-payments.c.amount).label("cost"),
            cast(0, Numeric).label("tokens"),
        )
        .select_from(arms.join(payments, payments.c.model_id == arms.c.model_id))
        .where(
            IS_RUN,
            payments.c.occurred_at >= since,
            payments.c.kind == PaymentKind.INFERENCE,
        )
    )
    used = (
        select(
            invocations.c.model_id,
            cast(invocations.c.created_at, Date),
            cast(0, Numeric),
            counted,
        )
        .select_from(arms.join(invocations, invocations.c.model_id == arms.c.model_id))
        .where(IS_RUN, invocations.c.created_at >= since)
    )
    both = paid.union_all(used).subquery("both")
    statement = (
        select(
            both.c.model_id,
            both.c.day,
            func.sum(both.c.cost),
            cast(func.sum(both.c.tokens), BigInteger),
        )
        .group_by(both.c.model_id, both.c.day)
        .order_by(both.c.model_id, both.c.day)
    )
    return Query(statement, to(InferenceSpent))


@value
class InvocationStage:
    """How far an invocation came."""

    id: str
    model_id: str
    stage: str | None
    """``state`` of its payload: RUNNING, COMPLETED or FAILED; ``None`` where it says nothing."""


def newest_stages() -> Query[InvocationStage]:
    """Return the newest invocations of each arm that runs, newest first."""
    newest = (
        select(invocations.c.id, invocations.c.response_payload["state"].astext.label("stage"))
        .where(invocations.c.model_id == arms.c.model_id)
        .order_by(invocations.c.created_at.desc(), invocations.c.id.desc())
        .limit(NEWEST_INVOCATIONS)
        .add_columns(invocations.c.created_at)
        .lateral("newest")
    )
    statement = (
        select(newest.c.id, arms.c.model_id, newest.c.stage)
        .select_from(arms.join(newest, true()))
        .where(IS_RUN)
        .order_by(arms.c.model_id, newest.c.created_at.desc(), newest.c.id.desc())
    )
    return Query(statement, to(InvocationStage))


def newest_trades(*, limit: int) -> Query[Order]:
    """Return the last ``limit`` CLOSED rows of each arm that runs, oldest first."""
    newest = (
        select(orders)
        .where(orders.c.model_id == arms.c.model_id, orders.c.status == OrderStatus.CLOSED)
        .order_by(orders.c.closed_at.desc(), orders.c.id.desc())
        .limit(limit)
        .lateral("newest")
    )
    statement = (
        select(*newest.c)
        .select_from(arms.join(newest, true()))
        .where(IS_RUN)
        .order_by(newest.c.model_id, newest.c.closed_at, newest.c.id)
    )
    return Query(statement, to(Order))


def pending_commands() -> Query[Command]:
    """Return what operators asked for and nobody has carried out yet, oldest first."""
    return rows_where(
        Command,
        commands.c.done_at.is_(None),
        order_by=(commands.c.requested_at, commands.c.id),
    )
