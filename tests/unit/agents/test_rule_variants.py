"""The variants as coded rules: their limits, their sizes, and that they trade."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.agents.causality import check_causality
from autonome.agents.port import TradeResult
from autonome.agents.rules import Entry
from autonome.agents.rules.agent import signals_of
from autonome.agents.rules.edges import edges_of
from autonome.agents.rules.squeeze import SqueezeBreak, kelly_fraction
from autonome.agents.rules.variants import variant_agents
from autonome.domain.choices import OrderSide
from autonome.domain.value import changed
from autonome.domain.variants import VARIANT_IDS
from autonome.market.files import read_market
from autonome.market.market import Market
from autonome.venue.profile import load_profile
from unit.agents.moments import account, trade
from unit.market.frames import walk

AGENTS = {agent.name: agent for agent in variant_agents()}


def test_each_variant_of_the_registry_has_its_rules() -> None:
    assert [agent.variant for agent in AGENTS.values()] == list(VARIANT_IDS)
    assert list(AGENTS) == [f"{variant} rules" for variant in VARIANT_IDS]


def test_limits_are_those_of_the_table() -> None:
    limits = [
        (agent.leverage, agent.time_exit_minutes, agent.patience_minutes)
        for agent in AGENTS.values()
    ]
    assert limits == [(10, 120, None), (5, None, None), (5, 720, None), (5, None, 1_440)]


@pytest.mark.parametrize(("cadence", "minutes"), [(1, 5), (5, 5), (3, 6), (15, 15), (60, 60)])
def test_bars_are_five_minutes_or_the_least_that_the_cadence_allows(
    cadence: int, minutes: int
) -> None:
    for agent in variant_agents(cadence_minutes=cadence):
        assert agent.timeframe_minutes == minutes
        agent.begin(walk(300), cadence_minutes=cadence, seed=1)


@pytest.mark.parametrize("name", AGENTS)
def test_no_variant_looks_ahead(name: str) -> None:
    check_causality(AGENTS[name], walk(8_000), cadence_minutes=5, seed=3)


def results(*gains: str) -> list[TradeResult]:
    """Return completed trades of 1,000 each, with these gains."""
    return [changed(trade("BTC"), realized_pnl=Decimal(gain)) for gain in gains]


KELLY = [
    # Two wins of 20 to two losses of 10: 1/2 - 1/2 / 2.
    (("20", "20", "-10", "-10"), "0.25"),
    # Three wins of 10 to one loss of 10: 3/4 - 1/4.
    (("10", "10", "10", "-10"), "0.5"),
    # One win of 10 to one of the same: an even game.
    (("10", "-10"), "0"),
    # One win of 10 to three losses of 10.
    (("10", "-10", "-10", "-10"), "-0.5"),
    (("10", "5"), "1"),
    (("-10", "-5"), "-1"),
    (("10", "0"), "0.5"),
]


@pytest.mark.parametrize(("gains", "fraction"), KELLY)
def test_the_fraction_is_kellys_by_hand(gains: tuple[str, ...], fraction: str) -> None:
    assert kelly_fraction(results(*gains)) == Decimal(fraction)


ENTRY = Entry(
    symbol="BTC", side=OrderSide.LONG, close=Decimal(1_000), stop=Decimal(980), target=None
)

SQUEEZED = [
    # 1 % of 10,000 over a distance of 2 %, until there are twenty trades.
    (results(*["-10"] * 19), "5000"),
    # Half of 0.25 is beyond the cap of 2 %.
    (results(*["20", "-10"] * 10), "10000"),
    # The last twenty lost: the least, a quarter of a percent.
    (results(*["20"] * 20, *["-10"] * 20), "1250"),
    # Ten wins of 10.7 to ten losses of 10: 1/2 - 1/2 / 1.07 = 0.0327, half of it 1.635 %.
    (results(*["10.7", "-10"] * 10), "8175"),
]


@pytest.mark.parametrize(("trades", "notional"), SQUEEZED)
def test_the_squeeze_is_sized_by_half_kelly_within_bounds(
    trades: list[TradeResult], notional: str
) -> None:
    assert SqueezeBreak().notional(ENTRY, account(trades=trades)) == Decimal(notional)


def test_a_near_stop_is_sized_by_the_exposure() -> None:
    near = changed(ENTRY, stop=Decimal(999))
    assert SqueezeBreak().notional(near, account()) == Decimal(20_000)


@pytest.fixture(scope="module")
def real_month() -> Market:
    """Return the five symbols of the real month."""
    folder = os.environ.get("AUTONOME_TEST_DATA")
    if not folder or not (Path(folder) / "BTC-1m.parquet").is_file():
        pytest.skip("AUTONOME_TEST_DATA names no folder with BTC-1m.parquet")
    profile = load_profile("binance-perp")
    symbols = ("BTC", "ETH", "SOL", "XRP", "BNB")
    return read_market(Path(folder), [profile.instrument(symbol) for symbol in symbols])


@pytest.mark.parametrize("name", AGENTS)
def test_each_variant_finds_entries_and_no_flood_of_them_in_the_real_month(
    name: str, real_month: Market
) -> None:
    agent = AGENTS[name]
    frames, signals = signals_of(agent, real_month, cadence_minutes=5)
    edges = edges_of(frames, signals, warm_up_bars=agent.warm_up_bars)
    assert 40 <= len(edges) <= 29 * 20
    assert {edge.side for edge in edges} == set(OrderSide)
    for edge in edges:
        assert edge.stop is not None
        assert edge.target is None or edge.side.sign * (edge.target - edge.close) > 0


@pytest.mark.parametrize("name", AGENTS)
def test_no_variant_looks_ahead_in_the_real_month(name: str, real_month: Market) -> None:
    check_causality(AGENTS[name], real_month, cadence_minutes=5, seed=3)
