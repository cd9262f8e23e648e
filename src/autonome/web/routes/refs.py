"""What several themes show: the arm of a row, an exit plan, a row with its arm."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeVar

from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.queries import pages
from autonome.ledger.queries.competing import competing_variant
from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Payload, shaped
from autonome.web.payloads.trading import ExitPlan as ShownPlan

__all__ = ["ref", "row_of", "shown_plan"]

P = TypeVar("P", bound=Payload)
_MOST_ARMS: Final = 10_000
"""Each is named by many rows: it is made once."""


@lru_cache(maxsize=_MOST_ARMS)
def ref(arm: pages.ArmRef) -> ArmRef:
    """Return an arm as other objects name it."""
    return shaped(ArmRef, arm, variant=competing_variant(arm.kind, arm.variant))


def shown_plan(plan: ExitPlan | None) -> ShownPlan | None:
    """Return an exit plan as the API shows it."""
    return None if plan is None else shaped(ShownPlan, plan)


def row_of(kind: type[P], found: pages.OfArm[Any], **more: Any) -> P:
    """Return a row with its arm."""
    return shaped(kind, found.row, arm=ref(found.arm), **more)
