"""Everything that decides what a replay writes, as a bundle's manifest keeps it."""

from __future__ import annotations

import hashlib
import inspect
import platform
from collections.abc import Sequence
from pathlib import Path

from autonome.agents.port import Agent
from autonome.arena.competitor import Entrant
from autonome.bootstrap.ordering import ReplayOrder
from autonome.market.market import Market
from autonome.venue.profile import VenueProfile

__all__ = ["inputs_of"]


def inputs_of(
    order: ReplayOrder, profile: VenueProfile, market: Market, entrants: Sequence[Entrant]
) -> dict[str, object]:
    """Return the inputs as JSON can hold them; equal ones lead to equal content."""
    return {
        "market": {
            "origin": market.origin,
            "fingerprint": market.fingerprint(),
            "symbols": list(market.symbols),
            "begin": market.start.isoformat(),
            "end": market.end.isoformat(),
            "bars": len(market.open_ms),
            "gaps": order.gaps,
        },
        "venue": {"profile": profile.name, "settings": profile.settings()},
        "arms": [_arm(entrant) for entrant in entrants],
        "cadenceMinutes": order.cadence_minutes,
        "seed": order.seed,
        "machine": platform.machine(),
    }


def _arm(entrant: Entrant) -> dict[str, object]:
    return {
        "name": entrant.model.name,
        "kind": entrant.arm.kind.value,
        "variant": entrant.agent.variant,
        "capital": f"{entrant.arm.starting_capital:f}",
        "policy": entrant.policy.describe(),
        "settings": dict(entrant.agent.settings),
        "source": _source_hash(entrant.agent),
    }


def _source_hash(agent: Agent) -> str | None:
    """Return the SHA-256 of the file that an agent's class is written in, where it has one."""
    file = inspect.getsourcefile(type(agent))
    return None if file is None else hashlib.sha256(Path(file).read_bytes()).hexdigest()
