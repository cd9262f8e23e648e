"""Models, and how each is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from autonome.domain.choices import ArmKind, PolicyName
from autonome.ledger.queries.competing import competing_variant
from autonome.ledger.queries.query import Query, to
from autonome.ledger.tables import arms, models

__all__ = ["ListedModel", "listed_models"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """A model with its arm and its counters; one that was never given an arm has none."""

    model_id: str
    model: str
    """Display name."""
    variant: str
    kind: ArmKind | None
    policy: PolicyName | None
    replica: int | None
    settings: Mapping[str, object] | None
    """The agent's parameters."""
    starting_capital: Decimal | None
    """Quote."""
    enabled: bool | None
    halted_reason: str | None
    invocations: int
    """Decisions completed, cycles covered by a rule included."""
    minutes: int
    """Trading time covered."""
    failed_workflows: int
    """Invocations that did not complete."""
    failed_tool_calls: int
    """Tool calls that stayed refused for bad arguments."""

    @property
    def competing_variant(self) -> str | None:
        """Return the variant of an LLM or RULE arm; a control has one only because it must."""
        return competing_variant(self.kind, self.variant)

    @property
    def failures(self) -> int:
        """Return how many invocations and tool calls failed."""
        return self.failed_workflows + self.failed_tool_calls


def listed_models() -> Query[ListedModel]:
    """Return every model by name."""
    statement = (
        select(
            models.c.id,
            models.c.name,
            models.c.variant,
            arms.c.kind,
            arms.c.policy,
            arms.c.replica,
            arms.c.settings,
            arms.c.starting_capital,
            arms.c.enabled,
            arms.c.halted_reason,
            models.c.invocation_count,
            models.c.total_minutes,
            models.c.failed_workflow_count,
            models.c.failed_tool_call_count,
        )
        .select_from(models.outerjoin(arms))
        .order_by(models.c.name, models.c.variant)
    )
    return Query(statement, to(ListedModel))
