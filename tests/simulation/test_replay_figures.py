"""Every figure of a replay can be recomputed from its fills, payments and marks."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.agents.actions import Action
from autonome.agents.controls.hold import Hold
from autonome.agents.controls.momentum import Momentum
from autonome.domain.choices import IntentState, OrderSide
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import (
    Cycle,
    Fill,
    Intent,
    Invocation,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)
from autonome.market.files import read_market
from autonome.market.market import Market
from autonome.venue.profile import load_profile
from simulation.runs import Dice, Scripted, enter, golden, leave, run, synthetic
from simulation.statements import check, rows_without_chance

CADENCE = 5
LONG, SHORT = OrderSide.LONG, OrderSide.SHORT


def on_synthetic(seed: int) -> tuple[Market, MemoryJournal]:
    market = synthetic(seed=seed)
    symbols = market.symbols
    journal = run(
        market,
        Hold(name="Hold BTC", symbols=("BTC",)),
        Momentum(symbols=symbols, lookback_bars=60),
        Dice(seed=seed, symbols=symbols),
        cadence=CADENCE,
    )
    return market, journal


def on_golden() -> tuple[Market, MemoryJournal]:
    market = golden()
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 4_000), enter(SHORT, 3_000, symbol="ETH", stop="2590", target="2566")],
        5: [enter(LONG, 1_000, stop="109240")],
        22: [enter(SHORT, 5_000, target="108860")],
        29: [enter(LONG, 2_000, symbol="ETH", stop="2560")],
        36: [enter(LONG, 3_000, stop="108130"), enter(SHORT, 2_500, symbol="ETH")],
        40: [leave("ETH")],
    }
    return market, run(market, Scripted(script=script), Dice(seed=3, symbols=market.symbols))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_replay_of_the_synthetic_market_can_be_recomputed(seed: int) -> None:
    market, journal = on_synthetic(seed)
    compared = check(journal, market)
    assert compared["nav"] == 3 * 2_880
    assert compared["realized-pnl"] >= 20
    assert compared["funding"] >= 5


def test_a_replay_of_real_candles_can_be_recomputed() -> None:
    market, journal = on_golden()
    compared = check(journal, market)
    assert compared["nav"] == 2 * 48
    assert compared["realized-pnl"] >= 6
    assert compared["funding"] >= 1


def test_a_replay_of_the_real_month_can_be_recomputed() -> None:
    folder = os.environ.get("AUTONOME_TEST_DATA")
    if not folder or not (Path(folder) / "SOL-1m.parquet").is_file():
        pytest.skip("AUTONOME_TEST_DATA names no folder with SOL-1m.parquet")
    profile = load_profile("binance-perp")
    market = read_market(Path(folder), [profile.instrument("BTC"), profile.instrument("SOL")])
    symbols = market.symbols
    journal = run(market, Momentum(symbols=symbols), Dice(seed=1, symbols=symbols), cadence=CADENCE)
    compared = check(journal, market)
    assert compared["nav"] == 2 * 41_760
    assert compared["realized-pnl"] >= 1_000
    assert compared["funding"] >= 50


def test_trades_on_real_candles_have_the_figures_that_were_worked_out_by_hand() -> None:
    _, journal = on_golden()
    trades = {
        (order.symbol, order.side): order
        for order in journal.rows(Order)
        if order.model_id == "Ada" and order.close_trigger is not None
    }
    # ETH, 29 bars closed at 2,568.00: 2,000 buys 0.778. It opens at 2,568.00, 2 bps worse and up to
    # the tick: 2,568.52. The bar of 16:05 falls through 2,560: 2,559.488, down to 2,559.48.
    # 0.778 x -9.04 - 0.99915428 - 0.99563772 + 0.778 x 2,567.38 x 0.00000726 (0.01450134) = -9.0134
    eth = trades["ETH", LONG]
    assert (eth.quantity, eth.entry_price, eth.exit_price, eth.close_trigger) == (
        Decimal("0.778"),
        Decimal("2568.52"),
        Decimal("2559.48"),
        "STOP",
    )
    assert eth.realized_pnl == Decimal("-9.01")
    # BTC, 22 bars closed at 109,283.7: 5,000 sells 0.045. It opens at 109,283.2: 109,261.34336 down
    # to 109,261.3. The bar of 15:59 reaches 108,860: 108,881.772 up to 108,881.8, before funding.
    # 0.045 x 379.5 - 2.45837925 - 2.4498405 = 12.16928025
    btc = trades["BTC", SHORT]
    assert (btc.quantity, btc.entry_price, btc.exit_price, btc.close_trigger) == (
        Decimal("0.045"),
        Decimal("109261.3"),
        Decimal("108881.8"),
        "TARGET",
    )
    assert btc.realized_pnl == Decimal("12.17")
    assert btc.closed_at == datetime(2025, 5, 23, 15, 59, 59, 999_000, tzinfo=UTC)


def test_every_cycle_is_on_record_and_counted() -> None:
    market, journal = on_synthetic(1)
    cycles = list(journal.rows(Cycle))
    # 2,880 minutes; the first decision after five closed bars, the last when a bar can still fill.
    assert sorted(cycle.scheduled_at for cycle in cycles) == [
        market.start + timedelta(minutes=minute) for minute in range(5, 2_880, 5)
    ]
    assert {cycle.finished_at is None for cycle in cycles} == {False}
    for model in journal.rows(Model):
        assert model.invocation_count == 575
        assert model.total_minutes == 2_875
        assert (model.failed_workflow_count, model.failed_tool_call_count) == (0, 0)


def test_a_tick_at_which_nobody_is_asked_is_no_cycle_on_record_but_is_counted() -> None:
    market = synthetic(seed=4, days=1)
    journal = run(market, Hold(name="Hold BTC", symbols=("BTC",)), cadence=CADENCE)
    (cycle,) = journal.rows(Cycle)
    assert cycle.scheduled_at == market.start + timedelta(minutes=5)
    (model,) = journal.rows(Model)
    assert (model.invocation_count, model.total_minutes) == (287, 1_435)


def test_no_fill_comes_before_its_decision() -> None:
    _, journal = on_synthetic(2)
    calls = {call.id: call for call in journal.rows(ToolCall)}
    invocations = {each.id: each for each in journal.rows(Invocation)}
    intents = {intent.id: intent for intent in journal.rows(Intent)}
    orders = {order.id: order for order in journal.rows(Order)}
    decided = 0
    for fill in journal.rows(Fill):
        assert fill.intent_id is not None
        intent = intents[fill.intent_id]
        assert intent.state is IntentState.FILLED
        assert intent.created_at <= fill.filled_at
        assert orders[fill.order_id].opened_at <= fill.filled_at
        if intent.tool_call_id is not None:
            invocation = invocations[calls[intent.tool_call_id].invocation_id]
            assert invocation.created_at <= fill.filled_at
            decided += 1
    assert decided >= 20


def test_the_same_input_gives_the_same_rows() -> None:
    first, second = on_synthetic(3)[1], on_synthetic(3)[1]
    kinds = (
        Model,
        Cycle,
        Invocation,
        ToolCall,
        Order,
        Intent,
        Fill,
        Payment,
        Mark,
        PortfolioSnapshot,
    )
    for kind in kinds:
        rows = rows_without_chance(first, kind)
        assert rows
        assert rows == rows_without_chance(second, kind)


def test_another_competitor_changes_nothing_for_the_first() -> None:
    market = synthetic(seed=4, days=1)
    dice = Dice(seed=4, symbols=market.symbols)
    alone, together = run(market, dice), run(market, Hold(name="Hold BTC", symbols=("BTC",)), dice)

    def figures(journal: MemoryJournal) -> list[object]:
        fills = [
            (each.symbol, each.side, each.quantity, each.price, each.fee, each.filled_at)
            for each in journal.rows(Fill)
            if each.model_id == dice.name
        ]
        navs = [
            (each.created_at, each.net_portfolio)
            for each in journal.rows(PortfolioSnapshot)
            if each.model_id == dice.name
        ]
        return [*fills, *navs]

    assert figures(alone) == figures(together)
