"""A disk that fills up while an arena is written: nothing of it is kept, the rest stays."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autonome.domain.errors import DiskFull
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import NavPoints
from autonome.testing.bookings import competitor
from integration.embedded.processes import all_gone, eventually

MINUTE_MS = 60_000
POINTS = 10_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk with room for a cluster, and not for much more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=150m", "tmpfs", str(disk)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this system mounts no disk: {mounted.stderr.strip()}")
    yield disk
    assert eventually(lambda: all_gone(disk / "home"))
    subprocess.run(["umount", str(disk)], check=True)


def _write(url: str, runs: int) -> None:
    at_ms = MINUTE_MS * np.arange(POINTS, dtype=np.int64)
    with fresh_arena(url, "arena_one") as journal:
        model, arm = competitor()
        journal.enter(model, arm)
        for run in range(runs):
            later = at_ms + run * POINTS * MINUTE_MS
            journal.value(NavPoints(model_id=model.id, at_ms=later, nav=at_ms))


def test_a_full_disk_is_told_and_the_arena_before_it_stays(small_disk: Path) -> None:
    with attach(small_disk / "home", min_free_mb=0) as server:
        _write(server.url, 1)
        with pytest.raises(DiskFull, match="expected room on the disk") as caught:
            _write(server.url, 200)
        assert "Free disk space" in caught.value.remedy
        with connect(server.url, arena="arena_one") as connection:
            left = connection.execute('SELECT count(*) FROM "PortfolioSize"').fetchone()
            loading = connection.execute(
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'loading%'"
            ).fetchone()
    assert left == (POINTS,)
    assert loading == (0,)
