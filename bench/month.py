"""The whole product: a month of five symbols, ten arms, into the embedded PostgreSQL.

From the command's start to its end, imports, server start and leaderboard included, with the most
memory that it and its server held at once (proportional share of what they share).
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

import psutil

from bench.figures import report

__all__ = ["run"]

_RUNS: Final = 3
_SAMPLE_SECONDS: Final = 0.1
_MIB: Final = 2**20


def run(folder: Path) -> None:
    """Measure the real month where ``AUTONOME_TEST_DATA`` names it, else a synthetic one."""
    data = os.environ.get("AUTONOME_TEST_DATA")
    market = ["--data", data] if data else ["--from", "2025-05-05", "--to", "2025-06-03"]
    seconds, most = [], []
    for number in range(_RUNS):
        took, mib = _measured(folder / f"home-{number}", market)
        seconds.append(took)
        most.append(mib)
    what = "real" if data else "synthetic"
    report(f"29 {what} days x 5 symbols, 10 arms, empty home", seconds, unit="s", bound="bound 12")
    report("  most memory, server included", most, unit="MiB", bound="bound 763 (800 MB)")


def _measured(home: Path, market: list[str]) -> tuple[float, float]:
    command = [sys.executable, "-m", "autonome", "replay", "--arena", "month"]
    command += ["--symbols", "BTC,ETH,SOL,XRP,BNB", *market]
    environment = {**os.environ, "AUTONOME_HOME": str(home)}
    environment.pop("AUTONOME_DATABASE_URL", None)
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        most = _Most(process.pid, home)
        most.start()
        status = process.wait()
        took = time.perf_counter() - begin
        most.stopped.set()
        most.join()
    if status:
        sys.exit(f"expected the replay to end well, found exit status {status}")
    return took, most.mib


class _Most(threading.Thread):
    """Watches how much memory the command and its server hold."""

    def __init__(self, pid: int, home: Path) -> None:
        super().__init__()
        self._pid = pid
        self._home = str(home)
        self.mib = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self.stopped.wait(_SAMPLE_SECONDS):
            held = sum(_held(each) for each in self._processes())
            self.mib = max(self.mib, held / _MIB)

    def _processes(self) -> list[psutil.Process]:
        """Return the command, and whatever runs for its home: keeper, server, their children."""
        found = {self._pid}
        every = list(psutil.process_iter(["pid", "ppid", "cmdline"]))
        for process in every:
            if any(self._home in word for word in process.info["cmdline"] or ()):
                found.add(process.info["pid"])
        for process in every:
            if process.info["ppid"] in found:
                found.add(process.info["pid"])
        return [process for process in every if process.info["pid"] in found]


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
