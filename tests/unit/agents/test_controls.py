"""What the control arms ask for, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.actions import CreatePosition
from autonome.agents.controls.hold import Hold
from autonome.agents.controls.momentum import Momentum
from autonome.agents.port import AccountView, PositionView
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.market.observation import Observation
from unit.market.bars import START_MS, candles

NAV = Decimal(10_000)


def seen(closes: list[int]) -> Observation:
    bars = candles([(close, close, close, close) for close in closes])
    return Observation(at_ms=START_MS + 60_000 * len(closes), bars={"BTC": bars})


def account(side: OrderSide | None = None) -> AccountView:
    if side is None:
        return AccountView(nav=NAV, positions={})
    held = PositionView(
        side=side, quantity=Decimal(1), entry_price=Decimal(1_000), unrealized_pnl=Decimal(0)
    )
    return AccountView(nav=NAV, positions={"BTC": held})


def test_hold_buys_once_with_nearly_all_it_has() -> None:
    (action,) = Hold().decide(seen([1_000]), account())
    assert isinstance(action, CreatePosition)
    assert action.side is OrderSide.LONG
    assert action.notional == Decimal(9_900)
    assert action.exit_plan == ExitPlan()
    assert Hold().decide(seen([1_000]), account(OrderSide.LONG)) == ()


MOMENTUM = Momentum(symbols=("BTC",), lookback_bars=2)


@pytest.mark.parametrize(
    ("closes", "side", "stop", "target"),
    [
        # Beyond 1 %: 1,011 x 0.985 and x 1.03; 989 x 1.015 and x 0.97.
        ([1_000, 1_005, 1_011], OrderSide.LONG, "995.835", "1041.33"),
        ([1_000, 1_005, 989], OrderSide.SHORT, "1003.835", "959.33"),
    ],
)
def test_momentum_follows_a_return_beyond_its_threshold(
    closes: list[int], side: OrderSide, stop: str, target: str
) -> None:
    (action,) = MOMENTUM.decide(seen(closes), account())
    assert isinstance(action, CreatePosition)
    assert action.side is side
    assert action.notional == Decimal(4_500)
    assert action.exit_plan == ExitPlan(stop=Decimal(stop), target=Decimal(target))
    assert MOMENTUM.decide(seen(closes), account(side)) == ()
    assert MOMENTUM.decide(seen(closes), account(side.opposite)) == (action,)


@pytest.mark.parametrize(
    "closes", [[1_000, 1_500, 1_010], [1_000, 1_500, 990], [1_000, 2_000], [1_000]]
)
def test_momentum_waits_at_the_threshold_and_without_history(closes: list[int]) -> None:
    assert MOMENTUM.decide(seen(closes), account()) == ()
