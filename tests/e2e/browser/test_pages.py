"""Every page, wide and narrow, dark and light: whole, quiet, inside its window, readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit, has_axe

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "arena": "/",
    "trades": "/?tab=trades",
    "decisions": "/?tab=decisions",
    "models": "/models",
    "model": "/models/{model}",
    "report": "/models/{model}/report",
    "invocation": "/invocations/{invocation}",
    "compare": "/compare?arm={model}",
    "variants": "/variants",
    "failures": "/failures",
    "health": "/health",
    "market": "/market",
    "symbol": "/market/BTC",
    "control": "/control",
    "nothing": "/no-such-page",
}
WIDTHS = (360, 768, 1280, 1920)
PHONE = {"width": 390, "height": 844}
SLOW_MACHINE = "const now = Date.now; let ms = 0; Date.now = () => now() + (ms += 1);"
"""Whoever asks what time it is gets another answer than the one who asked before."""


@pytest.fixture
def phone(browser: Browser, served: Served) -> Iterator[Visit]:
    """Open a page of a phone."""
    with browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        device_scale_factor=2,  # type: ignore[arg-type]
    ) as context:
        watched = Visit(page=context.new_page(), url=served.url)
        yield watched
        watched.require_peace()


def _path(served: Served, name: str) -> str:
    return PAGES[name].format(model=served.trader, invocation=served.invocation)


def _require_readable(visit: Visit) -> None:
    """Look with axe in both themes; without the dashboard's packages there is none."""
    for theme in ("dark", "light"):
        visit.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert not has_axe() or visit.violations() == [], theme


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_at_a_desktop_and_at_every_width(
    name: str, served: Served, visit: Visit
) -> None:
    visit.open(_path(served, name))
    _require_readable(visit)
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.overflow_px() <= 0, width


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_on_a_phone(name: str, served: Served, phone: Visit) -> None:
    phone.open(_path(served, name))
    assert phone.overflow_px() <= 0
    assert phone.cut_off() == []
    _require_readable(phone)


def test_a_page_stands_however_fast_the_arena_is(served: Served, visit: Visit) -> None:
    """Time goes on while a page is drawn: it must not begin again whenever it looks at it."""

    def hasten(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "speed": "3600"})

    visit.page.add_init_script(SLOW_MACHINE)
    visit.page.route("**/api/v1/run*", hasten)
    page = visit.open("/")
    expect(page.locator(".top .clock")).to_contain_text("(3600×)")
    for tab in ("Trades", "Decisions", "Positions"):
        page.get_by_role("tab", name=tab).click()
        visit.wait_until_read()
    expect(page.locator(".arena-layout")).to_have_count(1)
    page.unroute_all(behavior="wait")


def test_the_page_of_a_live_market_says_since_when_it_is_stale(
    served: Served, visit: Visit
) -> None:
    """As the API answers once nobody has noted a live market for a minute."""

    def grow_stale(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for row in found["items"]:
            row |= {"staleSince": "2025-01-02T14:36:06Z", "best": None}
        route.fulfill(response=answer, json=found)

    visit.page.route("**/api/v1/market?*", grow_stale)
    visit.page.route("**/api/v1/market", grow_stale)
    page = visit.open("/market/BTC")
    expect(page.locator("dl .stale", has_text="stale since 2 Jan 14:36")).to_have_count(1)
    expect(page.get_by_text("The book is stale since 2 Jan 14:36.")).to_be_visible()
    assert visit.overflow_px() <= 0
    _require_readable(visit)
    page.unroute_all(behavior="wait")


def test_the_page_of_control_is_whole_when_signed_in(served: Served, visit: Visit) -> None:
    served.sign_in(visit.page)
    visit.open("/control")
    visit.page.get_by_text("Signed in by token").wait_for()
    _require_readable(visit)
    for width in (390, *WIDTHS):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.overflow_px() <= 0, width
