"""What a model says is shown as text: nothing of it runs, loads or leads away."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.served import INJECTION, Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

SPOKEN = """
    SELECT i.id FROM "Invocations" i JOIN "Models" m ON m.id = i."modelId"
    WHERE m.name = 'Talker' AND i.response LIKE '%%<script>%%'
    ORDER BY i."createdAt" DESC LIMIT 1
"""


def _require_nothing_ran(page: Page) -> None:
    assert "owned" not in page.title()
    for active in ("img", "script", "iframe", "a[href^='javascript:']", "a[href*='tracker']"):
        expect(page.locator(f"main {active}")).to_have_count(0)


def test_markup_of_a_model_is_text_in_the_decisions_and_the_feed(
    served: Served, visit: Visit
) -> None:
    served.until(lambda: served.rows(SPOKEN))
    page = visit.open("/?tab=decisions")
    said = page.locator("article.dec .markdown", has_text="<script>").first
    expect(said).to_contain_text(INJECTION)
    _require_nothing_ran(page)


def test_markup_of_a_model_is_text_in_its_invocation(served: Served, visit: Visit) -> None:
    ((spoken),) = served.until(lambda: served.rows(SPOKEN))
    page = visit.open(f"/invocations/{spoken['id']}")
    expect(page.locator("main")).to_contain_text(INJECTION)
    page.get_by_text("Show the prompt as sent").click()
    visit.wait_until_read()
    _require_nothing_ran(page)
