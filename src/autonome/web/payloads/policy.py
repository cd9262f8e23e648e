"""The policy of one arm: its limits, how far they may be changed, and what a change would do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.control import AskedFor, ReasonAsked
from autonome.web.payloads.figures import Id, Money, Payload

__all__ = [
    "ArmPolicy",
    "LimitBounds",
    "LimitsAsked",
    "PolicyAsked",
    "PolicyPreview",
    "PolicyVersion",
    "PreviewAsked",
    "PreviewExample",
]

LimitText = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,6}(\.\d{1,6})?$"),
    Field(examples=["0.01"], description="A limit as text, digit by digit."),
]


class LimitBounds(Payload):
    """How far one limit may be changed; nobody goes beyond."""

    min: Money
    max: Money
    step: Money
    unit: Literal["x", "fraction", "count", "minutes"]
    """`x`: a multiple of NAV, or leverage; `fraction`: 0.01 is 1 %."""
    less_grants_more: bool
    """Whether a smaller value is the looser one."""


class PolicyVersion(Payload):
    """Limits as they were in force from an instant on."""

    version: int
    at: datetime
    """By the wall clock; of version 1 when the arm began, by its own."""
    who: str
    """`token NAME`, `cli USER`, or `system` for version 1."""
    limits: dict[str, str]
    reason: str | None
    command_id: Id | None


class ArmPolicy(Payload):
    """The policy that guards an arm."""

    arm: ArmRef
    name: str = Field(examples=["standard"])
    version: int
    """Of the arm's own limits; 1 is what it began with."""
    title: str = Field(examples=["standard@1 v3"])
    """What decisions name."""
    limits: dict[str, str]
    """Those in force, as text by name; the names are those of `ranges`."""
    defaults: dict[str, str]
    """What the policy has by itself for such an arm."""
    ranges: dict[str, LimitBounds]
    history: list[PolicyVersion]
    """Newest first, the 100 newest at most."""


class LimitsAsked(AskedFor):
    """Limits by name; what is left out is as it is in force. Some policies have only a few."""

    max_leverage: LimitText | None = None
    risk_per_trade: LimitText | None = None
    max_position: LimitText | None = None
    max_gross_leverage: LimitText | None = None
    max_positions: LimitText | None = None
    min_free_collateral: LimitText | None = None
    default_cooldown_minutes: LimitText | None = None
    max_cooldown_minutes: LimitText | None = None
    daily_loss: LimitText | None = None
    max_drawdown: LimitText | None = None

    @property
    def named(self) -> dict[str, str]:
        """Return what is named, by its name in JSON."""
        return self.model_dump(by_alias=True, exclude_none=True)


class PreviewAsked(AskedFor):
    """Limits to try on what the arm has asked for."""

    limits: LimitsAsked


class PolicyAsked(ReasonAsked):
    """New limits of an arm."""

    limits: LimitsAsked
    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    """The version that they are to follow; if another one is in force by then, nothing happens."""


class PreviewExample(Payload):
    """One entry that an arm asked for, and what the limits would make of it."""

    invocation_id: Id
    tool_call_id: Id
    at: datetime
    symbol: str | None
    side: str | None
    outcome: Literal["smaller", "denied", "larger", "unknown"]
    """Compared with what was allowed; `unknown`: the record does not hold enough to judge it."""
    allowed: Money | None
    """Base units, an opposite position that it closes included; null: it was denied."""
    would: Money | None
    """Likewise; null: it would be denied, or nobody knows."""
    rule: str | None
    """The rule that would shrink or deny it, or that did where the limits would allow more."""
    reason: str | None
    """In words, where it would be denied or nobody knows."""


class PolicyPreview(Payload):
    """What limits would have made of the last entries that the arm asked for."""

    entries: int
    """Looked at: the newest 50 at most, each by itself, on the account as it then was."""
    smaller: int
    denied: int
    """Allowed then, denied by these limits."""
    larger: int
    """Shrunk or denied then, and less so by these limits."""
    unchanged: int
    unknown: int
    """The record does not hold enough to judge them; nothing is guessed."""
    examples: list[PreviewExample]
    """Of those that are not unchanged, newest first, 10 at most; unknown ones last."""
