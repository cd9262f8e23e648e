"""One browser and one arena for the tests of the dashboard.

They are kept for the package, not for the session: while Playwright runs, its event loop counts as
the thread's own, and no other test of the process could run one.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from autonome.ledger.embedded import attach
from autonome.testing.model_server import ModelServer
from e2e.browser.chromium import NAMES, chromium_path, running_chromium
from e2e.browser.served import Desk, Served, free_port
from e2e.browser.watched import LOAD_LIMIT_MS, Visit


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Run the system's Chromium, once."""
    path = chromium_path()
    if path is None:
        pytest.skip(f"needs a browser, one of: {', '.join(NAMES)}")
    if not files("autonome.web").joinpath("dist", "index.html").is_file():
        pytest.skip("needs the built dashboard: make dashboard")
    expect.set_options(timeout=LOAD_LIMIT_MS)
    with running_chromium(path) as running:
        yield running


@pytest.fixture(scope="package")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run an arena with its dashboard; it has traded before the first test looks at it."""
    home: Path = tmp_path_factory.mktemp("arena")
    desk = Desk()
    with attach(home) as server, ModelServer(desk.reply) as models:
        arena = Served(home=home, desk=desk, models=models, port=free_port(), database=server.url)
        arena.write_file()
        try:
            arena.begin()
            arena.trade_once()
            yield arena
        finally:
            arena.end()


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visit]:
    """Open a page of a desktop, and require in the end that nothing went wrong on it."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        watched = Visit(page=context.new_page(), url=served.url)
        yield watched
        watched.require_peace()


@pytest.fixture
def page(visit: Visit) -> Page:
    """Return the page of the visit."""
    return visit.page
