"""What the control arms have in common: their kind, their settings, their leader."""

from __future__ import annotations

from dataclasses import dataclass, fields

from autonome.agents.port import Leader, Moment
from autonome.domain.choices import ArmKind
from autonome.domain.errors import InvariantBroken

__all__ = ["Control", "leader_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control arm: it plays no variant, and follows nobody unless it says so."""

    @property
    def kind(self) -> ArmKind:
        """Return how the ledger sorts it."""
        return ArmKind.CONTROL

    @property
    def variant(self) -> str | None:
        """Return ``None``: a control plays no variant."""
        return None

    @property
    def leader(self) -> str | None:
        """Return the name of the agent that it watches."""
        return None

    @property
    def settings(self) -> dict[str, object]:
        """Return every field but the name."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "name"}


def leader_of(moment: Moment) -> Leader:
    """Return the leader's part of a follower's moment.

    Raises:
        InvariantBroken: the arena woke a follower without showing it its leader.
    """
    if moment.leader is None:
        raise InvariantBroken(f"a follower was woken without its leader at {moment.at_ms}")
    return moment.leader
