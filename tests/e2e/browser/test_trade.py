"""One trade, watched on a page that is never loaded again: it opens, moves, closes, is told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit
from e2e.browser.written import read, signed

pytestmark = pytest.mark.xdist_group("browser")

WORDS = "I **buy** ripple: `momentum` is up."
ORDER = """
    SELECT id, "entryPrice", quantity, "realizedPnl" FROM "Orders"
    WHERE "modelId" = %s AND symbol = 'XRP' ORDER BY "openedAt" DESC LIMIT 1
"""
COSTS = """
    SELECT sum(CASE side WHEN 'SELL' THEN 1 ELSE -1 END * quantity * price) - sum(fee)
         + coalesce((SELECT sum(amount) FROM "Payments" p
                     WHERE p."orderId" = f."orderId" AND kind = 'FUNDING'), 0) AS net
    FROM "Fills" f WHERE "orderId" = %s GROUP BY "orderId"
"""


def test_a_trade_is_followed_from_the_order_to_its_net_result(served: Served, visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("window.stayed = true")
    page.get_by_label("Arm", exact=True).select_option(served.trader)
    race = page.locator(".race svg[role=img]").first
    before = race.inner_html()

    served.order_entry(WORDS, "XRP")
    position = page.locator("table tbody tr", has_text="LONG XRP").filter(has_text="Trader")
    expect(position).to_have_count(1)
    _require_position(served, position)

    page.get_by_role("tab", name="Decisions").click()
    decision = page.locator("article.dec", has_text="ripple")
    expect(decision.locator("strong")).to_have_text("buy")
    expect(decision.locator("p code")).to_have_text("momentum")
    expect(decision.locator(".calls")).to_contain_text("create_position")
    expect(decision.locator(".calls")).to_contain_text("✓ filled")
    expect(decision.locator(".calls")).to_contain_text("BUY")

    served.desk.order("Enough.", "close_position", symbol="XRP")
    page.get_by_role("tab", name="Trades").click()
    trade = page.locator("table tbody tr", has_text="LONG XRP").filter(has_text="Trader").first
    expect(trade).to_contain_text("Decision")
    (order,) = served.rows(ORDER, served.trader)
    (booked,) = served.rows(COSTS, order["id"])
    expect(trade.locator("td b").last).to_have_text(signed(booked["net"]))
    page.get_by_role("tab", name="Positions").click()
    expect(position).to_have_count(0)
    assert race.inner_html() != before
    assert page.evaluate("window.stayed")


def _require_position(served: Served, position: Locator) -> None:
    """Require its figures, and that what depends on the mark moves by itself."""
    (order,) = served.rows(ORDER, served.trader)
    expect(position).to_contain_text("3×")
    prices, unrealized = position.locator("td").nth(2), position.locator("td").nth(3)
    shown = read(prices.inner_text().split("\n")[0])
    assert shown == order["entryPrice"].quantize(Decimal(1).scaleb(shown.as_tuple().exponent))
    _require_motion(position.page, prices)
    _require_motion(position.page, unrealized)


def _require_motion(page: Page, cell: Locator) -> None:
    expect(cell).not_to_have_text(cell.inner_text(), use_inner_text=True)
