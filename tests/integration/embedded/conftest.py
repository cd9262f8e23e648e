"""A home for each test, and the certainty that no process of it survives the test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonome.ledger.embedded.leftovers import processes_in
from integration.embedded.processes import all_gone, data_of, eventually, keepers_of, kill_all


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Name a home that does not exist yet; afterwards nothing of it may still run."""
    path = tmp_path / "home"
    yield path
    stopped = eventually(lambda: all_gone(path))
    if not stopped:
        kill_all(keepers_of(path) + processes_in(data_of(path)))
    assert stopped, "the server was still running 30 s after the test"


@pytest.fixture
def public() -> Iterator[Path]:
    """Make a folder that everybody can read, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
