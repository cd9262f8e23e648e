"""The tables as SQLAlchemy sees them, for reads; migrations alone make them.

Column names are the database's; keys are the fields of ``autonome.ledger.rows``. No schema is
named: the connection's ``search_path`` is the arena.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import ENUM, JSONB

from autonome.domain.choices import (
    ArmKind,
    IntentPurpose,
    IntentState,
    Liquidity,
    OrderSide,
    OrderStatus,
    OrderType,
    PaymentKind,
    PolicyName,
    Side,
    ToolCallType,
)
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger import rows
from autonome.ledger.types import Choice, ExitPlanJson, Instant, JsonText, stored_enum

__all__ = [
    "BUNDLED",
    "METADATA",
    "ROWS",
    "RUNNING_ROWS",
    "arm_policies",
    "arm_states",
    "arms",
    "commands",
    "control_log",
    "cycles",
    "events",
    "facts",
    "fills",
    "intents",
    "invocations",
    "judgements",
    "marks",
    "models",
    "nav_days",
    "nav_hours",
    "orders",
    "payments",
    "portfolio_size",
    "sessions",
    "tokens",
    "tool_calls",
]

METADATA = MetaData()


def _column(field: str, kind: Any, *rest: Any, **options: Any) -> Column[Any]:
    """Return the column of ``field``: its name in the database is the same word in camelCase."""
    first, *others = field.split("_")
    name = first + "".join(word.capitalize() for word in others)
    return Column(name, kind, *rest, key=field, nullable=options.pop("nullable", False), **options)


def _id() -> Column[Any]:
    return _column("id", Text, primary_key=True)


def _reference(field: str, table: str, **options: Any) -> Column[Any]:
    return _column(field, Text, ForeignKey(f"{table}.id"), **options)


def _amount(field: str, **options: Any) -> Column[Any]:
    return _column(field, Numeric(18, 8), **options)


models = Table(
    "Models",
    METADATA,
    _id(),
    _column("name", Text),
    _column("open_router_model_name", Text),
    _column("variant", ENUM(*VARIANT_IDS, name="Variant", create_type=False)),
    _column("lighter_api_key", Text),
    _column("invocation_count", Integer),
    _column("total_minutes", Integer),
    _column("account_index", Text),
    _column("failed_workflow_count", Integer),
    _column("failed_tool_call_count", Integer),
)
invocations = Table(
    "Invocations",
    METADATA,
    _id(),
    _reference("model_id", "Models"),
    _column("response", Text),
    _column("response_payload", JSONB(none_as_null=True), nullable=True),
    _column("created_at", Instant),
    _column("updated_at", Instant),
)
tool_calls = Table(
    "ToolCalls",
    METADATA,
    _id(),
    _reference("invocation_id", "Invocations"),
    _column("tool_call_type", stored_enum(ToolCallType, name="ToolCallType")),
    _column("metadata", JsonText),
    _column("created_at", Instant),
    _column("updated_at", Instant),
)
portfolio_size = Table(
    "PortfolioSize",
    METADATA,
    _id(),
    _reference("model_id", "Models"),
    _column("net_portfolio", Numeric(18, 2)),
    _column("created_at", Instant),
    _column("updated_at", Instant),
)
orders = Table(
    "Orders",
    METADATA,
    _id(),
    _reference("model_id", "Models"),
    _column("symbol", Text),
    _column("side", stored_enum(OrderSide, name="OrderSide")),
    _amount("quantity"),
    _column("leverage", Numeric(10, 2), nullable=True),
    _amount("entry_price"),
    _column("exit_plan", ExitPlanJson, nullable=True),
    _column("status", stored_enum(OrderStatus, name="OrderStatus")),
    _amount("exit_price", nullable=True),
    _column("realized_pnl", Numeric(18, 2), nullable=True),
    _column("close_trigger", Text, nullable=True),
    _column("sl_order_index", Text, nullable=True),
    _column("tp_order_index", Text, nullable=True),
    _amount("sl_trigger_price", nullable=True),
    _amount("tp_trigger_price", nullable=True),
    _column("opened_at", Instant),
    _column("closed_at", Instant, nullable=True),
    _column("updated_at", Instant),
)
arms = Table(
    "Arms",
    METADATA,
    _reference("model_id", "Models", primary_key=True),
    _column("kind", Choice(ArmKind)),
    _column("replica", Integer),
    _column("policy", Choice(PolicyName)),
    _column("settings", JSONB),
    _amount("starting_capital"),
    _column("enabled", Boolean),
    _column("halted_reason", Text, nullable=True),
    _column("epoch", Integer),
    _column("created_at", Instant),
    _column("updated_at", Instant),
)
cycles = Table(
    "Cycles",
    METADATA,
    _id(),
    _column("scheduled_at", Instant),
    _column("started_at", Instant),
    _column("finished_at", Instant, nullable=True),
    _column("observation_hash", Text, nullable=True),
    _column("recipe", JSONB(none_as_null=True), nullable=True),
    _column("observation", JSONB(none_as_null=True), nullable=True),
)
intents = Table(
    "Intents",
    METADATA,
    _id(),
    _reference("model_id", "Models"),
    _reference("tool_call_id", "ToolCalls", nullable=True),
    _reference("order_id", "Orders", nullable=True),
    _column("symbol", Text),
    _column("client_order_index", BigInteger),
    _column("venue_order_id", Text, nullable=True),
    _column("purpose", Choice(IntentPurpose)),
    _column("order_type", Choice(OrderType)),
    _column("side", Choice(Side)),
    _amount("quantity"),
    _amount("trigger_price", nullable=True),
    _amount("limit_price", nullable=True),
    _column("reduce_only", Boolean),
    _column("state", Choice(IntentState)),
    _column("reason", Text, nullable=True),
    _column("created_at", Instant),
    _column("updated_at", Instant),
)
fills = Table(
    "Fills",
    METADATA,
    _id(),
    _reference("intent_id", "Intents", nullable=True),
    _reference("order_id", "Orders"),
    _reference("model_id", "Models"),
    _column("symbol", Text),
    _column("venue_fill_id", Text),
    _column("part", SmallInteger),
    _column("side", Choice(Side)),
    _amount("quantity"),
    _amount("price"),
    _amount("fee"),
    _column("liquidity", Choice(Liquidity)),
    _column("filled_at", Instant),
    _column("recorded_at", Instant),
)
payments = Table(
    "Payments",
    METADATA,
    _id(),
    _reference("model_id", "Models"),
    _reference("order_id", "Orders", nullable=True),
    _column("kind", Choice(PaymentKind)),
    _amount("amount"),
    _column("occurred_at", Instant),
    _column("recorded_at", Instant),
)
marks = Table(
    "Marks",
    METADATA,
    _column("symbol", Text, primary_key=True),
    _column("at", Instant, primary_key=True),
    _amount("price"),
)

arm_states = Table(
    "ArmStates",
    METADATA,
    _reference("model_id", "Models", primary_key=True),
    _column("state", JSONB),
    _column("updated_at", Instant),
)
arm_policies = Table(
    "ArmPolicies",
    METADATA,
    _column("model_id", Text, primary_key=True),
    _column("version", Integer, primary_key=True),
    _column("name", Text),
    _column("limits", JSONB),
    _column("at", Instant),
    _column("who", Text),
    _column("reason", Text, nullable=True),
    _column("command_id", Text, nullable=True),
)
judgements = Table(
    "Judgements",
    METADATA,
    _reference("tool_call_id", "ToolCalls", primary_key=True),
    _column("request", JSONB),
    _column("standing", JSONB),
)
commands = Table(
    "Commands",
    METADATA,
    _id(),
    _column("kind", Choice(rows.CommandKind)),
    _reference("model_id", "Models", nullable=True),
    _column("reason", Text),
    _column("requested_by", Text),
    _column("requested_at", Instant),
    _column("done_at", Instant, nullable=True),
    _column("outcome", Text, nullable=True),
    _column("payload", JSONB(none_as_null=True), nullable=True),
)
tokens = Table(
    "Tokens",
    METADATA,
    _id(),
    _column("name", Text),
    _column("scope", Choice(rows.TokenScope)),
    _column("hash", Text),
    _column("created_at", Instant),
    _column("last_used_at", Instant, nullable=True),
    _column("revoked_at", Instant, nullable=True),
)
sessions = Table(
    "Sessions",
    METADATA,
    _id(),
    _reference("token_id", "Tokens"),
    _column("hash", Text),
    _column("created_at", Instant),
    _column("expires_at", Instant),
)
control_log = Table(
    "ControlLog",
    METADATA,
    _id(),
    _column("at", Instant),
    _column("who", Text),
    _column("what", Text),
    _column("model_id", Text, nullable=True),
    _column("command_id", Text, nullable=True),
    _column("before", JSONB(none_as_null=True), nullable=True),
    _column("after", JSONB(none_as_null=True), nullable=True),
    _column("reason", Text, nullable=True),
)
events = Table(
    "Events",
    METADATA,
    _column("id", BigInteger, primary_key=True),
    _column("written_at", Instant),
    _column("at", Instant),
    _column("kind", Choice(rows.EventKind)),
    _reference("model_id", "Models", nullable=True),
    _column("payload", JSONB),
)

facts = Table(
    "Facts",
    METADATA,
    _column("name", Choice(rows.FactName), primary_key=True),
    _column("at", Instant),
    _column("said", JSONB),
)


def _nav_rollup(table: str) -> Table:
    """Return a table of NAV per interval; derived from the points, and so no content."""
    edges = ("first", "lowest", "highest", "last")
    columns = [
        column
        for edge in edges
        for column in (_column(edge, Numeric(18, 2)), _column(f"{edge}_at", Instant))
    ]
    return Table(
        table,
        METADATA,
        _reference("model_id", "Models", primary_key=True),
        _column("start", Instant, primary_key=True),
        *columns,
        _column("thinned", Boolean),
    )


nav_hours = _nav_rollup("NavHours")
nav_days = _nav_rollup("NavDays")

ROWS: dict[type, Table] = {
    rows.Model: models,
    rows.Arm: arms,
    rows.Cycle: cycles,
    rows.Invocation: invocations,
    rows.ToolCall: tool_calls,
    rows.Order: orders,
    rows.Intent: intents,
    rows.Fill: fills,
    rows.Payment: payments,
    rows.PortfolioSnapshot: portfolio_size,
    rows.Mark: marks,
}
"""The table of each row type that is an arena's content, parents before their children."""

RUNNING_ROWS: dict[type, Table] = {
    rows.ArmState: arm_states,
    rows.ArmPolicy: arm_policies,
    rows.Judgement: judgements,
    rows.Command: commands,
    rows.Event: events,
    rows.Fact: facts,
}
"""The others: what a running arena goes on with and tells, and no figure is computed from.

The content hash leaves them out, so that equal histories are equal however they ran.
"""

BUNDLED: tuple[Table, ...] = (*ROWS.values(), arm_policies, judgements)
"""What a bundle holds: the content, and by which limits entries were judged and on what account."""
