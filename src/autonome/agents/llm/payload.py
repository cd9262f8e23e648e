"""The payload: the record of a turn, from which it can be read and run again without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from msgspec import to_builtins
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)

from autonome.agents.llm.answer import Attempt, Failure
from autonome.agents.llm.asking import Step
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.prompts import Prompt
from autonome.agents.tools import Unusable

__all__ = ["payload_of", "served_by"]

_COMPLETED: Final = "COMPLETED"
_FAILED: Final = "FAILED"


def payload_of(
    settings: LlmSettings,
    prompt: Prompt,
    *,
    messages: Sequence[ModelMessage],
    steps: Sequence[Step],
    calls: Sequence[Attempt | Unusable],
    spent: Spent,
    warnings: Sequence[str],
    failure: Failure | None,
) -> dict[str, object]:
    """Return the record of a turn, as JSON can hold it: words, whole numbers, Decimals."""
    tokens = [(step.usage.input_tokens, step.usage.output_tokens) for step in steps]
    last = steps[-1].response if steps else None
    return {
        "state": _COMPLETED if failure is None else _FAILED,
        "promptHash": prompt.digest,
        "promptVersion": prompt.version,
        "endpoint": settings.endpoint.name,
        "askedModel": settings.model,
        "provider": served_by(settings, last),
        "model": settings.model if last is None else last.model_name,
        "messages": [entry for message in messages for entry in _entries(message)],
        "steps": [_step(settings, step) for step in steps],
        "usage": {
            "inputTokens": sum(into for into, _ in tokens),
            "outputTokens": sum(out for _, out in tokens),
        },
        "cost": sum((step.usage.cost for step in steps), Decimal(0)),
        "charged": {"tokens": spent.tokens, "cost": spent.cost},
        "decisions": [_decision(call) for call in calls],
        "warnings": list(warnings),
        "failure": None
        if failure is None
        else {
            "kind": failure.kind.value,
            "words": failure.words,
            "retryable": failure.retryable,
        },
    }


def served_by(settings: LlmSettings, response: ModelResponse | None) -> str | None:
    """Return who served an answer: the provider behind OpenRouter, else the endpoint."""
    if response is None:
        return None
    named = (response.provider_details or {}).get("downstream_provider")
    return named if isinstance(named, str) else settings.endpoint.name


def _step(settings: LlmSettings, step: Step) -> dict[str, object]:
    return {
        "tokens": {"input": step.usage.input_tokens, "output": step.usage.output_tokens},
        "countedByUs": step.usage.is_counted_by_us,
        "cost": step.usage.cost,
        "ms": step.ms,
        "finishReason": step.response.finish_reason,
        "servedBy": served_by(settings, step.response),
        "model": step.response.model_name,
    }


def _decision(call: Attempt | Unusable) -> dict[str, object]:
    if isinstance(call, Unusable):
        return {"unusable": _plain(call)}
    denied = None if call.denied is None else _plain(call.denied)
    return {"action": type(call.action).__name__, "asked": _plain(call.action), "denied": denied}


def _plain(value: object) -> object:
    return to_builtins(value, builtin_types=(Decimal,), str_keys=True)


def _entries(message: ModelMessage) -> list[Mapping[str, object]]:
    """Return a message as chat completions name its parts."""
    if isinstance(message, ModelRequest):
        return [_sent(part) for part in message.parts]
    text = "".join(part.content for part in message.parts if isinstance(part, TextPart))
    thoughts = "".join(part.content for part in message.parts if isinstance(part, ThinkingPart))
    entry: dict[str, object] = {"role": "assistant", "content": text}
    if thoughts:
        entry["reasoning"] = thoughts
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    if calls:
        entry["toolCalls"] = [
            {"id": call.tool_call_id, "name": call.tool_name, "arguments": call.args}
            for call in calls
        ]
    return [entry]


def _sent(part: object) -> dict[str, object]:
    if isinstance(part, SystemPromptPart):
        return {"role": "system", "content": part.content}
    if isinstance(part, UserPromptPart):
        return {"role": "user", "content": part.content}
    assert isinstance(part, ToolReturnPart), part
    return {
        "role": "tool",
        "toolCallId": part.tool_call_id,
        "name": part.tool_name,
        "content": part.content,
    }
