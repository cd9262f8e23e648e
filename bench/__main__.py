"""``make bench``: run every benchmark, or those named: ``python -m bench booking nav``."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from autonome.ledger.embedded.locks import FileLock
from bench import booking, events, month, nav, page, paper, positions, startup, streams, web_nav

BENCHMARKS = {
    "startup": startup.run,
    "nav": nav.run,
    "booking": booking.run,
    "events": events.run,
    "month": month.run,
    "paper": paper.run,
    "streams": streams.run,
    "web-nav": web_nav.run,
    "page": page.run,
    "positions": positions.run,
}

STOP_LIMIT_MS = 30_000


def main() -> None:
    """Run the benchmarks and print their figures."""
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = set(chosen) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"expected some of {', '.join(BENCHMARKS)}, found {', '.join(sorted(unknown))}")
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_machine()}")
    for name in chosen:
        print(f"\n{name}")
        with tempfile.TemporaryDirectory(prefix="autonome-bench-") as folder:
            try:
                BENCHMARKS[name](Path(folder))
            finally:
                _wait_for_servers_to_stop(Path(folder))


def _wait_for_servers_to_stop(folder: Path) -> None:
    """Let servers finish with their files: a server stops a moment after its last use."""
    for path in folder.rglob("keeper.lock"):
        with closing(FileLock(path)) as lock:
            if not lock.take(limit_ms=STOP_LIMIT_MS):
                sys.exit(f"expected the server of {path.parent} to stop in {STOP_LIMIT_MS} ms")


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].split(":", 1)[1].strip() if models else cpu
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"


main()
