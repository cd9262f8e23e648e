"""What a model's turn comes to: what it asked for, what it said and cost, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum

from autonome.agents.actions import Action
from autonome.agents.llm.budget import Spent
from autonome.agents.tools import Unusable
from autonome.domain.refusals import Denied
from autonome.domain.value import value

__all__ = ["Answer", "Attempt", "Failure", "FailureKind"]


class FailureKind(Enum):
    """Why a turn did not come to its own end."""

    TIMEOUT = "TIMEOUT"
    """The deadline passed; the request was cancelled."""
    NETWORK = "NETWORK"
    """The endpoint could not be reached, or hung up."""
    RATE_LIMIT = "RATE_LIMIT"
    """The endpoint asked for patience beyond the deadline or our own."""
    SERVER = "SERVER"
    """The endpoint, or who serves the model behind it, failed."""
    REJECTED = "REJECTED"
    """The endpoint does not take this request: an unknown model, too long a prompt."""
    NO_CREDIT = "NO_CREDIT"
    """No key of the endpoint has credit left."""
    BAD_KEY = "BAD_KEY"
    """No key of the endpoint is accepted by it."""
    BUDGET = "BUDGET"
    """The next request could exceed what the arm may spend in a day."""
    BAD_ANSWER = "BAD_ANSWER"
    """The answer was empty, too long, or none that can be read."""
    WORKER_LOST = "WORKER_LOST"
    """The process that was to ask ended, or there is none that may."""


@value
class Failure:
    """Why a turn did not come to its own end."""

    kind: FailureKind
    words: str
    """What was expected and what came; never a key."""
    retryable: bool
    """Whether the same question may succeed later without anybody changing anything."""


@value
class Attempt:
    """An action that the model asked for."""

    action: Action
    denied: Denied | None = None
    """Why it was refused while the model was thinking, as it was told."""


@value
class Answer:
    """One turn of a model, whether it came to its own end or not."""

    response: str
    """The last text; where there is none, the reason that it gave for holding."""
    calls: tuple[Attempt | Unusable, ...]
    """In the order in which they were made; with a failure, those that were made before it."""
    payload: Mapping[str, object]
    """The record of the turn, as JSON can hold it; Decimals are kept."""
    cost: Decimal
    """USD, >= 0; what the endpoint reported, or tokens times price."""
    tokens: int
    """Prompts and answers, as the endpoint counted them, or as we did where it does not."""
    spent: Spent
    """What counts against the day's budget: cost and tokens, and the most that requests may have
    come to whose outcome is not known."""
    failure: Failure | None = None
    """``None``: the turn ended by itself, or by ``holding``."""
