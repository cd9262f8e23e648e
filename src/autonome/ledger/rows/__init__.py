"""Typed rows: one frozen value per row of each table, fields in column order.

Fields are the columns' names in snake_case; instants are aware and in UTC; money is ``Decimal``.
"""

from autonome.ledger.rows.control import ControlEntry, Token, TokenScope
from autonome.ledger.rows.decisions import Cycle, Invocation, ToolCall
from autonome.ledger.rows.models import Arm, Model
from autonome.ledger.rows.orders import NewOrder, Order
from autonome.ledger.rows.policies import ArmPolicy, Judgement
from autonome.ledger.rows.running import (
    ArmState,
    Command,
    CommandKind,
    Event,
    EventKind,
    Fact,
    FactName,
    NewEvent,
)
from autonome.ledger.rows.trading import Fill, Intent, Payment
from autonome.ledger.rows.values import Mark, PortfolioSnapshot

__all__ = [
    "Arm",
    "ArmPolicy",
    "ArmState",
    "Command",
    "CommandKind",
    "ControlEntry",
    "Cycle",
    "Event",
    "EventKind",
    "Fact",
    "FactName",
    "Fill",
    "Intent",
    "Invocation",
    "Judgement",
    "Mark",
    "Model",
    "NewEvent",
    "NewOrder",
    "Order",
    "Payment",
    "PortfolioSnapshot",
    "Token",
    "TokenScope",
    "ToolCall",
]
