"""The turn of a model: it is asked, its calls are judged at once, and it is asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from msgspec.json import Encoder
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    SystemPromptPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.tools import ToolDefinition

from autonome.agents.actions import Holding
from autonome.agents.llm.answer import Answer, Attempt, Failure, FailureKind
from autonome.agents.llm.asking import Asking, Step
from autonome.agents.llm.budget import Budget, Spent, prompt_tokens, tools_tokens
from autonome.agents.llm.client import Connections
from autonome.agents.llm.desk import Desk
from autonome.agents.llm.hearing import MOST_CALLS, Heard, heard
from autonome.agents.llm.keys import KeyRing
from autonome.agents.llm.payload import payload_of
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.llm.telling import Telling, Told
from autonome.agents.prompts import Prompt
from autonome.agents.tools import MarketDataRequest, Unusable, read_call, tools_of
from autonome.domain.money import ZERO
from autonome.domain.value import value

__all__ = ["ask"]

_MOST_LOOKS: Final = 10
"""Questions for more market data in one turn."""
_ENCODER: Final = Encoder(decimal_format="number")
_EMPTY: Final = Failure(
    kind=FailureKind.BAD_ANSWER,
    words="expected text or a tool call, found an empty answer",
    retryable=True,
)


async def ask(
    model: LlmSettings,
    prompt: Prompt,
    desk: Desk,
    keys: KeyRing,
    spent: Spent,
    *,
    connections: Connections,
    clock: Callable[[], float],
    told: Told | None = None,
) -> Answer:
    """Return what a model makes of a prompt, within its deadline; the world makes it raise nothing.

    ``spent`` is what the arm has spent of its UTC day. ``clock`` counts seconds and never goes
    back. ``told`` hears the words of each step as they come, and the rest at its end; without it
    answers are asked for whole. What is returned is the same. When the deadline passes, the
    request that is under way is cancelled and its connection closed; what was called before it
    stays in the answer. Cancelling the call itself does the same, and raises.
    """
    budget = Budget(model, spent)
    asking = Asking(model, keys=keys, budget=budget, connections=connections, clock=clock)
    turn = _Turn(model, prompt, desk, asking, told, clock)
    try:
        async with asyncio.timeout(model.deadline_ms / 1_000):
            failure = await turn.run()
    except TimeoutError:
        words = f"expected the end of the turn within {model.deadline_ms} ms, found it under way"
        failure = Failure(kind=FailureKind.TIMEOUT, words=words, retryable=True)
    return turn.answer(budget.turn, failure)


@value
class _Offer:
    """The tools, as the library sends them."""

    definitions: tuple[ToolDefinition, ...]
    names: frozenset[str]
    tokens: int
    """The most that they come to in a prompt."""


@lru_cache(maxsize=16)
def _offer(symbols: tuple[str, ...]) -> _Offer:
    tools = tools_of(symbols)
    return _Offer(
        definitions=tuple(
            ToolDefinition(
                name=tool.name,
                description=tool.description,
                parameters_json_schema=dict(tool.parameters),
                strict=False,
            )
            for tool in tools
        ),
        names=frozenset(tool.name for tool in tools),
        tokens=tools_tokens(symbols),
    )


class _Turn:
    """One turn, as far as it has come: a deadline may end it anywhere."""

    def __init__(
        self,
        settings: LlmSettings,
        prompt: Prompt,
        desk: Desk,
        asking: Asking,
        told: Told | None,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._prompt = prompt
        self._desk = desk
        self._asking = asking
        self._told = told
        self._clock = clock
        self._offer = _offer(desk.symbols)
        self._messages: list[ModelMessage] = [
            ModelRequest(
                parts=[SystemPromptPart(prompt.system), UserPromptPart(prompt.user)],
            )
        ]
        self._tokens = prompt_tokens(prompt.system + prompt.user) + self._offer.tokens
        """The most that the next request sends."""
        self._steps: list[Step] = []
        self._calls: list[Attempt | Unusable] = []
        self._text = ""
        self._looks = 0

    async def run(self) -> Failure | None:
        """Go on until the model is done, or cannot go on."""
        has_second_chance, failure = True, None
        for _ in range(self._settings.most_steps):
            said = await self._said()
            if isinstance(said, Failure):
                failure = said
                is_bad_answer = said.kind is FailureKind.BAD_ANSWER and said.retryable
                if not (is_bad_answer and has_second_chance):
                    return said
                has_second_chance = False
                self._asking.warnings.append(f"asked once more: {said.words}")
                continue
            failure = None
            if self._is_done(said):
                return None
        if failure is None:
            self._asking.warnings.append(f"ended after {self._settings.most_steps} requests")
        return failure

    async def _said(self) -> Heard | Failure:
        """Ask, and return what the model says; an empty answer is a failure."""
        telling = None
        if self._told is not None:
            telling = Telling(len(self._steps) + 1, self._told, clock=self._clock)
        step = await self._asking.step(
            self._messages, self._offer.definitions, input_tokens=self._tokens, telling=telling
        )
        if isinstance(step, Failure):
            return step
        self._steps.append(step)
        said = heard(step.response)
        if said.is_empty:
            return _EMPTY
        self._messages.append(said.response)
        self._tokens = step.usage.input_tokens + step.usage.output_tokens
        if said.text:
            if telling is not None:
                telling.end(said.text)
            self._text = said.text
        return said

    def _is_done(self, said: Heard) -> bool:
        """Take up the calls in their order, and say whether the turn is over."""
        results: list[ModelRequestPart] = []
        for call, mended in zip(said.calls, said.response.tool_calls, strict=True):
            words = self._result(call)
            if words is None:
                break
            if call is said.calls[-1] and said.call_count > MOST_CALLS:
                words = {**words, "note": f"only the first {MOST_CALLS} calls were taken up"}
            content = _ENCODER.encode(words).decode()
            self._tokens += prompt_tokens(content)
            results.append(
                ToolReturnPart(
                    tool_name=mended.tool_name, content=content, tool_call_id=mended.tool_call_id
                )
            )
        if results:
            self._messages.append(ModelRequest(parts=results))
        is_over = len(results) < len(said.calls) or not said.calls
        unread = said.call_count - len(results) - is_over
        if said.calls and unread:
            self._asking.warnings.append(f"{unread} of {said.call_count} calls were not taken up")
        return is_over

    def _result(self, call: ToolCallPart) -> Mapping[str, object] | None:
        """Return what a call is answered; ``None`` after holding, which ends the turn."""
        arguments = call.args if isinstance(call.args, str | dict) else ""
        asked = read_call(call.tool_name, arguments, symbols=self._desk.symbols)
        if isinstance(asked, MarketDataRequest):
            self._looks += 1
            if self._looks > _MOST_LOOKS:
                return {"refused": f"expected at most {_MOST_LOOKS} calls of market_data a turn"}
            return self._desk.market_data(asked)
        if isinstance(asked, Unusable):
            self._calls.append(asked)
            words = {"refused": asked.reason, "limits": self._desk.limits()}
            if call.tool_name not in self._offer.names:
                words["tools"] = sorted(self._offer.names)
            return words
        ruling = self._desk.attempt(asked)
        self._calls.append(Attempt(action=asked, denied=ruling.denied))
        if isinstance(asked, Holding):
            self._text = self._text or asked.reason
            return None
        if ruling.denied is None:
            return ruling.words
        refused = {"refused": ruling.denied.reason, "rule": ruling.denied.rule}
        return {**refused, "limits": self._desk.limits(), **ruling.words}

    def answer(self, spent: Spent, failure: Failure | None) -> Answer:
        """Return the turn as it stands."""
        usages = [step.usage for step in self._steps]
        return Answer(
            response=self._text,
            calls=tuple(self._calls),
            payload=payload_of(
                self._settings,
                self._prompt,
                messages=self._messages,
                steps=self._steps,
                calls=self._calls,
                spent=spent,
                warnings=self._asking.warnings,
                failure=failure,
            ),
            cost=sum((usage.cost for usage in usages), ZERO),
            tokens=sum(usage.spent.tokens for usage in usages),
            spent=spent,
            failure=failure,
        )
