"""Wild runs, fill by fill against a simulator that shares no code with the engine.

The engine searches, in integers and columns, for the next bar in which anything happens; the slow
simulator (``simulation.slow``) looks at every bar, in fractions. An arm's decisions are given to
it; what they trade, when, how much and at what price, and what the account is worth in the end,
it works out alone.
"""

from __future__ import annotations

import ast
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from autonome.domain.choices import PolicyName
from autonome.market.market import Market
from simulation import slow
from simulation.bookings import CAPITAL
from simulation.outcomes import last_nav
from simulation.retold import decisions_of, fills_of, market_of, venue_of
from simulation.runs import run
from simulation.slow.simulator import SlowSimulator
from simulation.statements import check
from simulation.transcript import first_difference
from simulation.wild import Family, Wild, wild_run
from unit.audit.journals import audit_journal

FAMILIES = {
    "mixed": Family(),
    "liquidations": Family(
        volatility=(0.003, 0.01, 0.03),
        volume=(10_000, 1_000_000),
        leverage=(20, 50),
        calm=(4,),
        goes_all_in=True,
        plan_chance=0.25,
    ),
    "trailing stops": Family(trails=True),
    "standard policy": Family(policy=PolicyName.STANDARD),
    "control policy": Family(policy=PolicyName.CONTROL),
    "gaps": Family(trails=True, gaps=True),
}
SEEDS = {
    "mixed": range(60),
    "liquidations": range(80),
    "trailing stops": range(15),
    "standard policy": range(15),
    "control policy": range(15),
    "gaps": range(20),
}
PURPOSES = {"OPEN", "CLOSE", "STOP", "TARGET", "INVALIDATION", "TIME"}
"""What every family must have seen, or it shows less than it says."""
LEAST_LIQUIDATIONS = 20
"""Of the family that is there for them."""


@pytest.mark.parametrize("name", FAMILIES)
def test_a_wild_run_fills_as_the_slow_simulator_says(name: str) -> None:
    seen = sum((_compared(FAMILIES[name], seed) for seed in SEEDS[name]), Counter[str]())
    assert seen.keys() >= PURPOSES
    if name == "liquidations":
        assert seen["LIQUIDATION"] >= LEAST_LIQUIDATIONS


def test_the_slow_simulator_knows_nothing_of_the_engine() -> None:
    files = [path for folder in slow.__path__ for path in Path(folder).glob("*.py")]
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(each.name != "autonome" for each in node.names), path.name
            if isinstance(node, ast.ImportFrom):
                assert not str(node.module).startswith("autonome"), path.name


def _compared(family: Family, seed: int) -> Counter[str]:
    """Run one seed in both, compare and audit, and return how often each purpose filled."""
    print(f"seed {seed}")  # The last one that a failure shows is the one that failed.
    wild = wild_run(family, seed)
    market, profile, agent = wild.market, wild.profile, wild.agent
    journal = run(market, agent, cadence=wild.cadence, profile=profile, policy=family.policy)
    venue = venue_of(profile, market)
    decisions = decisions_of(journal, venue)
    slow_market = market_of(market)
    closes = {slow_market.close_ms(bar) for bar in range(len(slow_market.open_ms))}
    assert decisions.keys() <= closes, f"seed {seed}: a decision between two bars"
    simulator = SlowSimulator(
        market=slow_market,
        venue=venue,
        capital=Fraction(CAPITAL),
        levels=lambda symbol, close_ms: _level(agent, market, symbol, close_ms),
    )
    expected, found = sorted(simulator.run(decisions)), sorted(fills_of(journal))
    difference = first_difference(expected, found)
    assert difference is None, f"seed {seed}: {difference}"
    assert last_nav(journal) == round(simulator.nav(), 2), f"seed {seed}: NAV"
    if family.gaps:
        assert audit_journal(journal).failures == {}  # The full check expects every minute.
    else:
        check(journal, market)
    return Counter(fill.purpose for fill in found)


def _level(agent: Wild, market: Market, symbol: str, close_ms: int) -> Fraction | None:
    trail = agent.trail_of.get(symbol)
    ticks = None if trail is None else trail.ticks_at(close_ms)
    return None if ticks is None else ticks * Fraction(market.candles[symbol].tick)
