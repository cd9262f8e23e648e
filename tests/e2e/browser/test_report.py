"""The report on paper: one minute of an arena that goes on while it is read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

READS = 4


def test_every_nav_of_a_report_is_the_same(served: Served, visit: Visit) -> None:
    for _ in range(READS):
        page = visit.open(f"/models/{served.trader}/report")
        nav = page.locator(".stats dd").first.inner_text()
        total = page.get_by_role("table", name="How the NAV adds up").locator("tfoot tr").first
        expect(total.locator("td")).to_have_text(nav)
        expect(page.locator("article svg").first).to_contain_text(nav)
