"""Always holding: the arm that does nothing, against which doing something is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autonome.agents.actions import Action, Holding
from autonome.agents.controls.control import Control
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Moment
from autonome.market.market import Market

__all__ = ["AlwaysHolding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysHolding(Control):
    """Hold cash; say so once, so that the record shows an arm that was asked and declined."""

    name: str = "Always holding"
    """What the ledger calls it."""

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Idler:
        """Return a decider that answers once."""
        return _Idler()


class _Idler(FixedStops):
    """Says at the first tick what holds for all of them; the counters count the others."""

    def __init__(self) -> None:
        self._said = False

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the first tick."""
        return None if self._said else after_ms + 1

    def memory(self) -> dict[str, object]:
        """Return whether it was said."""
        return {"said": self._said}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Say nothing again."""
        self._said = bool(memory["said"])

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return the one answer."""
        self._said = True
        return (Holding(reason="This control never trades."),)
