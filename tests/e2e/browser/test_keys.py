"""The dashboard without a mouse, and without motion."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

PAGES = {
    "m": "/models",
    "c": "/compare",
    "v": "/variants",
    "f": "/failures",
    "h": "/health",
    "k": "/market",
    "x": "/control",
    "a": "/",
}
MOST_TABS = 400
MARK_REACHABLE = """() => {
    const all = document.querySelectorAll('a[href], button, input, select, summary, [tabindex]');
    let count = 0;
    for (const one of all) {
        const radio = one.type === 'radio' && !one.checked;
        const shown = one.checkVisibility({visibilityProperty: true});
        if (one.tabIndex < 0 || one.disabled || radio || !shown) continue;
        one.dataset.toReach = count += 1;
    }
    return count;
}"""
REACHED = "delete document.activeElement.dataset.toReach, document.activeElement === document.body"
LEFT = (
    "Array.from(document.querySelectorAll('[data-to-reach]'), one => one.outerHTML.slice(0, 120))"
)

CLOSE_AND_PRESS = """async () => {
    document.querySelector('dialog[open]').close();
    document.dispatchEvent(new KeyboardEvent('keydown', {key: '?'}));
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}"""
"""The key comes before the page is told that its list was closed."""


def test_two_keys_lead_to_each_page(served: Served, visit: Visit) -> None:
    page = visit.open("/")
    for key, path in PAGES.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(served.url + path)
        visit.wait_until_read()


def test_the_list_of_keys_opens_and_closes_and_switches_them_off(visit: Visit) -> None:
    page = visit.open("/models")
    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("?")
    keys.get_by_role("button", name="Off").click()
    page.keyboard.press("Escape")
    for key in "gh":
        page.keyboard.press(key)
    expect(page.locator("h1")).to_have_text("Models")


def test_a_list_that_was_closed_a_moment_ago_opens_again(visit: Visit) -> None:
    page = visit.open("/models")
    keys = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.evaluate(CLOSE_AND_PRESS)
    expect(keys.get_by_text("This list")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/models/{model}", "/control"])
def test_tab_reaches_everything_and_begins_with_the_skip_link(
    served: Served, visit: Visit, path: str
) -> None:
    served.sign_in(visit.page)
    page = visit.open(path.format(model=served.trader))
    assert page.evaluate(MARK_REACHABLE) > 10
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    for _ in range(MOST_TABS):
        if page.evaluate(REACHED):
            break
        page.keyboard.press("Tab")
    assert page.evaluate(LEFT) == []


def test_the_skip_link_leads_past_the_header(visit: Visit) -> None:
    page = visit.open("/health")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_nothing_moves_for_whom_wants_no_motion(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    page = visit.open("/")
    page.locator(".log .now").first.wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
