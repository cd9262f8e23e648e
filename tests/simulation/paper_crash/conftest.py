"""What every arena that is killed shares: market, database, and how the arms end undisturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from autonome.testing.model_server import ModelServer
from autonome.testing.models import nasty_model
from simulation.paper_crash.market import record_market
from simulation.paper_crash.outcome import Figures, figures, require_whole
from simulation.paper_crash.plan import CODED, models, write_plan
from simulation.paper_crash.process import PlayedArena

_SEED: Final = 4
_FEWEST_FILLS: Final = 50


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record the market that all of them trade in."""
    return record_market(tmp_path_factory.mktemp("recorded") / "market")


@pytest.fixture(scope="session")
def new_arena(
    server_url: str, market: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], PlayedArena]:
    """Return what makes an arena that nobody has run yet, with the arms that it is given."""
    serial = count(1)

    def made(arms: str) -> PlayedArena:
        name = f"crash_{next(serial)}"
        file = write_plan(tmp_path_factory.mktemp(name) / "arena.toml", market, arms)
        return PlayedArena(file=file, url=server_url, name=name)

    return made


@pytest.fixture(scope="session")
def undisturbed(new_arena: Callable[[str], PlayedArena]) -> Figures:
    """Return the figures of the coded arms in a run that nobody killed."""
    arena = new_arena(CODED)
    arena.finish()
    require_whole(arena.url, arena.name)
    found = figures(arena.url, arena.name)
    assert len(found["fills"]) > _FEWEST_FILLS
    return found


@pytest.fixture(scope="session")
def arms() -> Iterator[str]:
    """Serve nasty models, and yield their arms beside the coded ones."""
    with ModelServer(nasty_model(_SEED)) as server:
        yield CODED + models(server.url, deadline="1s")
