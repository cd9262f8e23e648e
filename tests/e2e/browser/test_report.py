"""The report on paper: one minute of an arena that goes on while it is read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

MOST_READS = 20
DIFFERENT = 4
HOLDS = """SELECT id FROM "Models" WHERE name = 'Hold BTC'"""


def test_every_nav_of_a_report_is_the_same(served: Served, visit: Visit) -> None:
    served.until(lambda: served.rows(HOLDS))
    (holder,) = served.rows(HOLDS)
    navs = set()
    for _ in range(MOST_READS):
        page = visit.open(f"/models/{holder['id']}/report")
        nav = page.locator(".stats dd").first.inner_text()
        total = page.get_by_role("table", name="How the NAV adds up").locator("tfoot tr").first
        expect(total.locator("td")).to_have_text(nav)
        expect(page.locator("article svg").first).to_contain_text(nav)
        navs.add(nav)
        if len(navs) == DIFFERENT:
            return
    raise AssertionError(f"expected {DIFFERENT} different NAVs in {MOST_READS} reports: {navs}")
