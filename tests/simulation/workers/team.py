"""Workers of one arena as processes of their own: started, killed, paused, woken, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg

from simulation.paper_crash.outcome import rows

__all__ = ["ARENA", "KEY", "KEY_VARIABLE", "Team", "Worker", "team"]

ARENA: Final = "shared"
KEY_VARIABLE: Final = "LOCAL_KEY"
KEY: Final = "sk-local-5d0c7be19af24463"
_TESTS: Final = Path(__file__).parents[2]
_LOOK_EVERY_S: Final = 0.02
_ENDS_WITHIN_S: Final = 20.0
_LEADS: Final = "  first: "
"""In each line that a leader says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One process."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def name(self) -> str:
        """Return what the tables call it."""
        return f"{socket.gethostname()}:{self.process.pid}"

    @property
    def said(self) -> str:
        """Return everything that it has said."""
        return self.log.read_text(encoding="utf-8")

    @property
    def has_led(self) -> bool:
        """Say whether it has led the arena for at least a tick."""
        return _LEADS in self.said

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The workers of an arena, over one database."""

    folder: Path
    url: str
    workers: list[Worker]

    def start(self, variables: Mapping[str, str]) -> Worker:
        """Start one more."""
        log = self.folder / f"log-{len(self.workers)}"
        kept = {key: text for key, text in os.environ.items() if key != KEY_VARIABLE}
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "autonome", "worker", "--arena", ARENA],
                cwd=self.folder,
                env={
                    **kept,
                    **variables,
                    "AUTONOME_DATABASE_URL": self.url,
                    "AUTONOME_HOME": str(self.folder),
                    "PYTHONUNBUFFERED": "1",
                    "PYTHONPATH": os.pathsep.join(
                        [*filter(None, [kept.get("PYTHONPATH")]), str(_TESTS)]
                    ),
                },
                stdout=out,
                stderr=out,
            )
        worker = Worker(process=process, log=log)
        self.workers.append(worker)
        return worker

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a statement finds in the arena; nothing while there are no tables."""
        try:
            return rows(self.url, ARENA, sql, *values)
        except psycopg.errors.UndefinedTable:
            return []

    def until(self, is_so: Callable[[], Any], *, limit_s: float, what: str) -> Any:
        """Wait until something is so, and return what was found; at most ``limit_s``."""
        ends_at = time.monotonic() + limit_s
        while True:
            found = is_so()
            if found:
                return found
            assert time.monotonic() < ends_at, f"not within {limit_s} s: {what}\n{self.said}"
            time.sleep(_LOOK_EVERY_S)

    @property
    def said(self) -> str:
        """Return the end of what each has said."""
        return "\n".join(f"{each.name}: ...{each.said[-3000:]}" for each in self.workers)

    def stop(self, worker: Worker) -> None:
        """Ask one to end, and require that it does so, in order and in time."""
        worker.send(signal.SIGTERM)
        assert worker.process.wait(_ENDS_WITHIN_S) == 0, worker.said
        assert worker.said.endswith("Ended: it was stopped.\n"), worker.said


@contextmanager
def team(folder: Path, url: str) -> Iterator[Team]:
    """Yield a team without workers; whatever happens, none outlives the block."""
    made = Team(folder=folder, url=url, workers=[])
    try:
        yield made
    finally:
        for each in made.workers:
            each.process.kill()
            each.process.wait(_ENDS_WITHIN_S)
