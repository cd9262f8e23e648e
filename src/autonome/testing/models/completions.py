"""Chat completions as bytes: whole, or as the events of a stream, in OpenRouter's dialect."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from msgspec.json import Encoder

from autonome.testing.models.replies import Answers, Call

__all__ = ["completion", "events", "rough_tokens"]

_ENCODER: Final = Encoder(decimal_format="number")
_CREATED: Final = 1_700_000_000
_CHARACTERS_PER_TOKEN: Final = 4
_PRICE: Final = Decimal("0.000002")
"""USD per token, prompt and answer alike."""
_PIECE: Final = 24
"""Characters of text in one event."""


def rough_tokens(text: str) -> int:
    """Return about as many tokens as a text has."""
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def completion(answer: Answers, *, number: int, model: str, prompt: str) -> bytes:
    """Return the body of an answer; ``number`` makes its ids unique, ``prompt`` counts tokens."""
    message: dict[str, object] = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message["reasoning"] = answer.reasoning
    if answer.calls:
        message["tool_calls"] = [
            _call(call, number, place) for place, call in enumerate(answer.calls)
        ]
    choice = {"index": 0, "message": message, "finish_reason": _finish_reason(answer)}
    body: dict[str, object] = {
        "id": f"gen-{number}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": model,
        "provider": answer.provider,
        "choices": [choice],
    }
    if answer.reports_usage:
        body["usage"] = _usage(answer, prompt)
    return _ENCODER.encode(body)


def events(answer: Answers, *, number: int, model: str, prompt: str) -> Iterator[bytes]:
    """Return the same answer as server-sent events, ended by ``[DONE]``."""
    head = {
        "id": f"gen-{number}",
        "object": "chat.completion.chunk",
        "created": _CREATED,
        "model": model,
        "provider": answer.provider,
    }

    def event(delta: dict[str, object], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**head, "choices": [choice]})

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(answer.reasoning):
        yield event({"reasoning": piece})
    for piece in _pieces(answer.text):
        yield event({"content": piece})
    for place, call in enumerate(answer.calls):
        whole = _call(call, number, place)
        function: dict[str, str] = whole.pop("function")  # type: ignore[assignment]
        opened = {"index": place, **whole, "function": {**function, "arguments": ""}}
        yield event({"tool_calls": [opened]})
        for piece in _pieces(function["arguments"]):
            yield event({"tool_calls": [{"index": place, "function": {"arguments": piece}}]})
    yield event({}, _finish_reason(answer))
    if answer.reports_usage:
        yield _event({**head, "choices": [], "usage": _usage(answer, prompt)})
    yield b"data: [DONE]\n\n"


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _event(body: dict[str, object]) -> bytes:
    return b"data: " + _ENCODER.encode(body) + b"\n\n"


def _call(call: Call, number: int, place: int) -> dict[str, object]:
    arguments = call.arguments
    text = arguments if isinstance(arguments, str) else _ENCODER.encode(arguments).decode()
    return {
        "id": f"call_{number}_{place}",
        "type": "function",
        "function": {"name": call.name, "arguments": text},
    }


def _finish_reason(answer: Answers) -> str:
    return answer.finish_reason or ("tool_calls" if answer.calls else "stop")


def _usage(answer: Answers, prompt: str) -> dict[str, object]:
    said = answer.text + answer.reasoning + "".join(str(call.arguments) for call in answer.calls)
    into, out = answer.tokens or (rough_tokens(prompt), rough_tokens(said))
    return {
        "prompt_tokens": into,
        "completion_tokens": out,
        "total_tokens": into + out,
        "cost": (into + out) * _PRICE if answer.cost is None else answer.cost,
    }
