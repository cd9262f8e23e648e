"""What an agent is: settings that enter an arena, and a decider that is woken there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from autonome.agents.actions import Action
from autonome.domain.choices import ArmKind, CloseTrigger, OrderSide
from autonome.domain.instants import ms_of
from autonome.domain.refusals import Denied
from autonome.domain.value import value
from autonome.market.market import Market
from autonome.market.observation import Observation

__all__ = [
    "AccountView",
    "Agent",
    "Decider",
    "Leader",
    "Moment",
    "PositionView",
    "Remembering",
    "TradeResult",
    "Trail",
]


@value
class PositionView:
    """An open position, as its agent sees it."""

    symbol: str
    side: OrderSide
    quantity: Decimal
    """Base units, > 0."""
    leverage: Decimal | None
    entry_price: Decimal
    """Average (quote)."""
    mark_price: Decimal
    """Last closing price (quote)."""
    unrealized_pnl: Decimal
    """Quote, before fees and funding."""
    stop: Decimal | None
    """Where the stop stands now, trailing included (quote)."""
    first_stop: Decimal | None
    """Where the stop stood when the position was opened: its distance to the entry is 1 R."""
    target: Decimal | None
    opened_ms: int
    """Milliseconds since 1970 UTC."""


@value
class TradeResult:
    """A completed trade of the agent's own."""

    symbol: str
    side: OrderSide
    realized_pnl: Decimal
    """Quote, net, unrounded."""
    entry_notional: Decimal
    """Quote, > 0."""
    trigger: CloseTrigger | None
    closed_at: datetime
    """UTC."""

    @property
    def closed_ms(self) -> int:
        """Return when it ended, milliseconds since 1970 UTC."""
        return ms_of(self.closed_at)


class AccountView(Protocol):
    """An arm's own account at one instant."""

    @property
    def nav(self) -> Decimal:
        """Return the NAV (quote)."""

    @property
    def positions(self) -> Mapping[str, PositionView]:
        """Return the open positions, by symbol."""

    @property
    def trades(self) -> Sequence[TradeResult]:
        """Return every completed trade, oldest first; only to be read."""

    @property
    def under_way(self) -> frozenset[str]:
        """Return the symbols of which an order is on its way or still working."""

    def side_of(self, symbol: str) -> OrderSide | None:
        """Return on which side a symbol is held, ``None`` when it is not."""


@value
class Leader:
    """What the arm that is followed did in this cycle, as its policy let it through."""

    accepted: Sequence[Action]
    """Quantities and triggers as they were sent to the venue."""
    nav: Decimal
    """Quote, before those actions; where there are none, when its holdings changed last."""
    positions: Mapping[str, PositionView]
    """Before those actions, by symbol; marks are as old as ``nav``."""


@value
class Moment:
    """All that an agent sees when it is woken."""

    at_ms: int
    """The instant of the decision, milliseconds since 1970 UTC; a tick of the arena's clock."""
    observation: Observation
    account: AccountView
    leader: Leader | None = None
    """``None`` for an agent that follows nobody."""
    denied: Sequence[Denied] = ()
    """What the policy refused when the agent was last asked."""


class Trail(Protocol):
    """A stop that moves with closed bars; the engine only ever tightens it."""

    def levels(self, close_ms: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the level (quote) proposed at each of these instants; NaN proposes none.

        An item may depend only on bars that closed at or before its own instant. The instants are
        closes of 1-minute bars, ascending.
        """


class Decider(Protocol):
    """An agent at work in one arena: it may keep state of its own."""

    @property
    def trails(self) -> bool:
        """Say whether any of its stops moves by itself; only then ``trail`` is asked."""

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the first instant after ``after_ms`` at which it wants to be asked, if any.

        The arena asks again after every wake-up, own fill, exit and denial, and rounds the answer
        up to a tick of its clock. A denial that names its end wakes it then, too. A follower is
        also woken whenever its leader acted, and at the tick after what its leader holds changed.
        """

    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return what to do now; nothing at all means that nothing is recorded."""

    def trail(self, position: PositionView) -> Trail | None:
        """Return how the stop of a position moves that was just opened or added to."""

    def grown(self, market: Market) -> Decider:
        """Return the decider that goes on once ``market`` has more closed bars than before.

        Where time runs on, this comes before each tick; a replay never asks.
        """


@runtime_checkable
class Remembering(Protocol):
    """A decider that keeps what neither its market nor its account can tell a new process."""

    def memory(self) -> Mapping[str, object]:
        """Return what it keeps, as JSON can hold it; written down after each tick."""

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on with what ``memory`` returned, in an earlier process; numbers may be Decimals."""


class Agent(Protocol):
    """Whoever decides, as it is configured."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""

    @property
    def kind(self) -> ArmKind:
        """Return how the ledger sorts it."""

    @property
    def variant(self) -> str | None:
        """Return the variant that it plays, ``None`` when it plays none."""

    @property
    def settings(self) -> Mapping[str, object]:
        """Return its parameters, as JSON can hold them."""

    @property
    def leader(self) -> str | None:
        """Return the name of the agent that it watches; it runs after that one."""

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> Decider:
        """Return the decider for one replay of ``market``.

        The market is given whole, so that columns are computed once; whatever is decided at an
        instant may depend only on bars that closed at or before it.
        """
