"""A rule at work: it wakes at edges, exits and the end of its patience, and asks for actions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np

from autonome.agents.actions import Action, ClosePosition, CreatePosition
from autonome.agents.port import AccountView, Moment, PositionView
from autonome.agents.rules.authored import asked_notional
from autonome.agents.rules.edges import Edge, edges_of
from autonome.agents.rules.entry import Entry
from autonome.agents.rules.ratchet import RuleTrail
from autonome.agents.rules.signals import Entries, Signals
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import utc, zulu
from autonome.domain.money import exact
from autonome.market.candles import MINUTE_MS
from autonome.market.frame import Frame
from autonome.market.market import Market

if TYPE_CHECKING:
    from autonome.agents.rules.agent import RuleAgent

__all__ = ["RuleDecider"]

_PRICE_DECIMALS: Final = 8


class RuleDecider:
    """Turns the columns of a rule into actions; it keeps nothing from one call to the next."""

    def __init__(
        self,
        agent: RuleAgent,
        *,
        frames: Mapping[str, Frame],
        signals: Mapping[str, Signals],
        cadence_minutes: int,
    ) -> None:
        self._agent = agent
        self._frames = frames
        self._signals = signals
        self._cadence_ms = cadence_minutes * MINUTE_MS
        self._edges = edges_of(frames, signals, warm_up_bars=agent.warm_up_bars)
        self._edge_ms = [edge.at_ms for edge in self._edges]
        self._reason = agent.description
        self.trails = agent.ratchet is not None or any(
            entries is not None and entries.trail is not None
            for each in signals.values()
            for entries in (each.long, each.short)
        )
        self._closes = agent.patience_minutes is not None or any(
            entries is not None and entries.exit is not None
            for each in signals.values()
            for entries in (each.long, each.short)
        )

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the next edge, or an earlier instant at which a position may have to end."""
        index = bisect_right(self._edge_ms, after_ms)
        edge_ms = self._edge_ms[index] if index < len(self._edge_ms) else None
        if not self._closes or not account.positions:
            return edge_ms
        instants = [] if edge_ms is None else [edge_ms]
        for position in account.positions.values():
            instants += self._ends(position, after_ms)
        return min(instants, default=None)

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return an entry for each fresh edge, and a close for each position that has to end."""
        at_ms, account = moment.at_ms, moment.account
        # An edge is fresh at the first tick of the arena's clock that does not precede it.
        first = bisect_right(self._edge_ms, at_ms - self._cadence_ms)
        end = bisect_right(self._edge_ms, at_ms, first)
        actions: dict[str, Action] = {}
        for edge in self._edges[first:end]:
            entry = self._enter(edge, at_ms, account)
            if entry is not None:
                actions[edge.symbol] = entry
        if self._closes:
            for symbol, position in account.positions.items():
                if symbol not in actions and symbol not in account.under_way:
                    reason = self._reason_to_close(position, at_ms)
                    if reason is not None:
                        actions[symbol] = ClosePosition(symbol=symbol, reason=reason)
        return tuple(actions.values())

    def grown(self, market: Market) -> RuleDecider:
        """Return the decider with the columns of the longer market."""
        cadence_minutes = self._cadence_ms // MINUTE_MS
        return self._agent.begin(market, cadence_minutes=cadence_minutes, seed=0)

    def trail(self, position: PositionView) -> RuleTrail | None:
        """Return the stop that follows a position: the side's trail and the ratchet."""
        entries = self._entries(position)
        column = None if entries is None else entries.trail
        if column is None and self._agent.ratchet is None:
            return None
        return RuleTrail(
            frame=self._frames[position.symbol],
            position=position,
            column=column,
            ratchet=self._agent.ratchet,
            leverage=position.leverage or self._agent.leverage,
        )

    def _enter(self, edge: Edge, at_ms: int, account: AccountView) -> CreatePosition | None:
        if account.side_of(edge.symbol) is edge.side or edge.symbol in account.under_way:
            return None
        agent = self._agent
        entry = Entry(
            symbol=edge.symbol,
            side=edge.side,
            close=_price(edge.close),
            stop=None if edge.stop is None else _price(edge.stop),
            target=None if edge.target is None else _price(edge.target),
        )
        notional = asked_notional(agent, entry, account)
        if notional <= 0:
            return None
        minutes = agent.time_exit_minutes
        return CreatePosition(
            symbol=edge.symbol,
            side=edge.side,
            notional=notional,
            leverage=agent.leverage,
            exit_plan=ExitPlan(
                stop=entry.stop,
                target=entry.target,
                time_exit=None if minutes is None else zulu(utc(at_ms + minutes * MINUTE_MS)),
            ),
            cooldown_minutes=agent.cooldown_minutes,
            reason=edge.reason or self._reason,
        )

    def _ends(self, position: PositionView, after_ms: int) -> Iterator[int]:
        """Yield the next instants at which a position is to be looked at."""
        entries = self._entries(position)
        if entries is not None and entries.exit is not None:
            close_ms = self._frames[position.symbol].close_ms
            row = int(np.searchsorted(close_ms, after_ms, side="right"))
            later = entries.exit[row:]
            place = int(later.argmax()) if len(later) else 0
            if later[place : place + 1].any():
                yield int(close_ms[row + place])
        if self._agent.patience_minutes is not None:
            yield max(self._patience_ends_ms(position), after_ms + 1)

    def _reason_to_close(self, position: PositionView, at_ms: int) -> str | None:
        entries = self._entries(position)
        if entries is not None and entries.exit is not None:
            close_ms = self._frames[position.symbol].close_ms
            row = int(np.searchsorted(close_ms, at_ms, side="right")) - 1
            fresh = row >= 0 and int(close_ms[row]) > at_ms - self._cadence_ms
            if fresh and entries.exit[row]:
                return "The exit rule holds."
        agent = self._agent
        if agent.patience_minutes is None or at_ms < self._patience_ends_ms(position):
            return None
        if not _is_under(position, agent.patience_r):
            return None
        return f"Under {agent.patience_r} R after {agent.patience_minutes} minutes."

    def _patience_ends_ms(self, position: PositionView) -> int:
        return position.opened_ms + (self._agent.patience_minutes or 0) * MINUTE_MS

    def _entries(self, position: PositionView) -> Entries | None:
        return self._signals[position.symbol].of(position.side)


@exact
def _is_under(position: PositionView, multiple: Decimal) -> bool:
    """Say whether a position has gained less than ``multiple`` times its first risk.

    A position without a first stop has no risk to be measured by, and is not under.
    """
    if position.first_stop is None:
        return False
    gain = position.side.sign * (position.mark_price - position.entry_price)
    return gain < multiple * abs(position.entry_price - position.first_stop)


def _price(number: float) -> Decimal:
    """Return a price of a column as exact text, to eight places."""
    text = repr(number)
    if len(text) - text.find(".") > _PRICE_DECIMALS:
        text = repr(round(number, _PRICE_DECIMALS))
    return Decimal(text)
