"""Trips equal backtesting.py's: its stops come first too, and its gaps trade at the open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from simulation.oracle.differences import Difference, sorted_out
from simulation.oracle.groups import Group, excerpt_gaps, excerpt_seeds, month
from simulation.oracle.ours import replayed
from simulation.oracle.outcomes import Run
from simulation.oracle.trips import Bar, Trip, write

Engine = Callable[[Sequence[Trip], Mapping[str, Sequence[Bar]]], Run]
AsToldBy = Callable[[Run], Run]


@pytest.fixture(scope="module")
def engine() -> tuple[Engine, AsToldBy]:
    pytest.importorskip("backtesting", reason="needs backtesting.py: make oracle-test")
    from simulation.oracle.backtesting_py import as_it_would_tell, backtested

    return backtested, as_it_would_tell


@pytest.mark.parametrize(
    ("group", "count"),
    [
        pytest.param(excerpt_seeds, 189, id="excerpt"),
        pytest.param(excerpt_gaps, 4, id="gaps of the excerpt"),
        pytest.param(month, 2_422, id="month"),
    ],
)
def test_every_trip_and_the_last_nav_are_equal(
    group: Callable[[], Group],
    count: int,
    engine: tuple[Engine, AsToldBy],
    tmp_path: Path,
) -> None:
    backtested, as_it_would_tell = engine
    given = group()
    for number, trips in enumerate(given.scripts):
        script = tmp_path / f"{number}.csv"
        write(trips, script)
        ours = as_it_would_tell(replayed(script, given.folder))
        theirs = backtested(trips, given.bars)
        assert ours.outcomes == theirs.outcomes
        assert ours.nav == theirs.nav
    assert sum(len(trips) for trips in given.scripts) == count


@pytest.mark.parametrize("override", ["slippage_bps=0.01", "latency_ms=1001"])
def test_the_smallest_change_of_our_venue_is_found_in_every_trip(
    override: str, engine: tuple[Engine, AsToldBy], tmp_path: Path
) -> None:
    backtested, as_it_would_tell = engine
    given = excerpt_seeds()
    trips = given.scripts[0]
    script = tmp_path / "script.csv"
    write(trips, script)
    ours = as_it_would_tell(replayed(script, given.folder, override))
    differing = sorted_out(trips, given.bars, ours, backtested(trips, given.bars))
    assert differing[Difference.UNNAMED] == trips
