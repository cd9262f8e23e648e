"""A page that is watched: whatever goes wrong on it is kept, and required not to have happened."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response, expect

__all__ = ["AXE", "Visit", "has_axe"]

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
LOAD_LIMIT_MS = 20_000
_LEFT = "net::ERR_ABORTED"
"""What a request ends with that the page itself no longer wanted."""

_DRAWN = """async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    return document.querySelectorAll('main [aria-busy=true]').length;
}"""
_CUT_OFF = """Array.from(document.querySelectorAll('main svg[width]'))
    .filter(one => one.checkVisibility() && !one.viewBox.baseVal?.width)
    .filter(one => Number(one.getAttribute('width')) > one.getBoundingClientRect().width + 1)
    .map(one => one.parentElement.outerHTML.slice(0, 120))"""
_OVERFLOW = """async () => {
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    const root = document.documentElement;
    return root.scrollWidth - root.clientWidth;
}"""
"""Charts learn their new width in the first frame, and are drawn in the second."""


@dataclass
class Visit:
    """One page, with all that the browser complained of."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    waiting_for: set[Request] = field(default_factory=set)
    """What the page has asked for and not got yet; the stream of events never ends."""
    is_cut_off: bool = False
    """Whether the test ends the server on purpose: then requests may fail."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(LOAD_LIMIT_MS)
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("requestfinished", self._got)
        self.page.on("requestfailed", self._failed)

    def open(self, path: str) -> Page:
        """Go to a page of the dashboard, and wait until all of it is there."""
        self.page.goto(self.url + path)
        self.wait_until_read()
        return self.page

    def wait_until_read(self) -> None:
        """Wait for the title, for every answer, and for the end of every skeleton."""
        expect(self.page.locator("h1")).to_have_count(1, timeout=LOAD_LIMIT_MS)
        ends_at = time.monotonic() + LOAD_LIMIT_MS / 1_000
        # An answer may lead to the next question: only drawn and still waiting for nothing counts.
        while self.page.evaluate(_DRAWN) or self.waiting_for:
            assert time.monotonic() < ends_at, f"still waits for {self.waiting_for}"
        assert self.page.locator("main .failed").all_inner_texts() == []

    def require_peace(self) -> None:
        """Require that the browser complained of nothing."""
        assert self.complaints == []

    def overflow_px(self) -> int:
        """Return by how much the page is wider than its window, once it is laid out anew."""
        pixels: int = self.page.evaluate(_OVERFLOW)
        return pixels

    def cut_off(self) -> list[str]:
        """Return drawings that are wider than the box they are shown in."""
        found: list[str] = self.page.evaluate(_CUT_OFF)
        return found

    def violations(self) -> list[str]:
        """Return what axe finds that is serious or critical: rule, element, why."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(_axe())
        found: dict[str, Any] = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
            for each in found["violations"]
            if each["impact"] in GRAVE
            for node in each["nodes"]
        ]

    def _told(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self.is_cut_off:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if "/api/v1/events" not in request.url:
            self.waiting_for.add(request)
        if not request.url.startswith((self.url + "/", "data:", "blob:")):
            self.complaints.append(f"asked another origin: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not self.is_cut_off:
            self.complaints.append(f"status {response.status}: {response.url}")

    def _got(self, request: Request) -> None:
        self.waiting_for.discard(request)

    def _failed(self, request: Request) -> None:
        self._got(request)
        if request.failure != _LEFT and not self.is_cut_off:
            self.complaints.append(f"{request.failure}: {request.url}")


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def has_axe() -> bool:
    """Return whether the packages of the dashboard are installed."""
    return AXE.is_file()
