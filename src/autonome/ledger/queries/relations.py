"""Relations, both ways: a model's invocations, snapshots and orders, and back to the parent."""

from __future__ import annotations

from autonome.ledger.queries.query import Query, rows_where
from autonome.ledger.rows import Invocation, Model, Order, PortfolioSnapshot, ToolCall
from autonome.ledger.tables import invocations, models, orders, portfolio_size, tool_calls

__all__ = [
    "invocation_of",
    "invocations_of",
    "model_of",
    "orders_of",
    "snapshots_of",
    "tool_calls_of",
]


def invocations_of(model: Model) -> Query[Invocation]:
    """Return the invocations of a model, oldest first."""
    return rows_where(
        Invocation,
        invocations.c.model_id == model.id,
        order_by=(invocations.c.created_at, invocations.c.id),
    )


def snapshots_of(model: Model) -> Query[PortfolioSnapshot]:
    """Return the NAV points of a model, oldest first."""
    return rows_where(
        PortfolioSnapshot,
        portfolio_size.c.model_id == model.id,
        order_by=(portfolio_size.c.created_at,),
    )


def orders_of(model: Model) -> Query[Order]:
    """Return the orders of a model, open and closed, oldest first."""
    return rows_where(
        Order, orders.c.model_id == model.id, order_by=(orders.c.opened_at, orders.c.id)
    )


def tool_calls_of(invocation: Invocation) -> Query[ToolCall]:
    """Return the tool calls of an invocation, oldest first."""
    return rows_where(
        ToolCall,
        tool_calls.c.invocation_id == invocation.id,
        order_by=(tool_calls.c.created_at, tool_calls.c.id),
    )


def model_of(child: Invocation | PortfolioSnapshot | Order) -> Query[Model]:
    """Return the model that a row belongs to."""
    return rows_where(Model, models.c.id == child.model_id)


def invocation_of(tool_call: ToolCall) -> Query[Invocation]:
    """Return the invocation in which a tool call was made."""
    return rows_where(Invocation, invocations.c.id == tool_call.invocation_id)
