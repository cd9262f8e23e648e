"""Random entries: as many, as large and as long as those of another arm, but blind.

What such an arm earns is what the source's frequency, size and holding times earn without its
choice of symbol, side and instant.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeVar

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.controls.control import Control, leader_of
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Leader, Moment
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import utc, zulu
from autonome.domain.money import ZERO, exact, share
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.market.observation import Observation

__all__ = ["RandomEntries"]

_WINDOW_MS: Final = 7 * 24 * 60 * MINUTE_MS
_SIDES: Final = (OrderSide.LONG, OrderSide.SHORT)
_ONE: Final = Decimal(1)
_Choice = TypeVar("_Choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomEntries(Control):
    """Enter by chance, at the rate of a source over its trailing 7 days."""

    source: str
    """Name of the arm that is matched."""
    replica: int = 1
    """Numbers the arms that differ by chance alone, from 1."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return f"Random entries {self.replica}"

    @property
    def leader(self) -> str | None:
        """Return the name of the source."""
        return self.source

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Gambler:
        """Return a decider whose chance is fixed by ``seed`` and the replica."""
        history = _History(cadence_ms=cadence_minutes * MINUTE_MS)
        return _Gambler(self.source, history, f"{seed}/{self.replica}")


class _History:
    """What the source did in its trailing window, as seen at the ticks up to now."""

    def __init__(self, *, cadence_ms: int) -> None:
        self.sizes: deque[tuple[int, Decimal, Decimal]] = deque()
        """Of each entry: its instant, its notional as a fraction of NAV, its leverage."""
        self.holding_times: deque[tuple[int, int]] = deque()
        """Of each position that ended: the instant, and how long it was held (milliseconds)."""
        self.ticks = 0
        """Ticks in the window, or since the first one."""
        self._cadence_ms = cadence_ms
        self._first_ms: int | None = None
        self._last_ms = 0
        self._opened: dict[str, int] = {}

    def words(self) -> dict[str, object]:
        """Return the history as JSON holds it."""
        return {
            "sizes": [[at_ms, str(share), str(lever)] for at_ms, share, lever in self.sizes],
            "holdingTimes": list(self.holding_times),
            "first": self._first_ms,
            "last": self._last_ms,
            "opened": self._opened,
        }

    def recall(self, words: Mapping[str, Any]) -> None:
        """Go on with the history of an earlier process."""
        self.sizes.extend(
            (int(at_ms), Decimal(share), Decimal(lever)) for at_ms, share, lever in words["sizes"]
        )
        self.holding_times.extend(
            (int(at_ms), int(held_ms)) for at_ms, held_ms in words["holdingTimes"]
        )
        self._first_ms = None if words["first"] is None else int(words["first"])
        self._last_ms = int(words["last"])
        self._opened = {symbol: int(at_ms) for symbol, at_ms in words["opened"].items()}

    def follow(self, leader: Leader, observation: Observation, at_ms: int) -> None:
        """Take in what the source did and held at this tick, and forget what is too old."""
        if self._first_ms is None:
            self._first_ms = at_ms
        window_ms = min(at_ms - self._first_ms + self._cadence_ms, _WINDOW_MS)
        self.ticks = window_ms // self._cadence_ms
        self._follow_positions(leader, at_ms)
        if leader.nav > 0:
            for action in leader.accepted:
                if isinstance(action, CreatePosition):
                    notional = _notional(action, observation)
                    fraction = share(notional, part=_ONE, whole=leader.nav)
                    self.sizes.append((at_ms, fraction, action.leverage))
        while self.sizes and self.sizes[0][0] <= at_ms - _WINDOW_MS:
            self.sizes.popleft()
        while self.holding_times and self.holding_times[0][0] <= at_ms - _WINDOW_MS:
            self.holding_times.popleft()

    def _follow_positions(self, leader: Leader, at_ms: int) -> None:
        for symbol, opened_ms in self._opened.items():
            now = leader.positions.get(symbol)
            if now is None or now.opened_ms != opened_ms:
                # Decisions come before fills: what the source closed at a tick was still there
                # then. What a stop ended since then counts until that tick too.
                held_ms = max(self._last_ms - opened_ms, self._cadence_ms)
                self.holding_times.append((at_ms, held_ms))
        self._opened = {symbol: each.opened_ms for symbol, each in leader.positions.items()}
        self._last_ms = at_ms


class _Gambler(FixedStops):
    """Throws once each tick; its positions end by time."""

    def __init__(self, source: str, history: _History, seed: str) -> None:
        self._source = source
        self._history = history
        self._seed = seed

    def memory(self) -> dict[str, object]:
        """Return the history of the source."""
        return {"source": self._source, **self._history.words()}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on with the history, if it is that of the same source."""
        if memory["source"] == self._source:
            self._history.recall(memory)

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the next tick."""
        return after_ms + 1

    @exact
    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return an entry with the probability of the source's entries per tick."""
        history = self._history
        history.follow(leader_of(moment), moment.observation, moment.at_ms)
        # Each tick has dice of its own: a process that begins in between throws the same.
        dice = Random(f"{self._seed}/{moment.at_ms}")
        entries = len(history.sizes)
        enters = dice.random() * history.ticks < entries
        account = moment.account
        if not enters or not history.holding_times or account.nav <= ZERO:
            return ()
        taken = account.positions.keys() | account.under_way
        free = [symbol for symbol in moment.observation.symbols if symbol not in taken]
        if not free:
            return ()
        symbol, side = _one_of(dice, free), _one_of(dice, _SIDES)
        _, fraction, leverage = _one_of(dice, history.sizes)
        _, held_ms = _one_of(dice, history.holding_times)
        ends_at = zulu(utc(moment.at_ms + held_ms))
        return (
            CreatePosition(
                symbol=symbol,
                side=side,
                notional=account.nav * fraction,
                leverage=leverage,
                exit_plan=ExitPlan(time_exit=ends_at),
                reason=f"By chance: {self._source} made {entries} entries"
                f" in the last {history.ticks} ticks.",
            ),
        )


def _one_of(dice: Random, choices: Sequence[_Choice]) -> _Choice:
    # ``random()`` alone promises the same numbers in every version of Python.
    return choices[int(dice.random() * len(choices))]


def _notional(action: CreatePosition, observation: Observation) -> Decimal:
    """Return what an accepted entry was worth (quote) at the mark of its decision."""
    if action.notional is not None:
        return action.notional
    return (action.quantity or ZERO) * observation.last_close(action.symbol)
