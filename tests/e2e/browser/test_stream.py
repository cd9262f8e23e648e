"""A server that dies under an open page, and comes back."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

LIMIT_MS = 60_000


def test_a_page_tells_that_its_stream_is_down_and_goes_on_without_being_loaded_again(
    served: Served, visit: Visit
) -> None:
    page = visit.open("/")
    page.evaluate("window.stayed = true")
    rows = page.locator(".board tbody tr")
    before = rows.count()
    visit.is_cut_off = True
    served.end(signal.SIGKILL)
    down = page.get_by_role("alert").filter(has_text="The stream is down since")
    expect(down).to_be_visible(timeout=LIMIT_MS)
    expect(down).to_contain_text("Next try in")
    down.get_by_role("button", name="Try now").click()  # In vain, so far.
    expect(rows).to_have_count(before)
    served.begin()
    expect(down).to_have_count(0, timeout=LIMIT_MS)
    visit.wait_until_read()
    reached = page.locator(".top .clock").inner_text()
    expect(page.locator(".top .clock")).not_to_have_text(reached)
    expect(page.locator(".top .meta")).to_contain_text("Stream")
    assert page.evaluate("window.stayed")
