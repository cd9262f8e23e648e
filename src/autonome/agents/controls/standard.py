"""The standard control arms of an arena."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autonome.agents.controls.always_holding import AlwaysHolding
from autonome.agents.controls.hold import Hold
from autonome.agents.controls.inverted import Inverted
from autonome.agents.controls.momentum import Momentum
from autonome.agents.controls.random_entries import RandomEntries
from autonome.agents.port import Agent

__all__ = ["control_agents"]

_FAVOURITE: Final = "BTC"


def control_agents(
    symbols: Sequence[str], *, source: str | None, replicas: int = 1
) -> tuple[Agent, ...]:
    """Return the standard controls of an arena with these symbols, leaders before followers.

    Random entries (``replicas`` of them) and the inverted copy watch the arm named ``source``;
    without one they watch the simple momentum control.
    """
    ordered = tuple(symbols)
    held = _FAVOURITE if _FAVOURITE in ordered else ordered[0]
    momentum = Momentum(symbols=ordered)
    watched = momentum.name if source is None else source
    return (
        Hold(name=f"Hold {held}", symbols=(held,)),
        Hold(name="Equal weight", symbols=ordered),
        AlwaysHolding(),
        momentum,
        *(RandomEntries(source=watched, replica=number + 1) for number in range(replicas)),
        Inverted(source=watched),
    )
