"""Trips equal nautilus_trader's to the last digit, or the difference has a name and a proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.oracle.differences import Difference, net_exactly, sorted_out
from simulation.oracle.groups import Group, excerpt_gaps, excerpt_seeds, month
from simulation.oracle.ours import replayed
from simulation.oracle.outcomes import Run, key_of, to_cents
from simulation.oracle.trips import CAPITAL, Bar, Trip, write

Engine = Callable[[Sequence[Trip], Mapping[str, Sequence[Bar]]], Run]
NONE, FEE_TIE, BOTH_TOUCHED, GAP, UNNAMED = Difference


@pytest.fixture(scope="module")
def engine() -> Engine:
    pytest.importorskip("nautilus_trader", reason="needs nautilus_trader: make oracle-test")
    from simulation.oracle.nautilus import backtested

    return backtested


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param(excerpt_seeds, {NONE: 159, FEE_TIE: 10, BOTH_TOUCHED: 20}, id="excerpt"),
        pytest.param(excerpt_gaps, {GAP: 4}, id="gaps of the excerpt"),
        pytest.param(month, {NONE: 1_930, FEE_TIE: 168, BOTH_TOUCHED: 66, GAP: 258}, id="month"),
    ],
)
def test_every_trip_is_equal_or_differs_for_a_named_reason(
    group: Callable[[], Group], expected: dict[Difference, int], engine: Engine, tmp_path: Path
) -> None:
    found: Counter[Difference] = Counter()
    given = group()
    for number, trips in enumerate(given.scripts):
        script = tmp_path / f"{number}.csv"
        write(trips, script)
        ours, theirs = replayed(script, given.folder), engine(trips, given.bars)
        assert len(ours.outcomes) == len(theirs.outcomes) == len(trips)
        differing = sorted_out(trips, given.bars, ours, theirs)
        assert not differing[UNNAMED], (number, differing[UNNAMED][0])
        found += Counter({name: len(each) for name, each in differing.items()})
        _check_navs(trips, differing, ours, theirs)
    assert found == expected


def _check_navs(
    trips: Sequence[Trip], differing: dict[Difference, list[Trip]], ours: Run, theirs: Run
) -> None:
    """Check that both accounts end where their trips lead, and that only the named ones differ."""

    def ends_with(run: Run, some: Sequence[Trip]) -> Decimal:
        return sum((net_exactly(trip, run.outcomes[key_of(trip)]) for trip in some), Decimal(0))

    apart = [trip for name, each in differing.items() if name is not NONE for trip in each]
    unrounded = CAPITAL + ends_with(ours, trips)
    assert ours.nav == to_cents(unrounded)
    assert theirs.nav == to_cents(unrounded + ends_with(theirs, apart) - ends_with(ours, apart))


@pytest.mark.parametrize("override", ["slippage_bps=0.01", "taker_fee_bps=5.01", "latency_ms=1001"])
def test_the_smallest_change_of_our_venue_is_found_in_every_trip(
    override: str, engine: Engine, tmp_path: Path
) -> None:
    given = excerpt_seeds()
    trips = given.scripts[0]
    script = tmp_path / "script.csv"
    write(trips, script)
    ours = replayed(script, given.folder, override)
    differing = sorted_out(trips, given.bars, ours, engine(trips, given.bars))
    assert differing[UNNAMED] == trips
