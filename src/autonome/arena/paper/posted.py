"""A question and its answer as text, so that another process can ask the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.agents.llm.answer import Answer, Attempt, Failure
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.prompts import Prompt
from autonome.agents.tools import Unusable
from autonome.arena.account import Account
from autonome.arena.desk import AccountDesk
from autonome.arena.events import Quote, Said, WokeUp
from autonome.arena.paper.thinking_arm import Question
from autonome.domain.choices import PolicyName
from autonome.domain.errors import InvariantBroken
from autonome.domain.policy import LimitRefused, Policy, limits_of, policy_for, revised
from autonome.domain.refusals import Denied
from autonome.domain.value import field, value
from autonome.ledger.journal.port import Counts
from autonome.ledger.rows import Invocation
from autonome.ledger.types import json_dumps, json_loads
from autonome.market.market import Market
from autonome.market.observation import observe

__all__ = ["Posted", "posted", "read_answer", "read_posted", "text_of"]

T = TypeVar("T")

_CALLS: Final[Mapping[str, Any]] = {
    kind.__name__: kind
    for kind in (CreatePosition, ClosePosition, UpdateExitPlan, Holding, Unusable)
}
"""What a call comes to, by the name that its text has."""


@value
class _Asked:
    """The event of an answer, as far as it is known before."""

    at: datetime
    symbols: tuple[str, ...]
    quotes: Mapping[str, Quote]
    marks: Mapping[str, Decimal]
    peak_nav: Decimal
    day_opening_nav: Decimal
    under_way: Mapping[str, Decimal]


@value
class Posted:
    """All that it takes to ask a model away from its arm; no key is among it."""

    model: LlmSettings
    prompt: Prompt
    spent: Spent
    """Of today's budget, before."""
    invocation: Invocation
    account: Account
    policy: PolicyName
    variant: str
    revision: int = 1
    """Of the limits below."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """Of the arm's own, by their keys in JSON."""
    asked: _Asked
    free_collateral: str
    """Quote, as the model is told."""
    market_number: int
    """Which of the markets that leaders have shared it is about."""
    observed_ms: int
    """When the last bar closed that the model may see, milliseconds since 1970 UTC."""

    def desk(self, market: Market) -> AccountDesk:
        """Return the desk of the question, over a market that has its bars."""
        seen = market.until(self.observed_ms)
        asked = self.asked
        return AccountDesk(
            self.account,
            self._policy(),
            WokeUp(
                at=asked.at,
                actions=(),
                symbols=asked.symbols,
                quotes=asked.quotes,
                marks=asked.marks,
                peak_nav=asked.peak_nav,
                day_opening_nav=asked.day_opening_nav,
                under_way=asked.under_way,
            ),
            Said(invocation=self.invocation, denials={}, counts=Counts()),
            observe(seen, closed_bars=len(seen.open_ms)),
            free_collateral=lambda: self.free_collateral,
        )

    def _policy(self) -> Policy:
        policy = policy_for(self.policy, self.variant)
        found = revised(policy, self.limits, revision=self.revision)
        if isinstance(found, LimitRefused):
            raise InvariantBroken(f"a question came with limits that are none: {found.reason}")
        return found


@value
class _Call:
    kind: str
    words: Mapping[str, object]
    denied: Denied | None = None


@value
class _Words:
    """An answer as its text has it."""

    response: str
    calls: tuple[_Call, ...]
    payload: str
    """JSON by itself: its numbers stay numbers."""
    cost: Decimal
    tokens: int
    spent: Spent
    failure: Failure | None


def posted(question: Question, *, market_number: int) -> Posted:
    """Return a question as another process needs it."""
    desk, entrant = question.desk, question.arm.entrant
    asked = desk.asked
    return Posted(
        model=question.arm.agent.model,
        prompt=question.prompt,
        spent=question.spent,
        invocation=question.invocation,
        account=desk.account,
        policy=entrant.arm.policy,
        variant=question.arm.agent.variant,
        revision=desk.policy.revision,
        limits=limits_of(desk.policy) if desk.policy.revision > 1 else {},
        asked=_Asked(
            at=asked.at,
            symbols=asked.symbols,
            quotes=asked.quotes,
            marks=asked.marks,
            peak_nav=asked.peak_nav,
            day_opening_nav=asked.day_opening_nav,
            under_way=asked.under_way,
        ),
        free_collateral=str(desk.limits()["freeCollateral"]),
        market_number=market_number,
        observed_ms=desk.observation.at_ms,
    )


def text_of(sent: Posted | Answer) -> str:
    """Return a question or an answer as JSON; every number that is money is text."""
    return json_dumps(_plain(sent if isinstance(sent, Posted) else _words(sent)))


def read_posted(text: str) -> Posted:
    """Return the question that a text holds."""
    return _read(text, Posted)


def read_answer(text: str) -> Answer:
    """Return the answer that a text holds."""
    words = _read(text, _Words)
    return Answer(
        response=words.response,
        calls=tuple([_call(each) for each in words.calls]),
        payload=json_loads(words.payload),
        cost=words.cost,
        tokens=words.tokens,
        spent=words.spent,
        failure=words.failure,
    )


def _words(answer: Answer) -> _Words:
    return _Words(
        response=answer.response,
        calls=tuple([_call_words(each) for each in answer.calls]),
        payload=json_dumps(answer.payload),
        cost=answer.cost,
        tokens=answer.tokens,
        spent=answer.spent,
        failure=answer.failure,
    )


def _call_words(call: Attempt | Unusable) -> _Call:
    made = call if isinstance(call, Unusable) else call.action
    denied = None if isinstance(call, Unusable) else call.denied
    return _Call(kind=type(made).__name__, words=_plain(made), denied=denied)


def _call(words: _Call) -> Attempt | Unusable:
    made: Action | Unusable = msgspec.convert(words.words, _CALLS[words.kind])
    return made if isinstance(made, Unusable) else Attempt(action=made, denied=words.denied)


def _plain(given: object) -> Any:
    return msgspec.to_builtins(given, str_keys=True)


def _read(text: str, kind: type[T]) -> T:
    return msgspec.convert(json_loads(text), kind, str_keys=True)
