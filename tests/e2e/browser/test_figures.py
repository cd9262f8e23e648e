"""Figures on the page equal what SQL says of the same rows, while the arena stands still."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit
from e2e.browser.written import money, plain, read, signed, whole

pytestmark = pytest.mark.xdist_group("browser")

HALF_A_PLACE = Decimal("0.005")
"""Returns are statistics: the last place shown may be rounded either way."""
NAVS = """
    SELECT DISTINCT ON (p."modelId") m.name, p."netPortfolio" AS nav, a."startingCapital" AS capital
    FROM "PortfolioSize" p JOIN "Models" m ON m.id = p."modelId"
    JOIN "Arms" a ON a."modelId" = m.id ORDER BY p."modelId", p."createdAt" DESC
"""
OPEN = """
    SELECT o.id, m.name, o.symbol, o.side::text, o.quantity,
           sum(f.quantity * f.price) AS notional,
           (SELECT price FROM "Marks" k WHERE k.symbol = o.symbol ORDER BY at DESC LIMIT 1) AS mark
    FROM "Orders" o JOIN "Models" m ON m.id = o."modelId" JOIN "Fills" f ON f."orderId" = o.id
    WHERE o.status = 'OPEN' GROUP BY o.id, m.name HAVING count(DISTINCT f.side) = 1
"""
CLOSED = """
    SELECT o.id,
           sum(CASE f.side WHEN 'SELL' THEN f.quantity * f.price ELSE -f.quantity * f.price END)
               AS gross,
           sum(f.fee) AS fees,
           coalesce((SELECT sum(amount) FROM "Payments" p
                     WHERE p."orderId" = o.id AND p.kind = 'FUNDING'), 0) AS funding
    FROM "Orders" o JOIN "Fills" f ON f."orderId" = o.id
    WHERE o.status = 'CLOSED' AND o."modelId" = %s GROUP BY o.id
"""
FEES_OPEN = """
    SELECT coalesce(sum(f.fee), 0) AS fees,
           coalesce((SELECT sum(p.amount) FROM "Payments" p JOIN "Orders" q ON q.id = p."orderId"
                     WHERE q."modelId" = %s AND q.status = 'OPEN' AND p.kind = 'FUNDING'), 0)
               AS funding
    FROM "Fills" f JOIN "Orders" o ON o.id = f."orderId"
    WHERE o.status = 'OPEN' AND o."modelId" = %s
"""


@pytest.fixture(scope="module")
def still(served: Served) -> Iterator[Served]:
    """Let the trader hold something, stop the arena, and serve its rows alone."""
    held = """SELECT id FROM "Orders" WHERE status = 'OPEN' AND "modelId" = %s"""
    served.order_entry("I hold this.", "SOL")
    served.until(lambda: served.rows(held, served.trader))
    served.end()
    served.begin("serve")
    try:
        yield served
    finally:
        served.end()
        served.begin()


def test_the_leaderboard_shows_the_newest_nav_and_what_it_made_of_the_capital(
    still: Served, visit: Visit
) -> None:
    page = visit.open("/")
    found = still.rows(NAVS)
    rows = page.locator(".board tbody tr")
    expect(rows).to_have_count(len(found))
    for each in found:
        row = rows.filter(has=page.get_by_text(each["name"], exact=True))
        expect(row.locator("td.nv")).to_have_text(whole(each["nav"]))
        shown = read(row.locator("td").nth(2).inner_text())
        made = 100 * (each["nav"] / each["capital"] - 1)
        assert abs(shown - made) <= HALF_A_PLACE, each


def test_an_open_position_shows_its_quantity_entry_mark_and_unrealized_result(
    still: Served, visit: Visit
) -> None:
    page = visit.open("/")
    found = still.rows(OPEN)
    assert "Trader" in {each["name"] for each in found}
    for each in found:
        cells = page.locator(f"tr[data-row='{each['id']}'] td")
        expect(cells.nth(1)).to_contain_text(f"{each['side']} {each['symbol']}")
        expect(cells.nth(1)).to_contain_text(plain(each["quantity"]))
        entry, mark = cells.nth(2).inner_text().split("\n")
        assert read(mark) == each["mark"]
        place = Decimal(1).scaleb(read(entry).as_tuple().exponent)
        assert entry == money(each["notional"] / each["quantity"], place)
        expect(cells.nth(3)).to_contain_text(signed(_unrealized(each)))


def test_a_trade_shows_its_gross_and_net_result(still: Served, visit: Visit) -> None:
    page = visit.open(f"/models/{still.trader}")
    found = still.rows(CLOSED, still.trader)
    assert found
    for each in found:
        row = page.locator(f"tr[data-row='{each['id']}']")
        expect(row.locator("td b").last).to_have_text(signed(_net(each)))
        expect(row).to_contain_text(signed(each["gross"]))


def test_the_parts_of_a_nav_are_those_of_the_ledger(still: Served, visit: Visit) -> None:
    page = visit.open(f"/models/{still.trader}")
    closed = still.rows(CLOSED, still.trader)
    (open_,) = still.rows(FEES_OPEN, still.trader, still.trader)
    (nav,) = (each for each in still.rows(NAVS) if each["name"] == "Trader")
    (held,) = (each for each in still.rows(OPEN) if each["name"] == "Trader")
    expected = {
        "Starting capital": money(nav["capital"]),
        "Price P&L of closed trades": signed(sum(each["gross"] for each in closed)),
        "Fees": signed(-sum(each["fees"] for each in closed) - open_["fees"]),
        "Unrealized": signed(_unrealized(held)),
        "NAV": money(nav["nav"]),
    }
    for name, figure in expected.items():
        line = page.locator("table.bridge tr").filter(has=page.get_by_text(name, exact=True))
        expect(line.locator("td")).to_have_text(figure)
    whole_nav = (
        nav["capital"]
        + sum(_net(each) for each in closed)
        + open_["funding"]
        - open_["fees"]
        + _unrealized(held)
    )
    assert money(whole_nav) == money(nav["nav"])


def _unrealized(row: dict[str, Any]) -> Decimal:
    gain: Decimal = row["quantity"] * row["mark"] - row["notional"]
    return gain if row["side"] == "LONG" else -gain


def _net(row: dict[str, Any]) -> Decimal:
    net: Decimal = row["gross"] - row["fees"] + row["funding"]
    return net
