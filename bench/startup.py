"""How long a user waits: the embedded server, first start and later ones; the help page."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from bench.figures import report

__all__ = ["run"]

RUNS = 5
_OPEN = """
import sys, time
begin = time.perf_counter()
from pathlib import Path
from autonome.config import Settings
from autonome.bootstrap import database
settings = Settings(home=Path(sys.argv[1]), database_url=None)
database.upgrade_database(settings, None)
print(time.perf_counter() - begin)
"""


def run(folder: Path) -> None:
    """Measure first and later starts in processes of their own, imports and migrations included."""
    first = [_opened(folder / f"home-{number}") for number in range(RUNS)]
    report("embedded server, first start with migrations", first, unit="s", bound="bound 5")
    warm = [_opened(folder / "home-0") for _ in range(RUNS)]
    report("embedded server, warm start with migrations", warm, unit="s", bound="bound 1.5")
    report(
        "autonome --help, whole process",
        [_help() for _ in range(RUNS)],
        unit="s",
        bound="bound 0.3",
    )


def _opened(home: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(home)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _help() -> float:
    begin = time.perf_counter()
    subprocess.run(
        [str(Path(sys.executable).with_name("autonome")), "--help"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begin
