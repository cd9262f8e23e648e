"""What a reader waits for: the Arena of a served replay in a browser without a window.

The browser is the system's Chromium; every load is one of a new visitor, nothing kept from before.
The page is there when the leaderboard has a row; the sentence stands above it by then.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.figures import report

__all__ = ["run"]

_LOADS: Final = 9
_STARTS_WITHIN_S: Final = 60
_LOOK_EVERY_S: Final = 0.1
_ADDRESS: Final = re.compile(r"http://127\.0\.0\.1:\d+")
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_DAYS: Final = ("--from", "2025-05-05", "--to", "2025-05-12")


def run(folder: Path) -> None:
    """Replay a week, serve it, and load its first page some times."""
    path = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if path is None:
        print(f"  left out: needs a browser, one of {', '.join(_BROWSERS)}")
        return
    from playwright.sync_api import sync_playwright

    environment = {**os.environ, "AUTONOME_HOME": str(folder)}
    environment.pop("AUTONOME_DATABASE_URL", None)
    _autonome(environment, "replay", "--arena", "week", *_DAYS)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with _served(folder, environment) as address, sync_playwright() as playwright:
        with playwright.chromium.launch(executable_path=path, args=as_root) as browser:
            _loaded(browser, address)  # The first question measures the leaderboard.
            loads = [_loaded(browser, address) for _ in range(_LOADS)]
    report("the Arena, until the leaderboard has rows", [each[0] for each in loads], unit="ms")
    report("  first paint with content", [each[1] for each in loads], unit="ms")
    report("  JavaScript, gzipped", [each[2] / 1024 for each in loads], unit="KiB")
    print(f"  requests to other origins: {sum(each[3] for each in loads)}")


def _loaded(browser: Any, address: str) -> tuple[float, float, int, int]:
    """Return milliseconds to rows and to the first paint, bytes of scripts, foreign requests."""
    scripts: list[Any] = []
    foreign: list[str] = []
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.on("response", lambda one: scripts.append(one) if one.url.endswith(".js") else None)
        page.on("request", lambda one: foreign.append(one.url) if address not in one.url else None)
        begin = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator(".board tbody td").first.wait_for()
        took_ms = 1_000 * (time.perf_counter() - begin)
        paint = page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
        )
        size = sum(len(gzip.compress(one.body())) for one in scripts)
    return took_ms, paint, size, len(foreign)


def _autonome(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "autonome", *words]
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def _served(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "autonome", "serve", "--arena", "week", "--port", "0"]
    told = folder / "served"
    with told.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        ends_at = time.monotonic() + _STARTS_WITHIN_S
        while not (found := _ADDRESS.search(told.read_text())):
            if process.poll() is not None or time.monotonic() > ends_at:
                sys.exit(f"expected a server, found: {told.read_text()}")
            time.sleep(_LOOK_EVERY_S)
        yield found[0]
    finally:
        process.terminate()
        process.wait(_STARTS_WITHIN_S)
