"""A tool as a model is told of it, and what a call becomes that is no action."""

from __future__ import annotations

from collections.abc import Mapping

from autonome.domain.value import value

__all__ = ["MarketDataRequest", "Tool", "Unusable"]


@value
class Tool:
    """One function that a model may call."""

    name: str
    description: str
    """What it does, for the model."""
    parameters: Mapping[str, object]
    """JSON schema of its arguments: an object that allows no other keys."""


@value
class MarketDataRequest:
    """A question for more of the market; it changes nothing."""

    symbol: str
    timeframe_minutes: int
    """Length of a bar."""
    indicators: tuple[str, ...]
    """Names of the snapshot's indicators."""
    length: int
    """How many of the last closed bars, 1 to 200."""


@value
class Unusable:
    """A call that cannot be executed."""

    tool: str
    """The name as it came, cut."""
    arguments: str
    """The arguments as they came, cut to 2,000 characters."""
    reason: str
    """What was expected and what was found, for the model."""
