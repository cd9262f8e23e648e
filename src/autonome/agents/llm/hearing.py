"""Hearing: an answer made fit to be kept, sent back and acted on."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic_ai.messages import (
    ModelResponse,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)

from autonome.agents.tools.words import clean
from autonome.domain.value import value

__all__ = ["MOST_CALLS", "Heard", "heard"]

MOST_CALLS: Final = 16
"""Tool calls of one answer that are looked at."""
_MOST_NAME: Final = 64
_NO_NAME_SIGN: Final = re.compile(r"[^A-Za-z0-9_-]")


@value
class Heard:
    """What an answer says."""

    response: ModelResponse
    """The answer as it goes back to the model: storable, with the calls that were looked at."""
    text: str
    """Its words, without its thoughts."""
    calls: Sequence[ToolCallPart]
    """As the model made them, in their order, at most ``MOST_CALLS``."""
    call_count: int
    """How many it made."""

    @property
    def is_empty(self) -> bool:
        """Say whether it neither speaks nor acts."""
        return not self.calls and not self.text


def heard(response: ModelResponse) -> Heard:
    """Return what an answer says.

    An endpoint may refuse to be sent back what it sent: names that no tool could have, arguments
    that are no JSON. In the history they are mended; what they were is told in the result.
    """
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    kept = calls[:MOST_CALLS]
    words = [_cleaned(part) for part in response.parts if not isinstance(part, ToolCallPart)]
    text = "".join(part.content for part in words if isinstance(part, TextPart)).strip()
    history = [*words, *(_mended(call) for call in kept)]
    return Heard(
        response=replace(response, parts=history),
        text=text,
        calls=kept,
        call_count=len(calls),
    )


def _cleaned(part: ModelResponsePart) -> ModelResponsePart:
    if isinstance(part, TextPart | ThinkingPart):
        return replace(part, content=clean(part.content, most=len(part.content)))
    return part


def _mended(call: ToolCallPart) -> ToolCallPart:
    name = _NO_NAME_SIGN.sub("_", call.tool_name)[:_MOST_NAME] or "_"
    arguments = call.args if isinstance(call.args, str) else json.dumps(call.args or {})
    return replace(call, tool_name=name, args=arguments if _is_object(arguments) else "{}")


def _is_object(arguments: str) -> bool:
    try:
        # The library may read it once more: no constant that only Python knows, no half letters.
        arguments.encode()
        return isinstance(json.loads(arguments, parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        return False


def _refuse(constant: str) -> None:
    raise ValueError(constant)
