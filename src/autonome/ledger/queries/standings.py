"""Counts and sums: per model, per variant, and the leaderboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import FromClause, ScalarSelect, Select, case, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from autonome.domain.choices import ArmKind, OrderStatus, PaymentKind
from autonome.domain.money import exact, share
from autonome.ledger.queries.competing import COMPETES, competing_variant
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import (
    arms,
    fills,
    invocations,
    models,
    orders,
    payments,
    portfolio_size,
    tool_calls,
)

__all__ = ["ModelStanding", "VariantStanding", "model_standings", "variant_standings"]

_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStanding:
    """What one model did and earned."""

    model_id: str
    model: str
    """Display name."""
    variant: str
    kind: ArmKind | None
    """``None`` for a model that was never given an arm."""
    starting_capital: Decimal | None
    """Quote."""
    nav: Decimal | None
    """The last NAV point (quote)."""
    nav_at: datetime | None
    decisions: int
    """Rows of ``"Invocations"``."""
    tool_calls: int
    open_orders: int
    trades: int
    winning_trades: int
    realized_pnl: Decimal
    """Sum over completed trades (quote)."""
    fees: Decimal
    """Quote paid, over all fills."""
    funding: Decimal
    """Quote received; negative when paid."""
    transferred: Decimal
    """Deposits less withdrawals up to the last NAV point (quote)."""

    @property
    @exact
    def gain(self) -> Decimal | None:
        """Return what was made of the starting capital (quote); what was paid in is no gain.

        ``None`` while there is no NAV point.
        """
        if self.nav is None or self.starting_capital is None:
            return None
        return self.nav - self.starting_capital - self.transferred

    @property
    @exact
    def return_percent(self) -> Decimal | None:
        """Return the gain as a percentage of the starting capital, ``None`` without either."""
        if self.gain is None or not self.starting_capital:
            return None
        return share(_HUNDRED, part=self.gain, whole=self.starting_capital)

    @property
    @exact
    def win_percent(self) -> Decimal | None:
        """Return the percentage of trades with a gain, ``None`` before the first trade."""
        if not self.trades:
            return None
        return share(_HUNDRED, part=Decimal(self.winning_trades), whole=Decimal(self.trades))

    @property
    def competing_variant(self) -> str | None:
        """Return the variant of an LLM or RULE arm; a control has one only because it must."""
        return competing_variant(self.kind, self.variant)


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantStanding:
    """What the arms of one variant did together; LLM and RULE arms only."""

    variant: str
    arms: int
    trades: int
    winning_trades: int
    realized_pnl: Decimal
    """Quote."""


def model_standings() -> Query[ModelStanding]:
    """Return every model, the highest NAV less what was paid in first."""
    last_nav = (
        select(portfolio_size.c.net_portfolio, portfolio_size.c.created_at)
        .where(portfolio_size.c.model_id == models.c.id)
        .order_by(portfolio_size.c.created_at.desc())
        .limit(1)
        .lateral("last_nav")
    )
    transferred = _sum_of(
        payments.c.amount,
        payments.c.model_id == models.c.id,
        payments.c.kind.in_([PaymentKind.DEPOSIT, PaymentKind.WITHDRAWAL]),
        payments.c.occurred_at <= last_nav.c.created_at,
    )
    counts = _order_counts().where(orders.c.model_id == models.c.id).lateral("counts")
    # Counted once for all: per model, each count would read the whole table again.
    calls = (
        select(invocations.c.model_id, func.count().label("tool_calls"))
        .select_from(tool_calls.join(invocations))
        .group_by(invocations.c.model_id)
        .subquery("calls")
    )
    statement = (
        select(
            models.c.id,
            models.c.name,
            models.c.variant,
            arms.c.kind,
            arms.c.starting_capital,
            last_nav.c.net_portfolio,
            last_nav.c.created_at,
            _count_of(invocations, invocations.c.model_id == models.c.id),
            func.coalesce(calls.c.tool_calls, 0),
            counts.c.open_orders,
            counts.c.trades,
            counts.c.winning_trades,
            counts.c.realized_pnl,
            _sum_of(fills.c.fee, fills.c.model_id == models.c.id),
            _sum_of(
                payments.c.amount,
                payments.c.model_id == models.c.id,
                payments.c.kind == PaymentKind.FUNDING,
            ),
            transferred,
        )
        .select_from(
            models.outerjoin(arms)
            .outerjoin(last_nav, true())
            .outerjoin(calls, calls.c.model_id == models.c.id)
            .join(counts, true())
        )
        .order_by((last_nav.c.net_portfolio - transferred).desc().nulls_last(), models.c.name)
    )
    return Query(statement, to(ModelStanding))


def variant_standings() -> Query[VariantStanding]:
    """Return every variant that an LLM or RULE arm competes under, the highest sum first."""
    counts = _order_counts().where(orders.c.model_id == models.c.id).lateral("counts")
    realized = func.sum(counts.c.realized_pnl).label("realized_pnl")
    statement = (
        select(
            models.c.variant,
            func.count(),
            func.sum(counts.c.trades),
            func.sum(counts.c.winning_trades),
            realized,
        )
        .select_from(models.join(arms).join(counts, true()))
        .where(COMPETES)
        .group_by(models.c.variant)
        .order_by(realized.desc(), models.c.variant)
    )
    return Query(statement, to(VariantStanding))


def _order_counts() -> Select[tuple[int, int, int, Decimal]]:
    closed = orders.c.status == OrderStatus.CLOSED
    pnl = orders.c.realized_pnl
    return select(
        func.count().filter(orders.c.status == OrderStatus.OPEN).label("open_orders"),
        func.count().filter(closed).label("trades"),
        func.count().filter(closed, pnl > 0).label("winning_trades"),
        func.coalesce(func.sum(case((closed, pnl))), 0).label("realized_pnl"),
    )


def _count_of(source: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(source).where(*conditions).scalar_subquery()


def _sum_of(
    amount: ColumnElement[Decimal], *conditions: ColumnElement[bool]
) -> ScalarSelect[Decimal]:
    return select(func.coalesce(func.sum(amount), 0)).where(*conditions).scalar_subquery()
