"""An arena as a process of its own: started, killed, started again, and awaited to its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autonome.arena.crash_points import CrashPoint

__all__ = ["PlayedArena"]

_TESTS: Final = Path(__file__).parents[2]
_ENDS_WITHIN_S: Final = 120.0
_ENDED: Final = "Ended: the market ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedArena:
    """One arena of a file, in a database, under a name."""

    file: Path
    url: str
    name: str

    def start(self, crash_at: str = "") -> subprocess.Popen[str]:
        """Start a process, which dies at ``crash_at``, if it comes there."""
        folder = str(self.file.parent)
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "autonome",
                "up",
                "--no-serve",
                "--file",
                self.file,
                "--arena",
                self.name,
            ],
            cwd=folder,
            env={
                **os.environ,
                "AUTONOME_DATABASE_URL": self.url,
                "AUTONOME_HOME": folder,
                "AUTONOME_CRASH_AT": crash_at,
                "PYTHONUNBUFFERED": "1",
                "PYTHONPATH": os.pathsep.join([str(_TESTS), os.environ.get("PYTHONPATH", "")]),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self) -> str:
        """Run the arena to the end of its market, and return what it said."""
        code, said = self.outcome_of(self.start())
        assert code == 0, said
        assert _ENDED in said, said
        return said

    def crash(self, point: CrashPoint, number: int) -> bool:
        """Run until ``point`` is reached for the ``number``-th time; say whether it ever was."""
        code, said = self.outcome_of(self.start(f"{point.value}:{number}"))
        assert code in (0, -signal.SIGKILL), said
        assert code or _ENDED in said, said
        return bool(code)

    def kill_after(self, lines: int, seconds: float) -> bool:
        """Kill the process a while after it has said so many lines; say whether it was at work."""
        process = self.start()
        limit = threading.Timer(_ENDS_WITHIN_S, process.kill)
        limit.start()
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
        limit.cancel()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        process.kill()
        code, said = self.outcome_of(process)
        assert code in (0, -signal.SIGKILL), said
        return bool(code)

    def outcome_of(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Return the exit status of a process and what it said; one that hangs is killed."""
        with process:
            try:
                said, _ = process.communicate(timeout=_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate()
                raise AssertionError(f"the arena did not end: {said[-2000:]}") from None
        return process.returncode, said
