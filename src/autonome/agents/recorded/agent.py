"""The agent that asks again for what one asked for in an earlier arena, at the same instants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from autonome.agents.actions import Action, Holding
from autonome.agents.port import AccountView, Agent, Decider, Moment, PositionView, Trail
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.value import value
from autonome.market.market import Market

__all__ = ["Recorded", "RecordedTurn"]


@value
class RecordedTurn:
    """What was asked for at one instant."""

    at_ms: int
    """When it was decided, milliseconds since 1970 UTC."""
    actions: tuple[Action, ...]
    """As they were asked for, in their order, whatever became of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Ask for what the record of one arm says, when it says so."""

    name: str
    """What the ledger called it, and calls it again."""
    kind: ArmKind
    variant: str | None
    policy: PolicyName
    """Under which it was recorded."""
    settings: Mapping[str, object]
    """Which recording it is, and the settings that were recorded with it."""
    turns: tuple[RecordedTurn, ...]
    """Instants ascending."""
    stops: Agent | None = None
    """The coded rules that made the record, where it is known how their stops trail."""
    leader: str | None = None
    """``None``: a record follows nobody."""

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> Decider:
        """Return a decider for a market in which every symbol is traded that was asked for.

        Raises:
            SettingError: a symbol is not traded.
        """
        for turn in self.turns:
            for action in turn.actions:
                if not isinstance(action, Holding) and action.symbol not in market.candles:
                    raise SettingError(
                        f"{self.name}: expected a recording of {', '.join(market.symbols)} alone,"
                        f" found {action.symbol!r}.",
                        remedy="Name every symbol of the recorded arena (--symbols).",
                    )
        stops = None
        if self.stops is not None:
            stops = self.stops.begin(market, cadence_minutes=cadence_minutes, seed=seed)
        return _Player(self.turns, stops)


class _Player:
    """Asks at each tick for what was asked for since the tick before."""

    def __init__(self, turns: Sequence[RecordedTurn], stops: Decider | None) -> None:
        self._turns = turns
        self._instants = [turn.at_ms for turn in turns]
        self._played = 0
        """How many turns have been asked for."""
        self._stops = stops
        self.trails = stops is not None and stops.trails

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the instant of the next turn."""
        index = max(self._played, bisect_right(self._instants, after_ms))
        return self._instants[index] if index < len(self._instants) else None

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return the actions of every turn since the tick before, in their order.

        Holding ends a turn, so that it comes after what other turns ask for at the same tick.
        """
        first, end = self._played, bisect_right(self._instants, moment.at_ms)
        self._played = max(first, end)
        actions = [action for turn in self._turns[first:end] for action in turn.actions]
        return sorted(actions, key=lambda action: isinstance(action, Holding))

    def trail(self, position: PositionView) -> Trail | None:
        """Return how the stop moves, as the coded rules let it move."""
        return None if self._stops is None else self._stops.trail(position)

    def grown(self, market: Market) -> Self:
        """Return itself: a record does not grow."""
        return self
