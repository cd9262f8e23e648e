"""Liquidation in a replay: the worked figures of the accounting rules, and money is conserved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.domain.choices import OrderSide
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Order
from autonome.market.market import Market
from simulation.outcomes import CALM, closed, intents, last_nav, minute, open_orders, payments
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run, side_by_side
from simulation.statements import check
from unit.market.bars import Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
TERMS = ("taker_fee_bps=0", "maintenance_rate=0.012")


def played(
    bars: Sequence[Bar] | Market,
    script: Mapping[int, Sequence[Action]],
    *overrides: str,
    capital: int = 1_000,
) -> MemoryJournal:
    market = bars if isinstance(bars, Market) else by_hand(bars)
    profile = plain_profile(*TERMS, *overrides)
    journal = run(market, Scripted(script=script), profile=profile, capital=Decimal(capital))
    check(journal, market)
    return journal


def entry(side: OrderSide, *, stop: str | None = None) -> list[Action]:
    """Return the worked position: 0.2 @ 50,000 with a cash of 1,000."""
    return [enter(side, 10_000, leverage=10, stop=stop)]


@pytest.mark.parametrize(
    ("side", "extreme", "price", "fee", "nav"),
    [
        # LONG at 45,546.56, on the tick against the trader 45,546.5: 0.2 x -4,453.5 = -890.7 of
        # 1,000 are left 109.3; 1 % of 9,109.3 is 91.093.
        (LONG, 40_000, "45546.5", "-91.093", "18.21"),
        # SHORT at 54,347.83, on the tick 54,347.9: 0.2 x -4,347.9 = -869.58; 1 % of 10,869.58.
        (SHORT, 60_000, "54347.9", "-108.6958", "21.72"),
    ],
)
def test_the_worked_prices(side: OrderSide, extreme: int, price: str, fee: str, nav: str) -> None:
    crash: Bar = (50_000, max(extreme, 50_000), min(extreme, 50_000), 50_000)
    journal = played(
        [CALM, CALM, CALM, crash, CALM, CALM], {1: entry(side)}, "liquidation_fee_rate=0.01"
    )
    ((trigger, quantity, at_price, at),) = closed(journal)
    assert (trigger, quantity, at_price) == ("LIQUIDATION", "0.200", price)
    assert at is not None
    assert minute(3) < at < minute(4)
    assert payments(journal) == [("LIQUIDATION_FEE", fee)]
    assert last_nav(journal) == Decimal(nav)
    assert intents(journal)[1] == ("LIQUIDATION", "FILLED", "")
    _, intent = journal.rows(Intent)
    assert (intent.reduce_only, intent.quantity) == (True, Decimal("0.2"))


def test_a_fee_is_at_most_what_is_left() -> None:
    # 2 % of 9,109.3 would be 182.186; 109.3 are left.
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    journal = played([CALM, CALM, crash, CALM], {1: entry(LONG)}, "liquidation_fee_rate=0.02")
    assert payments(journal) == [("LIQUIDATION_FEE", "-109.3")]
    assert last_nav(journal) == 0


def test_a_gap_liquidates_at_the_open_and_the_venue_bears_the_shortfall() -> None:
    # At 44,000 0.2 lost 1,200 of 1,000.
    gap: Bar = (44_000, 44_000, 43_000, 43_500)
    journal = played([CALM, CALM, gap, CALM], {1: entry(LONG)})
    assert closed(journal) == [("LIQUIDATION", "0.200", "44000.0", minute(2))]
    assert payments(journal) == [("SHORTFALL", "200")]
    assert last_nav(journal) == 0
    (order,) = journal.rows(Order)
    assert order.realized_pnl == Decimal("-1200.00")


def test_the_bar_of_the_fill_can_liquidate() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    journal = played([CALM, crash, CALM], {1: entry(LONG)})
    assert [each[0] for each in closed(journal)] == ["LIQUIDATION"]


def test_a_bar_before_the_fill_cannot() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    journal = played([crash, crash, CALM, CALM], {2: entry(LONG)})
    assert closed(journal) == []


def test_a_stop_comes_before_the_liquidation() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    journal = played([CALM, CALM, crash, CALM], {1: entry(LONG, stop="46000")})
    assert [each[0::2] for each in closed(journal)] == [("STOP", "46000.0")]
    assert last_nav(journal) == Decimal("200.00")


def test_what_a_stop_cannot_sell_in_its_bar_can_still_be_liquidated_there() -> None:
    """0.15 of the 0.2 find a buyer at the stop; the rest keeps an account that survives the bar.

    After the stop NAV is 1,000 - 0.15 x 4,000 + 0.05 x (m - 50,000), at 40,000 -100.
    """
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    market = by_hand([CALM, CALM, crash, CALM], volumes=[9, 9, 1.5, 9])
    journal = played(market, {1: entry(LONG, stop="46000")})
    # 0.05 x m - 2,100 = 0.05 x 0.012 x m at 2,100 / 0.0494 = 42,510.1214...
    assert {each[:3] for each in closed(journal)} == {
        ("STOP", "0.150", "46000.0"),
        ("LIQUIDATION", "0.050", "42510.1"),
    }
    assert open_orders(journal) == []
    assert intents(journal)[1][:2] == ("STOP", "CANCELLED")


def test_two_positions_are_closed_together() -> None:
    """Cash 2,000: long 0.2 BTC @ 50,000 and short 4 ETH @ 2,500, both marked against the arm.

    At 46,000 and 2,700 NAV is 2,000 - 800 - 800 = 400 and the margin 110.4 + 129.6 = 240; at 45,000
    NAV is 200 and the margin 108 + 129.6 = 237.6.
    """
    eth: Bar = (2_500, 2_501, 2_499, 2_500)
    script: dict[int, list[Action]] = {
        1: [
            enter(LONG, 10_000, leverage=10),
            enter(SHORT, 10_000, leverage=10, symbol="ETH"),
        ]
    }
    for low, ended in ((46_000, False), (45_000, True)):
        market = side_by_side(
            {
                "BTC": [CALM, CALM, (50_000, 50_000, low, 50_000), CALM],
                "ETH": [eth, eth, (2_500, 2_700, 2_500, 2_500), eth],
            }
        )
        journal = played(market, script, "liquidation_fee_rate=0.01", capital=2_000)
        assert [each[0] for each in closed(journal)] == ["LIQUIDATION"] * (2 if ended else 0)
        if ended:
            assert len({fill.filled_at for fill in list(journal.rows(Fill))[2:]}) == 1
            assert [kind for kind, _ in payments(journal)] == ["LIQUIDATION_FEE"] * 2


def test_an_arm_that_was_liquidated_may_enter_again_with_what_is_left() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    script: dict[int, list[Action]] = {1: entry(LONG), 4: [enter(LONG, 100, leverage=10)]}
    journal = played([CALM, CALM, crash, CALM, CALM, CALM], script, "liquidation_fee_rate=0.01")
    assert [each[0] for each in closed(journal)] == ["LIQUIDATION"]
    assert [order.quantity for order in open_orders(journal)] == [Decimal("0.002")]


def test_an_order_under_way_finds_the_liquidated_position_gone() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    script: dict[int, list[Action]] = {1: entry(LONG), 3: [leave()]}
    journal = played([CALM, CALM, CALM, crash, CALM, CALM], script, "latency_ms=1500")
    assert [each[0] for each in closed(journal)] == ["LIQUIDATION"]
    assert intents(journal)[1] == ("CLOSE", "CANCELLED", "reduce-only")


def test_a_stop_that_trades_beyond_what_the_account_has_leaves_it_at_zero() -> None:
    # 0.199 x (40,000 - 50,000) = -1,990: 990 more than there was.
    gap: Bar = (40_000, 40_000, 40_000, 40_000)
    journal = played([CALM, CALM, gap, gap], {1: [enter(LONG, 9_950, leverage=10, stop="49900")]})
    ((trigger, _, at_price, at),) = closed(journal)
    assert (trigger, at_price, at) == ("STOP", "40000.0", minute(2))
    assert payments(journal) == [("SHORTFALL", "990")]
    assert last_nav(journal) == 0


def test_a_liquidation_in_the_bar_before_a_tick_does_not_swallow_the_tick() -> None:
    crash: Bar = (50_000, 50_000, 40_000, 50_000)
    agent = Scripted(script={1: entry(LONG)})
    market = by_hand([CALM, CALM, crash, CALM, CALM])
    run(market, agent, profile=plain_profile(*TERMS), capital=Decimal(1_000))
    assert [
        (moment.observation.closed_bars, len(moment.account.positions)) for moment in agent.seen
    ] == [(1, 0), (2, 1), (3, 0), (4, 0)]
