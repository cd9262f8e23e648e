"""Replies: what a scripted model does with one request, well-behaved or not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from autonome.domain.value import field, value

__all__ = [
    "Answers",
    "Call",
    "Drops",
    "Raw",
    "Reply",
    "Stalls",
    "Status",
    "Streams",
    "empty",
    "huge",
    "malformed",
    "unprintable",
]


@value
class Call:
    """One tool call: any name, any arguments."""

    name: str
    arguments: str | Mapping[str, object] = "{}"
    """Text goes out as it is, JSON or not."""


@value
class Answers:
    """A chat completion."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    reasoning: str = ""
    finish_reason: str | None = None
    """By default what fits: ``tool_calls`` or ``stop``."""
    cost: Decimal | str | None = None
    """What ``usage.cost`` says (USD); by default tokens times the server's price."""
    reports_usage: bool = True
    tokens: tuple[int, int] | None = None
    """Prompt and answer tokens that ``usage`` reports; by default a rough count."""
    provider: str = "Local"
    """The provider behind the endpoint, as OpenRouter names it."""
    chunk_ms: int = 0
    """Pause before each piece of the answer: slow streaming, or a body that drips."""


@value
class Stalls:
    """Nothing (more) comes, until the client leaves or the server stops."""

    has_begun: bool = False
    """Whether status and headers come before the silence."""


@value
class Drops:
    """The connection ends in the middle of the answer."""

    after_bytes: int = 20
    """Of a body that promised to be longer."""


@value
class Status:
    """An HTTP status with a body, such as a refusal."""

    code: int
    message: str = "refused"
    """In the body's ``error``, as OpenAI and OpenRouter write it."""
    headers: Mapping[str, str] = field(default_factory=dict)


@value
class Raw:
    """Any bytes under status 200."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@value
class Streams:
    """Any bytes as an event stream, and what becomes of it after them."""

    chunks: tuple[bytes, ...]
    then: Literal["ends", "stalls", "drops"] = "ends"
    chunk_ms: int = 0
    """Pause before each chunk."""


Reply = Answers | Stalls | Drops | Status | Raw | Streams


def empty() -> Answers:
    """Return an answer without text and without calls."""
    return Answers()


def malformed() -> Raw:
    """Return an answer whose JSON ends too early."""
    return Raw(body=b'{"id": "1", "choices": [{"message": {"role": "assistant", "content": "Hel')


def huge(size: int = 3_000_000) -> Answers:
    """Return an answer with a text of ``size`` characters."""
    return Answers(text="all in " * (size // 7))


def unprintable() -> Raw:
    """Return an answer whose text holds NUL and half a surrogate pair, escaped as JSON allows."""
    return Raw(
        body=(
            b'{"id": "1", "object": "chat.completion", "created": 1, "model": "m",'
            b' "provider": "Local", "choices": [{"index": 0, "finish_reason": "stop",'
            b' "message": {"role": "assistant", "content": "half \\ud800 and \\u0000"}}]}'
        )
    )
