"""The page Control: signed in by a token, everything that it can do, each act in the log."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from e2e.browser.served import Served
from e2e.browser.watched import Visit

pytestmark = pytest.mark.xdist_group("browser")

LIMIT_MS = 30_000
HALTED = """SELECT DISTINCT "haltedReason" FROM "Arms" """
OPEN_ORDERS = """SELECT id FROM "Orders" WHERE status = 'OPEN'"""
OF_TRADER = """
    SELECT ("exitPlan"->>'stop')::numeric AS stop FROM "Orders" o
    JOIN "Models" m ON m.id = o."modelId"
    WHERE m.name = 'Trader' AND o.status = 'OPEN' AND o.symbol = %s
"""
LIMITS = """
    SELECT limits->>'riskPerTrade' AS risk FROM "ArmPolicies" WHERE "modelId" = %s ORDER BY version
"""
LEAVE_AND_ASK_AGAIN = """async () => {
    const press = words => Array.from(document.querySelectorAll('button'))
        .find(one => one.textContent.includes(words) && !one.disabled).click();
    press('Leave it');
    await null;
    press('❚❚ Halt');
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
}"""
"""The second press comes once the first is drawn, and before the page is told of the closing."""
NEWCOMER = """SELECT id FROM "Models" WHERE name = 'Newcomer'"""


def test_without_a_token_nothing_can_be_pressed(visit: Visit) -> None:
    page = visit.open("/control")
    expect(page.get_by_text("Read only")).to_be_visible()
    for name in ("Halt", "Resume", "Flatten"):
        for button in page.locator("main").get_by_role("button", name=name).all():
            expect(button).to_be_disabled()


def test_a_wrong_token_is_refused_in_words(visit: Visit) -> None:
    page = visit.open("/control")
    visit.is_cut_off = True  # It is answered 401.
    page.get_by_label("Token").fill("autonome_wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("token")


def test_an_operator_halts_resumes_flattens_and_disables_and_all_of_it_is_logged(
    served: Served, visit: Visit
) -> None:
    served.order_entry("Something to flatten.", "BNB")
    page = visit.open("/control")
    page.get_by_label("Token").fill(served.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in by token operator (admin)")).to_be_visible()

    page.get_by_role("button", name="❚❚ Halt").click()
    _give_reason(page, "the feed looks odd", "Halt")
    _require_done(page, "halt")
    expect(page.get_by_text("● running")).to_have_count(0)
    assert served.rows(HALTED) == [{"haltedReason": "the feed looks odd"}]

    page.get_by_role("button", name="▶ Resume").click()
    _give_reason(page, "it was nothing", "▶ Resume")
    _require_done(page, "resume")
    expect(page.get_by_text("■ halted")).to_have_count(0)
    assert served.rows(HALTED) == [{"haltedReason": None}]

    flatten = page.get_by_role("button", name="■ Flatten")
    expect(flatten).to_be_disabled()
    page.get_by_label("Type FLATTEN").fill("flatten")
    expect(flatten).to_be_disabled()
    page.get_by_label("Type FLATTEN").fill("FLATTEN")
    flatten.click()
    _give_reason(page, "over for today", "■ Flatten now")
    _require_done(page, "flatten")
    served.until(lambda: not served.rows(OPEN_ORDERS))
    expect(page.get_by_text("closes 0 positions")).to_be_visible(timeout=LIMIT_MS)

    page.get_by_role("button", name="▶ Resume").click()
    _give_reason(page, "a new day", "▶ Resume")
    _require_done(page, "resume")
    page.get_by_role("button", name="Disable Talker").click()
    _give_reason(page, "it talks too much", "Disable")
    enable = page.get_by_role("button", name="Enable Talker")
    expect(enable).to_be_visible(timeout=LIMIT_MS)
    enable.click()
    _give_reason(page, "it is missed", "Enable")
    expect(page.get_by_role("button", name="Disable Talker")).to_be_visible(timeout=LIMIT_MS)

    log = page.get_by_role("region", name="Entries of the log")
    for reason in ("the feed looks odd", "it was nothing", "over for today", "it talks too much"):
        entry = log.locator("tr", has_text=reason)
        expect(entry.first).to_contain_text("operator")

    page.get_by_role("button", name="sign out").click()
    expect(page.get_by_text("Read only")).to_be_visible()


def test_an_operator_changes_a_plan_a_policy_and_who_competes(served: Served, visit: Visit) -> None:
    served.sign_in(visit.page)
    served.order_entry("Something to guard.", "SOL")
    page = visit.open("/control")

    page.get_by_role("button", name="Exit plan of SOL of Trader").click(timeout=LIMIT_MS)
    (held,) = served.rows(OF_TRADER, "SOL")
    tighter = served.mark("SOL") * Decimal("0.97")
    stop = tighter.quantize(Decimal("0.001"))
    page.get_by_role("dialog").get_by_label("Stop").fill(str(stop))
    _give_reason(page, "closer", "Change the plan")
    _require_done(page, "edit plan")
    assert held["stop"] < served.rows(OF_TRADER, "SOL")[0]["stop"] == stop

    page.get_by_label("Arm whose policy is shown").select_option(value=served.trader)
    page.get_by_label("risk-per-trade").fill("0.5")
    page.get_by_role("button", name="Save as v2…").click()
    _give_reason(page, "half the risk", "Save as v2")
    _require_done(page, "edit policy")
    limits = served.rows(LIMITS, served.trader)
    assert [Decimal(each["risk"]) for each in limits] == [Decimal("0.02"), Decimal("0.005")]
    expect(page.get_by_text("standard@1 v2")).to_be_visible(timeout=LIMIT_MS)

    page.get_by_role("button", name="Add an arm…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Coded rules").click()
    dialog.get_by_label("Name").fill("Newcomer")
    _give_reason(page, "one more", "Add the arm")
    _require_done(page, "add arm")
    expect(page.get_by_role("button", name="Halt Newcomer")).to_be_visible(timeout=LIMIT_MS)
    assert len(served.rows(NEWCOMER)) == 1

    page.get_by_role("button", name="Reset Newcomer").click()
    _give_reason(page, "anew", "Reset")
    _require_done(page, "reset")


def test_a_dialog_that_follows_another_at_once_stays(served: Served, visit: Visit) -> None:
    served.sign_in(visit.page)
    page = visit.open("/control")
    page.get_by_role("button", name="❚❚ Halt").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(LEAVE_AND_ASK_AGAIN)
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_visible()


def _give_reason(page: Page, reason: str, action: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name=action, exact=True).click()


def _require_done(page: Page, name: str) -> None:
    expect(page.locator("p.said")).to_contain_text(f"✓ {name}:", timeout=LIMIT_MS)
