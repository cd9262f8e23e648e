"""``make screenshots``: run an arena for days of its own, and take the pictures of the docs."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from playwright.sync_api import Browser, expect

from autonome.ledger.embedded import attach
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Reply, trading_model
from e2e.browser.chromium import chromium_path, running_chromium
from e2e.browser.served import Desk, Served, free_port
from e2e.browser.watched import Visit

FOLDER: Final = Path(__file__).parents[3] / "docs" / "screenshots"
HOURS: Final = 80
"""Of the arena: intervals need three days."""
RUNS_FOR_S: Final = 600
"""At most, by the wall clock; the machine may not keep up with an hour a second."""
MOST_BYTES: Final = 250_000
SCALES: Final = {1440: 0.75, 390: 1}
"""Smaller files, and still to be read."""
TALLEST: Final = {1440: 1000, 390: 1100}
FILE: Final = """
[market]
speed = 3600
[arena]
cadence = "1h"
[endpoints.local]
url = "{url}"
keys = []
[[arms]]
kind = "rules"
[[arms]]
kind = "controls"
replicas = 3
[[arms]]
kind = "llm"
name = "Lyra"
model = "lyra"
endpoint = "local"
[[arms]]
kind = "llm"
name = "Orion"
model = "orion"
endpoint = "local"
"""
WORDS: Final = (
    "**Trend up**, funding flat:\n\n- the 4 h average turned\n- stop below the last low",
    "The range broke on volume. I take a *small* position and let the stop do the rest.",
    "**Momentum fades.** The risk is not paid for; I keep what I have.",
)


class Picture(NamedTuple):
    """One file: which page, how wide, which theme."""

    name: str
    path: str
    width: int = 1440
    theme: str = "dark"


PICTURES: Final = (
    Picture("arena", "/"),
    Picture("arena", "/", theme="light"),
    Picture("arena", "/", 390),
    Picture("decisions", "/?tab=decisions", 390, "light"),
    Picture("model", "/models/{model}"),
    Picture("model", "/models/{model}", theme="light"),
    Picture("model", "/models/{model}", 390),
    Picture("report", "/models/{model}/report", theme="light"),
    Picture("invocation", "/invocations/{invocation}", theme="light"),
    Picture("invocation", "/invocations/{invocation}", 390, "light"),
    Picture("models", "/models"),
    Picture("compare", "/compare?arm={model}&arm={other}"),
    Picture("variants", "/variants", theme="light"),
    Picture("failures", "/failures"),
    Picture("health", "/health", theme="light"),
    Picture("market", "/market/BTC"),
    Picture("control", "/control"),
    Picture("control", "/control", 390),
)
BUSIEST = """
    SELECT a."modelId" AS id FROM "Arms" a LEFT JOIN "Orders" o ON o."modelId" = a."modelId"
    WHERE a.kind = 'LLM' GROUP BY 1
    ORDER BY count(*) FILTER (WHERE o.status = 'OPEN') > 0 DESC, count(*) DESC LIMIT 2
"""
LAST_ENTRY = """
    SELECT t."invocationId" AS id FROM "Intents" i JOIN "ToolCalls" t ON t.id = i."toolCallId"
    JOIN "Arms" a ON a."modelId" = i."modelId"
    WHERE a.kind = 'LLM' AND i.purpose = 'OPEN' AND i.state = 'FILLED'
    ORDER BY i."createdAt" DESC LIMIT 1
"""


def main() -> None:
    """Take every picture anew."""
    path = chromium_path()
    if path is None:
        sys.exit("expected a browser on PATH, found none. What to do: install chromium.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="autonome-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with attach(home) as server, ModelServer(_script()) as models:
            arena = Served(
                home=home, desk=Desk(), models=models, port=free_port(), database=server.url
            )
            arena.write_file(FILE)
            arena.begin()
            try:
                _wait_for_history(arena)
                with running_chromium(path) as browser:
                    _take_all(browser, arena)
            finally:
                arena.end()


def _wait_for_history(arena: Served) -> None:
    """Wait until every hour that intervals need is over, or until patience is."""
    ends_at = time.monotonic() + RUNS_FOR_S
    lived = (
        """SELECT count(DISTINCT date_trunc('hour', "createdAt")) AS hours FROM "PortfolioSize" """
    )
    while arena.rows(lived)[0]["hours"] < HOURS and time.monotonic() < ends_at:
        time.sleep(1)


def _script() -> object:
    trades = trading_model(11)

    def reply(asked: Asked) -> Reply:
        if asked.messages[-1]["role"] == "tool":
            return Answers(text=Random(asked.number).choice(WORDS))
        return trades(asked)

    return reply


def _take_all(browser: Browser, arena: Served) -> None:
    busiest = [str(each["id"]) for each in arena.rows(BUSIEST)]
    ids = {
        "model": busiest[0],
        "other": busiest[1],
        "invocation": str(arena.rows(LAST_ENTRY)[0]["id"]),
    }
    for picture in PICTURES:
        _take(browser, arena, picture, picture.path.format(**ids))


def _take(browser: Browser, arena: Served, picture: Picture, path: str) -> None:
    height = 900 if picture.width > 390 else 844
    with browser.new_context(
        viewport={"width": picture.width, "height": height},
        color_scheme=picture.theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        device_scale_factor=SCALES[picture.width],
    ) as context:
        visit = Visit(page=context.new_page(), url=arena.url)
        if picture.name == "control":
            arena.sign_in(visit.page)
        page = visit.open(path)
        expect(page.locator(".board tbody td.num").first).to_be_visible() if path == "/" else None
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size(
            {"width": picture.width, "height": min(whole, TALLEST[picture.width])}
        )
        visit.wait_until_read()
        visit.overflow_px()  # Charts are drawn for the new size by then.
        file = FOLDER / f"{picture.name}-{picture.width}-{picture.theme}.png"
        page.screenshot(path=file)
        size = file.stat().st_size
        print(f"{file.name}: {size:,} bytes{' TOO LARGE' if size > MOST_BYTES else ''}")


if __name__ == "__main__":
    main()
