"""The same input gives the same rows: whoever else competes, however time is cut, on any day."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autonome.agents.controls.inverted import Inverted
from autonome.agents.controls.random_entries import RandomEntries
from autonome.agents.port import Agent
from autonome.ledger.journal.copying import fresh_arena
from autonome.market.market import Market
from simulation.arms import (
    CHANCE,
    RICH,
    SYMBOLS,
    USUAL,
    World,
    agents,
    compete,
    ruin,
    synthetic,
    transcribe,
    trips,
)
from simulation.transcript import Transcript, first_difference

TESTS = Path(__file__).parents[1]
WORLDS = pytest.mark.parametrize("world", [USUAL, RICH, CHANCE], ids=["usual", "rich", "chance"])
DAYS = 10


def everyone(market: Market, world: World) -> list[Agent]:
    """Return every kind of arm, scripts included."""
    return agents(market, world, scripts=[trips(market, world), ruin(market, world)])


def require_same(expected: Transcript, found: Transcript, *names: str) -> None:
    """Compare all that was written of every arm, or of those that are named."""
    one, other = expected.of_arms(), found.of_arms()
    for name in names or one:
        difference = first_difference(one[name], other[name])
        if difference is not None:
            pytest.fail(f"{name}, {difference}")
    assert names or one.keys() == other.keys()


def content(url: str, market: Market, world: World) -> str:
    with fresh_arena(url, "replay") as journal:
        compete(market, everyone(market, world), world, journal)
    return journal.content_hash


@pytest.mark.postgres
@WORLDS
def test_the_content_hash_is_that_of_market_and_seed(database_url: str, world: World) -> None:
    market = synthetic(seed=3, days=3)
    first = content(database_url, market, world)
    assert content(database_url, synthetic(seed=3, days=3), world) == first
    assert content(database_url, synthetic(seed=4, days=3), world) != first


@pytest.mark.postgres
def test_the_content_hash_changes_with_the_seed_of_what_is_drawn(database_url: str) -> None:
    market = synthetic(seed=3, days=3)
    other = replace(CHANCE, seed=2)
    assert content(database_url, market, CHANCE) != content(database_url, market, other)


@WORLDS
def test_an_arm_does_not_depend_on_who_else_competes(world: World) -> None:
    """Alone, or with nobody but the arm that it follows, each writes the same rows."""
    market = synthetic(seed=3, days=DAYS)
    competitors = everyone(market, world)
    together = transcribe(market, competitors, world)
    by_name = {agent.name: agent for agent in competitors}
    for agent in competitors:
        led = [] if agent.leader is None else [by_name[agent.leader]]
        alone = transcribe(market, [*led, agent], world)
        require_same(together, alone, agent.name)


def test_a_follower_of_a_follower_and_two_followers_of_one_are_independent() -> None:
    market = synthetic(seed=3, days=DAYS)
    script = trips(market, USUAL)
    copy = Inverted(source=script.name)
    twice = Inverted(source=copy.name)
    chance = RandomEntries(source=script.name)
    chain = transcribe(market, [script, copy, twice])
    more = transcribe(market, [script, chance, copy, twice])
    require_same(chain, more, copy.name, twice.name)
    require_same(transcribe(market, [script, chance]), more, chance.name)


@WORLDS
@pytest.mark.parametrize("instants", [7, 500, 10**9])
def test_how_far_arms_are_brought_forward_at_once_changes_nothing(
    world: World, instants: int
) -> None:
    market = synthetic(seed=3, days=4)
    expected, found = transcribe(market, everyone(market, world), world), Transcript()
    compete(market, everyone(market, world), world, found, slice_instants=instants)
    require_same(expected, found)


def test_an_interrupted_replay_has_the_rows_of_the_whole_one_up_to_there() -> None:
    market = synthetic(seed=3, days=4)
    whole, part = Transcript(), Transcript()
    compete(market, everyone(market, USUAL), USUAL, whole)
    asked = iter((False, False, True))
    compete(market, everyone(market, USUAL), USUAL, part, interrupted=lambda: next(asked))
    # Two slices of a day were run; the last instant of the second is not the end of the day.
    at = market.start + 2 * (market.end - market.start) / 4 - (market.end - market.start) / 5_760
    expected, found = whole.known_at(at), part.known_at(at)
    assert {name: first_difference(rows, found[name]) for name, rows in expected.items()} == (
        dict.fromkeys(expected)
    )
    assert len(part.bookings) < len(whole.bookings)


@WORLDS
def test_the_order_in_which_symbols_are_named_changes_nothing(world: World) -> None:
    market = synthetic(seed=3, days=DAYS)
    other = synthetic(seed=3, days=DAYS, symbols=SYMBOLS[::-1])
    assert list(other.candles) != list(market.candles)
    expected = transcribe(market, everyone(market, world), world)
    require_same(expected, transcribe(other, everyone(other, world), world))


SCRIPT = """
import hashlib
from simulation.arms import CHANCE, agents, synthetic, transcribe, trips
market = synthetic(seed=3, days=4)
competitors = agents(market, CHANCE, scripts=[trips(market, CHANCE)])
written = transcribe(market, competitors, CHANCE).of_arms()
print(hashlib.sha256(repr(written).encode()).hexdigest(), hash("autonome"))
"""


def test_the_seed_of_pythons_hashes_changes_nothing() -> None:
    """Sets of texts come in another order in each process; no row may tell."""
    found = []
    for seed in ("1", "2"):
        path = os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        found.append(done.stdout.split())
    assert found[0][0] == found[1][0]
    assert found[0][1] != found[1][1]
