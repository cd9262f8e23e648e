"""Answers of models, kept on disk by what was asked: what was answered once costs nothing again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from autonome.agents.llm.answer import Answer, Attempt, Failure, FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.recorded.reading import read_action
from autonome.agents.tools import Unusable
from autonome.arena.asked import asked
from autonome.arena.paper.minds import Ask
from autonome.arena.paper.thinking_arm import Question
from autonome.domain.errors import SettingError
from autonome.domain.refusals import Denied
from autonome.ledger.types import json_dumps, json_loads

__all__ = ["KeptAnswers"]


class KeptAnswers:
    """A folder with an answer a file, and who is asked for those that are not there."""

    def __init__(self, folder: Path, ask: Ask | None) -> None:
        """Keep answers in ``folder``; without ``ask``, what is not there is an error."""
        self._folder = folder
        self._ask = ask

    async def __call__(self, question: Question) -> Answer:
        """Return the answer to a question; one that would be no other again is kept.

        Raises:
            SettingError: a file cannot be read, or the answer is not kept and nobody is asked.
        """
        agent = question.arm.agent
        # Replicas are asked the same, and are there to answer differently.
        words = {"arm": agent.name, "settings": agent.settings, "prompt": question.prompt.digest}
        digest = hashlib.blake2b(json_dumps(words).encode(), digest_size=32).hexdigest()
        file = self._folder / f"{digest}.json"
        kept = _kept(file)
        if kept is not None:
            for call in kept.calls:
                if isinstance(call, Attempt):
                    # What the desk told the model bounds what the arena opens.
                    question.desk.attempt(call.action)
            return kept
        if self._ask is None:
            raise SettingError(
                f"expected a kept answer of {agent.name} at"
                f" {question.invocation.created_at:%Y-%m-%d %H:%M} UTC, found no {file}.",
                remedy="Let the model be asked: leave --offline out.",
            )
        answer = await self._ask(question)
        if answer.failure is None or answer.failure.kind is FailureKind.BUDGET:
            _keep(file, {**words, "answer": _words(answer)})
        return answer


def _kept(file: Path) -> Answer | None:
    try:
        return _read(json_loads(file.read_bytes())["answer"])
    except FileNotFoundError:
        return None
    except (OSError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise SettingError(
            f"expected an answer of a model in {file}: {error!r}",
            remedy="Remove the file; the model is asked again.",
        ) from error


def _keep(file: Path, words: Mapping[str, object]) -> None:
    """Write a file as a whole: whoever reads it at the same time finds all of it, or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_text(json_dumps(words), encoding="utf-8")
    part.replace(file)


def _words(answer: Answer) -> dict[str, object]:
    failure = answer.failure
    return {
        "response": answer.response,
        "calls": [_call_words(call) for call in answer.calls],
        "payload": answer.payload,
        "cost": answer.cost,
        "tokens": answer.tokens,
        "spent": {"tokens": answer.spent.tokens, "cost": answer.spent.cost},
        "overBudget": None if failure is None else failure.words,
    }


def _call_words(call: Attempt | Unusable) -> dict[str, object]:
    if isinstance(call, Unusable):
        return {"tool": call.tool, "arguments": call.arguments, "unusable": call.reason}
    denied = call.denied
    if denied is None:
        return {"asked": asked(call.action)}
    until = None if denied.until is None else denied.until.isoformat()
    refusal = {
        "rule": denied.rule,
        "reason": denied.reason,
        "until": until,
        "halts": denied.halts,
    }
    return {"asked": asked(call.action), "denied": refusal}


def _read(words: Mapping[str, Any]) -> Answer:
    spent, over_budget = words["spent"], words["overBudget"]
    failure = None
    if over_budget is not None:
        failure = Failure(kind=FailureKind.BUDGET, words=over_budget, retryable=False)
    return Answer(
        response=words["response"],
        calls=tuple([_call(call) for call in words["calls"]]),
        payload=words["payload"],
        cost=Decimal(words["cost"]),
        tokens=words["tokens"],
        spent=Spent(tokens=spent["tokens"], cost=Decimal(spent["cost"])),
        failure=failure,
    )


def _call(words: Mapping[str, Any]) -> Attempt | Unusable:
    if "unusable" in words:
        return Unusable(tool=words["tool"], arguments=words["arguments"], reason=words["unusable"])
    denied = words.get("denied")
    if denied is None:
        return Attempt(action=read_action(words["asked"]))
    until = None if denied["until"] is None else datetime.fromisoformat(denied["until"])
    refusal = Denied(
        rule=denied["rule"], reason=denied["reason"], until=until, halts=denied["halts"]
    )
    return Attempt(action=read_action(words["asked"]), denied=refusal)
