"""Decisions: invocations, their tool calls and what came of them, cycles, failures."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Id, Items, Money, Payload
from autonome.web.payloads.trading import Fill, Intent, Payment

__all__ = [
    "Call",
    "Change",
    "Cycle",
    "CycleRef",
    "Denial",
    "Execution",
    "FailedTurn",
    "Failure",
    "Failures",
    "Invocation",
    "InvocationSummary",
    "Message",
    "Prompt",
    "ServedBy",
    "StepDetail",
]

State = Literal["RUNNING", "COMPLETED", "FAILED", "MISSED"]


class FailedTurn(Payload):
    """Why a turn did not come to its own end, or why the model was not asked."""

    kind: str
    words: str


class Change(Payload):
    """What one rule of the policy made of a quantity."""

    rule: str
    limit: str
    before: Money
    after: Money


class Denial(Payload):
    """Our policy's refusal."""

    rule: str
    reason: str
    until: str | None = None


class Execution(Payload):
    """What traded for a call."""

    quantity: Money
    price: Money
    side: Literal["BUY", "SELL"]
    at: datetime
    order_id: Id


class Call(Payload):
    """One tool call: what was asked, what the policy allowed, what filled."""

    id: Id
    type: str
    action: str
    asked: dict[str, Any]
    allowed: dict[str, Any] | None
    changes: list[Change]
    denied: Denial | None
    unusable: str | None
    filled: list[Execution]
    intent_state: str | None
    late: bool


class InvocationSummary(Payload):
    """One decision of one model."""

    id: Id
    arm: ArmRef
    at: datetime
    finished_at: datetime | None
    state: State
    response: str
    """At most 20,000 characters."""
    failure: FailedTurn | None
    steps: int | None
    tokens_in: int | None
    tokens_out: int | None
    cost: Money | None
    duration_ms: int | None
    calls: list[Call]


class CycleRef(Payload):
    """The cycle in which a decision was made."""

    id: Id
    scheduled_at: datetime
    observation_hash: str | None
    recipe: dict[str, Any] | None
    has_observation: bool


class ServedBy(Payload):
    """Who answered."""

    provider: str | None
    model: str | None


class StepDetail(Payload):
    """One request to the model within a turn."""

    number: int
    text: str | None
    tokens_in: int | None
    tokens_out: int | None
    duration_ms: int | None
    calls: list[str]
    """Names of the tools that it called."""


class Invocation(InvocationSummary):
    """One decision, and the whole chain behind it."""

    cycle: CycleRef | None
    prompt_hash: str | None
    served_by: ServedBy | None
    finish_reason: str | None
    steps_detail: list[StepDetail]
    warnings: list[str]
    intents: list[Intent]
    fills: list[Fill]
    payments: list[Payment]
    previous_id: Id | None
    next_id: Id | None


class Message(Payload):
    """One part of what was sent or said."""

    role: str
    text: str


class Prompt(Payload):
    """What a model was sent, and what it said."""

    invocation_id: Id
    at: datetime
    messages: list[Message]


class Cycle(Payload):
    """One tick of the arena's clock."""

    id: Id
    scheduled_at: datetime
    started_at: datetime
    finished_at: datetime | None
    observation_hash: str | None
    recipe: dict[str, Any] | None
    has_observation: bool
    asked: int
    """Invocations on record for it, those that were missed left out."""
    missed: int


class Failure(Payload):
    """Something that went wrong, or was refused."""

    id: Id
    at: datetime
    arm: ArmRef
    kind: Literal["MISSED", "FAILED", "DENIED", "UNUSABLE", "REJECTED", "HALTED"]
    words: str
    invocation_id: Id | None
    rule: str | None


class Failures(Items[Failure]):
    """A page of failures, and how many of each kind the filter leaves in."""

    counts: dict[str, int]
