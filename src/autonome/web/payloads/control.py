"""What operators ask for and are shown: commands, the log of control, sessions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Id, Payload

__all__ = [
    "ArmsAsked",
    "AskedFor",
    "CommandShown",
    "ControlEntry",
    "PlanAsked",
    "ReasonAsked",
    "Session",
    "SessionAsked",
]

_MOST_MODELS: Final = 200
_LONGEST_REASON: Final = 500
_LONGEST_WORDS: Final = 2_000

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST_REASON),
    Field(examples=["The feed looks wrong"]),
]
PriceText = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,10}(\.\d{1,18})?$"),
    Field(examples=["94820.5"], description="A price as text, digit by digit."),
]


class AskedFor(Payload):
    """What is sent with a write: nothing else may be in it."""

    model_config = ConfigDict(extra="forbid")


class ReasonAsked(AskedFor):
    """Why."""

    reason: Reason


class ArmsAsked(ReasonAsked):
    """Which arms, and why."""

    models: Annotated[tuple[Id, ...], Field(max_length=_MOST_MODELS)] = ()
    """Ids; none is the whole arena."""


def _instant(text: str) -> str:
    datetime.fromisoformat(text)
    return text


class PlanAsked(ReasonAsked):
    """What is to change of an exit plan; what is left out stays."""

    stop: PriceText | None = None
    """It may only tighten."""
    target: PriceText | None = None
    invalidation: Annotated[str, StringConstraints(max_length=_LONGEST_WORDS)] | None = None
    invalidation_price: PriceText | None = None
    time_exit: Annotated[str, StringConstraints(max_length=40), AfterValidator(_instant)] | None = (
        None
    )
    """A date or an instant, UTC."""

    @property
    def update(self) -> dict[str, str]:
        """Return what is named, as a command keeps it."""
        asked = self.model_dump(by_alias=True, exclude={"reason"}, exclude_none=True)
        return {
            key: f"{Decimal(text):f}" if key in ("stop", "target", "invalidationPrice") else text
            for key, text in asked.items()
        }


class CommandShown(Payload):
    """What was asked of whoever leads the arena, and what came of it."""

    command_id: Id
    kind: str
    models: list[Id] | None
    """Null: the whole arena."""
    reason: str
    requested_by: str
    requested_at: datetime
    done_at: datetime | None
    """Null while it was not carried out: nobody runs the arena, or it takes a second or two."""
    outcome: str | None
    is_run: bool
    """Whether a process leads the arena now."""


class ControlEntry(Payload):
    """One act of control; never changed afterwards."""

    id: Id
    at: datetime
    who: str
    """`token NAME`, `cli USER` or `system`."""
    what: str
    arm: ArmRef | None
    """Null: the whole arena, or several of its arms (`before` and `after` name them)."""
    command_id: Id | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    """As it is once the command is carried out."""
    reason: str | None
    done_at: datetime | None
    outcome: str | None


class SessionAsked(AskedFor):
    """A token, to begin a session with."""

    token: Annotated[str, Field(max_length=200)]


class Session(Payload):
    """Who asks, and what may be done."""

    scope: str
    """`none`, `read` or `admin`."""
    name: str | None
    """Of the token; null: anybody."""
    expires_at: datetime | None
    """When the session of the cookie ends."""
    public: bool
    requires_token: bool
    """Whether reading needs a token here."""
    sees_prompts: bool
