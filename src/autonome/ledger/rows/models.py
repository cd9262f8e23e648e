"""Rows of ``"Models"`` and ``"Arms"``: who competes, and how each is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from autonome.domain.choices import ArmKind, PolicyName
from autonome.ledger.rows.ids import new_id

__all__ = ["Arm", "Model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One competitor's account; ``(name, variant)`` is unique."""

    id: str = field(default_factory=new_id)
    name: str
    """Display name."""
    open_router_model_name: str
    """Name at the provider; for a rule or control arm, the name of its agent."""
    variant: str
    """An id of ``autonome.domain.variants``."""
    lighter_api_key: str = "0"
    """Account index for the Lighter API; ``"0"`` = none."""
    invocation_count: int = 0
    """Decisions completed, cycles covered by a rule included."""
    total_minutes: int = 0
    """Minutes of trading time covered."""
    account_index: str = "0"
    failed_workflow_count: int = 0
    """Invocations that did not complete."""
    failed_tool_call_count: int = 0
    """Tool calls that stayed refused for bad arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """How a model is run."""

    model_id: str
    kind: ArmKind
    replica: int = 0
    """Number among arms that differ by their seed only."""
    policy: PolicyName = PolicyName.STANDARD
    settings: Mapping[str, object] = field(default_factory=dict)
    """The agent's settings, as JSON."""
    starting_capital: Decimal
    """Quote."""
    enabled: bool = True
    halted_reason: str | None = None
    epoch: int = 0
    """Number of the arm's current run; a booking under an older one is refused."""
    created_at: datetime
    updated_at: datetime
