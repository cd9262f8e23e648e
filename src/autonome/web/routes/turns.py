"""A turn of a model as the API shows it: its state, steps, tokens and cost, from its payload."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from autonome.ledger.queries.invocation_pages import ListedInvocation
from autonome.web.payloads.decisions import FailedTurn, ServedBy, StepDetail

__all__ = ["detailed", "summary"]

_STATES = ("RUNNING", "COMPLETED", "FAILED", "MISSED")


def summary(found: ListedInvocation) -> dict[str, Any]:
    """Return the fields of a summary, arm and calls aside."""
    record = found.record if isinstance(found.record, Mapping) else {}
    state = record.get("state")
    state = state if state in _STATES else "COMPLETED"
    steps = _steps(record)
    usage = record.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    ms = [each["ms"] for each in steps if isinstance(each.get("ms"), int)]
    return {
        "id": found.id,
        "at": found.at,
        "finished_at": None if state == "RUNNING" else found.updated_at,
        "state": state,
        "response": found.response,
        "failure": _failure(record, state),
        "steps": len(steps) if "steps" in record else None,
        "tokens_in": _whole(usage.get("inputTokens")),
        "tokens_out": _whole(usage.get("outputTokens")),
        "cost": _amount(record.get("cost")),
        "duration_ms": sum(ms) if ms else None,
    }


def detailed(found: ListedInvocation, messages: object) -> dict[str, Any]:
    """Return the fields that only a whole invocation has, from its payload."""
    record = found.record if isinstance(found.record, Mapping) else {}
    steps = _steps(record)
    served = ServedBy(provider=_text(record.get("provider")), model=_text(record.get("model")))
    warnings = record.get("warnings")
    return {
        "prompt_hash": _text(record.get("promptHash")),
        "served_by": served if served.provider or served.model else None,
        "finish_reason": _text(steps[-1].get("finishReason")) if steps else None,
        "steps_detail": _details(steps, messages),
        "warnings": [str(each) for each in warnings] if isinstance(warnings, list) else [],
    }


def _details(steps: list[Mapping[str, Any]], messages: object) -> list[StepDetail]:
    """Return each request with what the model said to it: one message of the assistant each."""
    said = [
        each
        for each in (messages if isinstance(messages, list) else [])
        if isinstance(each, Mapping) and each.get("role") == "assistant"
    ]
    details = []
    for number, step in enumerate(steps):
        words = said[number] if number < len(said) else {}
        tokens = step.get("tokens")
        tokens = tokens if isinstance(tokens, Mapping) else {}
        calls = words.get("toolCalls")
        details.append(
            StepDetail(
                number=number + 1,
                text=_text(words.get("content")),
                tokens_in=_whole(tokens.get("input")),
                tokens_out=_whole(tokens.get("output")),
                duration_ms=_whole(step.get("ms")),
                calls=[
                    str(each.get("name"))
                    for each in (calls if isinstance(calls, list) else [])
                    if isinstance(each, Mapping)
                ],
            )
        )
    return details


def _failure(record: Mapping[str, Any], state: str) -> FailedTurn | None:
    if state == "MISSED":
        return FailedTurn(kind="MISSED", words=str(record.get("reason", "")))
    failure = record.get("failure")
    if not isinstance(failure, Mapping):
        return None
    return FailedTurn(kind=str(failure.get("kind", "")), words=str(failure.get("words", "")))


def _steps(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    steps = record.get("steps")
    return [each for each in steps if isinstance(each, Mapping)] if isinstance(steps, list) else []


def _whole(stored: object) -> int | None:
    return stored if isinstance(stored, int) and not isinstance(stored, bool) else None


def _amount(stored: object) -> Decimal | None:
    return Decimal(stored) if isinstance(stored, int | Decimal) else None


def _text(stored: object) -> str | None:
    return stored if isinstance(stored, str) else None
