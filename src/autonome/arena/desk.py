"""The desk of a model that is thinking: its actions judged as the arena will judge them later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import count

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.llm.desk import Ruling
from autonome.agents.tools import MarketDataRequest
from autonome.arena.account import Account
from autonome.arena.decide import decide
from autonome.arena.events import Judged, Names, Said, Step, WokeUp
from autonome.domain.errors import SettingError
from autonome.domain.money import exact, round_cents
from autonome.domain.policy import Policy
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from autonome.market.observation import Observation
from autonome.market.snapshot import read_series

__all__ = ["AccountDesk"]

_TOLD: frozenset[str] = frozenset({"allowed", "changes", "denied"})
"""What of a tool call's record a model is told."""


class AccountDesk:
    """One arm's account as it stood when its model was asked; nothing here is booked."""

    def __init__(
        self,
        account: Account,
        policy: Policy,
        asked: WokeUp,
        said: Said,
        observation: Observation,
        *,
        free_collateral: Callable[[], object],
    ) -> None:
        """Judge what comes after ``asked``, which has the quotes and no action yet."""
        self.account = account
        """As it stood when the model was asked."""
        self.asked = asked
        """The event of an answer without actions."""
        self.observation = observation
        """The market that the model may see."""
        self.policy = policy
        """By which it judges."""
        self._said = said
        self._free_collateral = free_collateral
        self._actions: tuple[Action, ...] = ()
        self._denials: dict[int, Denied] = {}
        self.told: dict[int, Decimal] = {}
        """By place among the actions: how much may open (base), as the model was told."""
        self.judged: dict[int, Judged] = {}
        """By place among the actions: what the policy was asked about an entry."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """Return what the arena trades."""
        return self.asked.symbols

    @exact
    def attempt(self, action: Action) -> Ruling:
        """Judge an action after those before it: the last one's verdict is new."""
        self._actions = (*self._actions, action)
        said = changed(self._said, denials=dict(self._denials), told=dict(self.told))
        event = changed(self.asked, actions=self._actions, said=said)
        step = decide(self.account, event, self.policy, _throwaway_names())
        denied = step.denials[-1] if len(step.denials) > len(self._denials) else None
        if denied is not None:
            self._denials[len(self._actions) - 1] = denied
        elif isinstance(action, CreatePosition):
            self.told[len(self._actions) - 1] = _opened(step)
        assert step.booking is not None
        newest = step.booking.tool_calls[-1].id
        self.judged |= {
            len(self._actions) - 1: each for each in step.judged if each.tool_call_id == newest
        }
        record = step.booking.tool_calls[-1].metadata
        return Ruling(denied=denied, words={key: record[key] for key in _TOLD & record.keys()})

    @exact
    def limits(self) -> Mapping[str, object]:
        """Return what bounds the next action."""
        nav = self.account.nav(self.asked.mark_price)
        return {
            "nav": str(round_cents(nav)),
            "freeCollateral": self._free_collateral(),
            "positions": sorted(self.account.holdings),
            "ordersOnTheirWay": sorted(self.asked.under_way),
            "marks": {symbol: str(each.mark_price) for symbol, each in self.asked.quotes.items()},
            "limits": self.policy.describe()["limits"],
        }

    def market_data(self, request: MarketDataRequest) -> Mapping[str, object]:
        """Return closed bars and indicators, oldest first."""
        try:
            return read_series(
                self.observation,
                symbol=request.symbol,
                minutes=request.timeframe_minutes,
                indicators=request.indicators,
                length=request.length,
            )
        except (SettingError, KeyError) as error:
            return {"error": f"expected a symbol and indicators of the snapshot: {error}"}


def _opened(step: Step) -> Decimal:
    """Return what the last action that was accepted opens (base)."""
    taken = step.accepted[-1]
    assert isinstance(taken, CreatePosition)
    assert taken.quantity is not None
    return taken.quantity


def _throwaway_names() -> Names:
    """Return names for rows that nobody will keep."""
    numbers = count(1)
    return Names(new_id=lambda: f"desk-{next(numbers)}", next_order_index=lambda: next(numbers))
