"""A replay ends when its data do, whatever is still to come then."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from autonome.agents.actions import Action, ClosePosition, CreatePosition
from autonome.agents.controls.control import Control
from autonome.agents.port import AccountView, Moment, PositionView
from autonome.domain.choices import IntentState, OrderSide, OrderStatus
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.rows import Fill, Intent, Order
from autonome.market.market import Market
from simulation.arms import RICH, USUAL, World, synthetic, transcribe
from simulation.transcript import Transcript

LIMIT_S = 20
"""A replay of a day takes a small part of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script(Control):
    """Ask for one action when so many bars have closed."""

    name: str = "Script"
    actions: dict[int, Action]

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Reader:
        """Return the decider."""
        return _Reader({market.close_ms_of(bars - 1): each for bars, each in self.actions.items()})


class _Reader:
    trails = False

    def __init__(self, actions: dict[int, Action]) -> None:
        self._actions = actions

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        return min((at_ms for at_ms in self._actions if at_ms > after_ms), default=None)

    def decide(self, moment: Moment) -> Sequence[Action]:
        return [self._actions[moment.at_ms]] if moment.at_ms in self._actions else []

    def trail(self, position: PositionView) -> None:
        return None


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """Fail, rather than never end."""

    def fail(*_: object) -> None:
        raise TimeoutError(f"the replay did not end within {LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(LIMIT_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def entry(market: Market, notional: int, **plan: object) -> CreatePosition:
    return CreatePosition(
        symbol=market.symbols[0],
        side=OrderSide.LONG,
        notional=Decimal(notional),
        leverage=Decimal(2),
        exit_plan=ExitPlan(**plan),  # type: ignore[arg-type]
        reason="scripted",
    )


def replayed(market: Market, actions: dict[int, Action], world: World = USUAL) -> Transcript:
    return transcribe(market, [Script(actions=actions)], world)


def test_a_position_whose_time_is_up_at_the_last_close_stays_open() -> None:
    """Its order could not trade any more."""
    market = synthetic(seed=1, days=1)
    ends_at = market.end.isoformat()
    journal = replayed(market, {600: entry(market, 1_000, time_exit=ends_at)})
    (order,) = journal.rows(Order)
    assert order.status is OrderStatus.OPEN
    assert len(list(journal.rows(Intent))) == 1


def test_a_position_that_the_last_close_invalidates_stays_open() -> None:
    market = synthetic(seed=1, days=1)
    symbol = market.symbols[0]
    close, low = market.candles[symbol].close.copy(), market.candles[symbol].low.copy()
    close[-1] = low[-1] = int(low[-10:].min()) - 2
    fallen = replace(market.candles[symbol], close=close, low=low)
    market = replace(market, candles={**market.candles, symbol: fallen})
    level = fallen.tick * int(close[-1] + 1)
    journal = replayed(market, {1_435: entry(market, 1_000, invalidation_price=level)})
    (order,) = journal.rows(Order)
    assert order.status is OrderStatus.OPEN
    assert len(list(journal.rows(Intent))) == 1


def test_an_order_that_still_works_when_the_data_end_is_cancelled() -> None:
    """Twenty entries took what their bars had; the two bars that are left have less than that."""
    market = synthetic(seed=1, days=1)
    ticks = range(1_300, 1_400, 5)
    actions: dict[int, Action] = {bars: entry(market, 1_000_000) for bars in ticks}
    actions[1_435] = ClosePosition(symbol=market.symbols[0], reason="scripted")
    journal = replayed(market, actions, RICH)
    *_, intent = journal.rows(Intent)
    assert (intent.state, intent.reason) == (IntentState.CANCELLED, "the replay ended first")
    sold = [fill for fill in journal.rows(Fill) if fill.intent_id == intent.id]
    assert len(sold) > 1
    assert 0 < sum(fill.quantity for fill in sold) < intent.quantity
    (held,) = (row for row in journal.rows(Order) if row.status is OrderStatus.OPEN)
    assert held.quantity == intent.quantity - sum(fill.quantity for fill in sold)
