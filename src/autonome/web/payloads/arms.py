"""Arms and variants: who competes, how each is run and how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from autonome.web.payloads.figures import Id, Money, Payload

__all__ = [
    "Arm",
    "ArmRef",
    "Counters",
    "Kind",
    "PolicyInForce",
    "SpentToday",
    "Variant",
    "VariantAggregate",
]

Kind = Literal["LLM", "RULE", "CONTROL", "EXTERNAL"]


class ArmRef(Payload):
    """An arm, as other objects name it."""

    id: Id
    """Of its model."""
    name: str = Field(examples=["Local"])
    variant: str | None
    """Null: the arm counts for none; a control, or an agent of one's own without a variant."""
    kind: Kind
    replica: int
    """Number among arms that differ by chance only."""


class Counters(Payload):
    """What an arm did, in numbers."""

    invocations: int
    """Decisions completed, cycles covered by a rule included."""
    minutes: int
    """Trading time covered."""
    failed_workflows: int
    """Invocations that did not complete."""
    failed_tool_calls: int
    """Tool calls that stayed refused for bad arguments."""
    missed: int
    """Cycles in which the model was not asked."""


class SpentToday(Payload):
    """What inference took of the budget of a day (UTC, by the wall clock)."""

    day: str
    tokens: int
    cost: Money
    tokens_per_day: int | None
    money_per_day: Money | None


class Arm(ArmRef):
    """A competitor, how it is run and how it stands."""

    model: str
    """Name at the provider; of a rule or control, its agent."""
    policy: str
    settings: dict[str, Any]
    """Of its agent; never a key."""
    starting_capital: Money
    enabled: bool
    state: Literal["RUNNING", "HALTED", "PAUSED", "DISABLED"]
    """PAUSED: the model's last three turns failed."""
    halted_reason: str | None
    unasked_reason: str | None
    """Why its model is asked nothing, as who runs the arena said last; its exits go on."""
    counters: Counters
    nav: Money | None
    nav_at: datetime | None
    day_opening_nav: Money | None
    """The last NAV when the arena's present day (UTC) began."""
    inference_cost: Money
    """So far, >= 0."""
    spent_today: SpentToday | None
    positions: int
    trades: int
    created_at: datetime
    last_invocation_at: datetime | None


class Variant(Payload):
    """A trading personality."""

    id: str
    label: str
    description: str
    colour: str = Field(examples=["#f59e0b"])


class VariantAggregate(Payload):
    """What the arms of one variant did together; LLM and RULE arms only."""

    variant: str
    arms: int
    nav: Money
    starting_capital: Money
    return_: Money | None = Field(serialization_alias="return")
    """(NAV - starting capital - deposits + withdrawals) / starting capital, to 1e-8; null without
    capital."""
    trades: int
    wins: int
    net_pnl: Money
    """Of completed trades."""
    fees: Money
    """Paid, over all fills."""
    funding: Money
    """Received; negative when paid."""
    invocations: int
    failures: int
    """Invocations that did not complete, and tool calls that stayed refused."""


class PolicyInForce(Payload):
    """A policy with the limits that it has for a variant, and the arms that it guards."""

    name: str
    version: int
    revision: int
    """Of limits of an arm's own; 1 are those of the policy."""
    title: str
    """What decisions name."""
    variant: str | None
    limits: dict[str, Any]
    rules: list[dict[str, str]]
    arms: list[Id]
