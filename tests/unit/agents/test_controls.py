"""What the controls that follow nobody ask for, and when: numbers by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.agents.actions import Action, CreatePosition, Holding
from autonome.agents.controls.always_holding import AlwaysHolding
from autonome.agents.controls.hold import Hold
from autonome.agents.controls.momentum import Momentum
from autonome.agents.controls.standard import control_agents
from autonome.agents.port import Agent, Decider
from autonome.domain.choices import ArmKind, OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.market.market import Market
from unit.agents.moments import account, after, market_of, moment, position, trade
from unit.market.bars import START_MS

QUIET = market_of({"BTC": [1_000] * 60, "ETH": [100] * 60, "SOL": [10] * 60})


def begun(agent: Agent, market: Market = QUIET, *, cadence_minutes: int = 5) -> Decider:
    return agent.begin(market, cadence_minutes=cadence_minutes, seed=1)


def purchase(symbol: str, notional: str) -> CreatePosition:
    return CreatePosition(
        symbol=symbol,
        side=OrderSide.LONG,
        notional=Decimal(notional),
        leverage=Decimal(1),
        exit_plan=ExitPlan(),
        reason=f"Buy {symbol} once and hold it.",
    )


HOLD_BTC = Hold(name="Hold BTC", symbols=("BTC",))
EQUAL = Hold(name="Equal weight", symbols=("BTC", "ETH", "SOL"))


def test_hold_buys_once_with_nearly_all_it_has() -> None:
    decider = begun(HOLD_BTC)
    wake = decider.next_wake(START_MS, account())
    assert wake is not None
    assert START_MS < wake <= after(5)  # The arena rounds up to its first tick.
    assert decider.decide(moment(QUIET, 5)) == (purchase("BTC", "9900.00"),)
    held = account(position("BTC"))
    assert decider.next_wake(after(5), held) is None
    assert decider.decide(moment(QUIET, 10, held)) == ()


def test_equal_weight_divides_its_money_evenly() -> None:
    # 9,900 / 3.
    expected = tuple(purchase(symbol, "3300.00000000") for symbol in ("BTC", "ETH", "SOL"))
    assert begun(EQUAL).decide(moment(QUIET, 5)) == expected


def test_equal_weight_buys_only_what_it_never_bought() -> None:
    decider = begun(EQUAL)
    held_and_ordered = account(position("BTC"), under_way=["SOL"])
    assert decider.decide(moment(QUIET, 5, held_and_ordered)) == (purchase("ETH", "3300.00000000"),)


def test_hold_does_not_buy_again_what_was_liquidated() -> None:
    liquidated = account(trades=[trade("BTC")])
    decider = begun(HOLD_BTC)
    assert decider.next_wake(after(5), liquidated) is None
    assert decider.decide(moment(QUIET, 5, liquidated)) == ()


def test_a_denied_hold_waits_twice_as_long_after_each_attempt() -> None:
    decider = begun(HOLD_BTC)
    wakes = [after(5)]
    for _ in range(3):
        decider.decide(moment(QUIET, (wakes[-1] - START_MS) // 60_000))
        wake = decider.next_wake(wakes[-1], account())
        assert wake is not None
        wakes.append(wake)
    assert wakes == [after(5), after(10), after(20), after(40)]


def test_always_holding_says_so_once() -> None:
    decider = begun(AlwaysHolding())
    wake = decider.next_wake(START_MS, account())
    assert wake is not None
    assert START_MS < wake <= after(5)
    assert decider.decide(moment(QUIET, 5)) == (Holding(reason="This control never trades."),)
    assert decider.next_wake(after(5), account()) is None


MOMENTUM = Momentum(symbols=("BTC",), lookback_bars=2)


def wakes(decider: Decider) -> list[int]:
    """Return every instant at which a decider asks to be woken, in minutes."""
    found: list[int] = []
    at = decider.next_wake(START_MS, account())
    while at is not None:
        found.append((at - START_MS) // 60_000)
        at = decider.next_wake(at, account())
    return found


def asked(closes: list[int], side: OrderSide | None = None) -> tuple[Action, ...]:
    """Return what momentum asks for after the last of these bars, one decision a minute."""
    market = market_of({"BTC": closes})
    own = account() if side is None else account(position("BTC", side))
    decider = begun(MOMENTUM, market, cadence_minutes=1)
    return tuple(decider.decide(moment(market, len(closes), own)))


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
    expected = CreatePosition(
        symbol="BTC",
        side=side,
        notional=Decimal(4_500),
        leverage=Decimal(5),
        exit_plan=ExitPlan(stop=Decimal(stop), target=Decimal(target)),
        reason=f"BTC moved from 1000 to {closes[-1]} in 2 minutes.",
    )
    assert asked(closes) == (expected,)
    assert asked(closes, side) == ()
    assert asked(closes, side.opposite) == (expected,)


@pytest.mark.parametrize(
    "closes", [[1_000, 1_500, 1_010], [1_000, 1_500, 990], [1_000, 2_000], [1_000]]
)
def test_momentum_waits_at_the_threshold_and_without_history(closes: list[int]) -> None:
    assert asked(closes) == ()


@pytest.mark.parametrize(
    ("cadence_minutes", "edges"),
    [
        # Returns over 2 bars, from minute 3 on: 0, +2 %, +2 %, 0, 0, +2 %, 0, -4 %, 0.
        (1, [4, 8, 10]),
        # At even minutes only: +2 % at 4, 0 at 6, +2 % at 8, -4 % at 10.
        (2, [4, 8, 10]),
        # At 5: +2 %; at 10: -4 %.
        (5, [5, 10]),
        # At 4: +2 %; still +2 % at 8, which is no edge.
        (4, [4]),
    ],
)
def test_momentum_wakes_when_the_return_seen_at_its_ticks_crosses(
    cadence_minutes: int, edges: list[int]
) -> None:
    closes = [1_000, 1_000, 1_000, 1_020, 1_020, 1_020, 1_020, 1_041, 1_020, 999, 1_020]
    decider = begun(MOMENTUM, market_of({"BTC": closes}), cadence_minutes=cadence_minutes)
    assert wakes(decider) == edges


def test_momentum_acts_for_each_symbol_in_its_own_bars() -> None:
    market = market_of({"BTC": [1_000, 1_000, 1_011], "ETH": [1_000, 1_000, 989]})
    rule = Momentum(symbols=("BTC", "ETH"), lookback_bars=2)
    actions = begun(rule, market, cadence_minutes=1).decide(moment(market, 3))
    sides = [(each.symbol, each.side) for each in actions if isinstance(each, CreatePosition)]
    assert sides == [("BTC", OrderSide.LONG), ("ETH", OrderSide.SHORT)]


def test_momentum_does_not_foresee_bars_after_its_edge() -> None:
    closes = [1_000, 1_000, 1_011, 1_020, 900, 950, 1_100]
    whole = begun(MOMENTUM, market_of({"BTC": closes}), cadence_minutes=1)
    for bars in range(3, len(closes)):
        cut = begun(MOMENTUM, market_of({"BTC": closes[:bars]}), cadence_minutes=1)
        assert wakes(cut) == [at for at in wakes(whole) if at <= bars]


def test_the_standard_controls_watch_momentum_unless_another_arm_is_named() -> None:
    names = [
        ("Hold BTC", None),
        ("Equal weight", None),
        ("Always holding", None),
        ("Simple momentum", None),
        ("Random entries 1", "Simple momentum"),
        ("Random entries 2", "Simple momentum"),
        ("Inverted Simple momentum", "Simple momentum"),
    ]
    agents = control_agents(["BNB", "BTC"], source=None, replicas=2)
    assert [(each.name, each.leader) for each in agents] == names
    named = control_agents(["BNB", "BTC"], source="Squeeze")
    assert [(each.name, each.leader) for each in named][4:] == [
        ("Random entries 1", "Squeeze"),
        ("Inverted Squeeze", "Squeeze"),
    ]


@pytest.mark.parametrize(
    ("symbols", "held"), [(["ETH", "SOL"], "ETH"), (["ETH", "BTC"], "BTC"), (["SOL"], "SOL")]
)
def test_the_first_control_holds_btc_or_else_the_first_symbol(
    symbols: list[str], held: str
) -> None:
    hold, equal = control_agents(symbols, source=None)[:2]
    assert hold == Hold(name=f"Hold {held}", symbols=(held,))
    assert equal == Hold(name="Equal weight", symbols=tuple(symbols))


def test_a_control_tells_its_kind_and_its_settings() -> None:
    for agent in control_agents(["BTC"], source=None):
        assert (agent.kind, agent.variant) == (ArmKind.CONTROL, None)
        assert "name" not in agent.settings
    assert HOLD_BTC.settings == {"symbols": ("BTC",), "exposure": Decimal("0.99")}
    assert MOMENTUM.settings["threshold"] == Decimal("0.01")
