"""Asking: one answer of a model, with the keys, the patience and the budget that it takes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import Final
from zlib import crc32

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.tools import ToolDefinition

from autonome.agents.llm.answer import Failure, FailureKind
from autonome.agents.llm.budget import Budget, Spent
from autonome.agents.llm.client import Connections
from autonome.agents.llm.failures import Trouble, trouble_of
from autonome.agents.llm.keys import Key, KeyRing
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.llm.telling import Telling
from autonome.agents.llm.usage import Usage, usage_of
from autonome.agents.llm.wire import Wire
from autonome.domain.errors import SettingError
from autonome.domain.value import value

__all__ = ["Asking", "Step"]

_MOST_TRIES: Final = 4
"""Of one request, keys that are set aside not counted."""
_KEY_FAILURES: Final = {FailureKind.NO_CREDIT, FailureKind.BAD_KEY}
_OF_STREAMS: Final = re.compile(rb"\bstream", re.IGNORECASE)
_NOT_IMPLEMENTED: Final = 501


@value
class Step:
    """One request of a turn that was answered."""

    response: ModelResponse
    usage: Usage
    ms: int
    """From the request to the end of its answer."""


class Asking:
    """Asks one arm's model, as often as its turn needs it."""

    def __init__(
        self,
        settings: LlmSettings,
        *,
        keys: KeyRing,
        budget: Budget,
        connections: Connections,
        clock: Callable[[], float],
    ) -> None:
        """Start a turn now; ``clock`` counts seconds and never goes back."""
        self._settings = settings
        self._keys = keys
        self._budget = budget
        self._connections = connections
        self._clock = clock
        self._ends_at = clock() + settings.deadline_ms / 1_000
        self.warnings: list[str] = []
        """What went wrong and was overcome, or does not stop the turn."""

    async def step(
        self,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolDefinition],
        *,
        input_tokens: int,
        telling: Telling | None = None,
    ) -> Step | Failure:
        """Return the next answer, or why there is none.

        ``input_tokens`` is the most that messages and tools come to. What may pass by itself is
        tried again, as long as the deadline allows; a key without credit gives way to the next.
        With ``telling`` the answer is heard while it comes, where the endpoint streams.
        """
        failures = 0
        failure = None
        # One more where the endpoint turns out not to stream.
        for _ in range(_MOST_TRIES + 1 + self._keys.count(self._settings.endpoint)):
            key = self._key()
            if isinstance(key, Failure):
                return key if failure is None else failure
            wire = self._wire(key, telling)
            answered = await self._request(messages, tools, wire, input_tokens)
            if not isinstance(answered, Trouble):
                if isinstance(answered, Step):
                    self._keys.accepted(key)
                return answered
            failure = answered.failure
            if telling is not None:
                telling.take_back()
            if _refuses_to_stream(failure, wire):
                self._connections.stream_no_more(self._settings.endpoint)
                self.warnings.append(f"asked for the whole answer: {failure.words}")
                continue
            if failure.kind in _KEY_FAILURES and key.header is not None:
                self._keys.set_aside(key, failure.kind)
                self.warnings.append(f"{key.label} was set aside: {failure.words}")
                continue
            failures += 1
            if not await self._is_worth_waiting(answered, failures):
                return failure
            self.warnings.append(f"tried again: {failure.words}")
        assert failure is not None
        return failure

    def _key(self) -> Key | Failure:
        try:
            key = self._keys.take(self._settings.endpoint)
        except SettingError as error:
            return Failure(kind=FailureKind.BAD_KEY, words=error.problem, retryable=False)
        if isinstance(key, Key):
            return key
        words = f"expected a key of endpoint {self._settings.endpoint.name!r}, found all set aside"
        return Failure(kind=key, words=words, retryable=False)

    def _wire(self, key: Key, telling: Telling | None) -> Wire:
        wire = Wire(key=key, most_bytes=self._settings.most_answer_bytes)
        if telling is not None:
            telling.begin(key)
            if self._connections.streams(self._settings.endpoint):
                wire.heard = telling.hear
        return wire

    async def _request(
        self,
        messages: Sequence[ModelMessage],
        tools: Sequence[ToolDefinition],
        wire: Wire,
        input_tokens: int,
    ) -> Step | Failure | Trouble:
        room = self._budget.reserve(input_tokens)
        if room is None:
            words = (
                f"expected at most {self._budget.left()} to be left of the day for a prompt of up"
                f" to {input_tokens} tokens and its answer, found that it may take more"
            )
            return Failure(kind=FailureKind.BUDGET, words=words, retryable=False)
        started = self._clock()
        try:
            response = await self._connections.request(
                self._settings, messages, tools, room=room, wire=wire
            )
        except Exception as error:
            trouble = trouble_of(error, wire)
            if trouble.may_cost:
                self._budget.keep()
            else:
                self._budget.settle(Spent())
            return trouble
        usage = usage_of(
            self._settings,
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            estimate=input_tokens,
            body=wire.body,
        )
        self._budget.settle(usage.spent)
        if usage.is_cost_refused:
            self.warnings.append("the reported cost cannot be believed; tokens times price counts")
        return Step(response=response, usage=usage, ms=round((self._clock() - started) * 1_000))

    async def _is_worth_waiting(self, trouble: Trouble, failures: int) -> bool:
        """Wait, and say whether to try again; a bad answer is the turn's own affair."""
        failure = trouble.failure
        if not failure.retryable or failure.kind is FailureKind.BAD_ANSWER:
            return False
        wait_s = trouble.wait_s
        if wait_s is None:
            # Arms that failed together come back one by one: each has a delay of its own.
            spread = crc32(f"{self._settings.name} {failures}".encode()) % 1_000 / 1_000
            wait_s = self._settings.backoff_ms / 1_000 * 2 ** (failures - 1) * (1 + spread)
        if failures == _MOST_TRIES or self._clock() + wait_s >= self._ends_at:
            return False
        await asyncio.sleep(wait_s)
        return True


def _refuses_to_stream(failure: Failure, wire: Wire) -> bool:
    """Say whether an endpoint refuses the stream rather than the question."""
    is_refused = failure.kind is FailureKind.REJECTED or wire.status == _NOT_IMPLEMENTED
    may_be = wire.heard is not None and not wire.has_spoken and is_refused
    return may_be and bool(_OF_STREAMS.search(wire.body))
