"""A language model as the arena enters it; it is asked elsewhere, and answers late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autonome.agents.actions import Action
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.llm.settings import LlmSettings
from autonome.agents.port import AccountView, Moment
from autonome.domain.choices import ArmKind, PolicyName
from autonome.market.market import Market

__all__ = ["LlmAgent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmAgent:
    """A model that plays a variant."""

    model: LlmSettings
    variant: str
    """An id of the registry."""
    policy: PolicyName = PolicyName.STANDARD
    """Under which it competes, unless a replay names another."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return self.model.name

    @property
    def kind(self) -> ArmKind:
        """Return how the ledger sorts it."""
        return ArmKind.LLM

    @property
    def leader(self) -> str | None:
        """Return ``None``: a model follows nobody."""
        return None

    @property
    def settings(self) -> Mapping[str, object]:
        """Return how the model is asked, as JSON can hold it; no key is among it."""
        model = self.model
        return {
            "model": model.model,
            "endpoint": model.endpoint.name,
            "baseUrl": model.endpoint.base_url,
            "temperature": None if model.temperature is None else str(model.temperature),
            "reasoningEffort": model.reasoning_effort,
            "toolChoice": model.tool_choice,
            "upstream": model.upstream,
            "deadlineMs": model.deadline_ms,
            "mostSteps": model.most_steps,
            "tokensPerDay": model.tokens_per_day,
            "moneyPerDay": None if model.money_per_day is None else str(model.money_per_day),
        }

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Silent:
        """Return a decider that is never woken: the arena asks the model itself."""
        return _Silent()


class _Silent(FixedStops):
    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        return None

    def decide(self, moment: Moment) -> Sequence[Action]:
        return ()
