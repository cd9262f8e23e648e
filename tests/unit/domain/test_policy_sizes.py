"""Limits that shrink, the venue's minimums, margin: at the bound and a lot beyond, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from autonome.domain.policy import Change, Exposure, Policy, Request, judge
from autonome.domain.value import changed
from unit.domain.policy_requests import (
    AS_WRITTEN,
    BOLD_STANDARD,
    CALM_ACCOUNT,
    CONTROL,
    LONG,
    POLICIES,
    SHORT,
    STANDARD,
    exposure,
    holding,
)

NONE: Mapping[str, Exposure] = {}
NEAR = changed(LONG, stop=Decimal(49_900))
"""Loses 100 for each BTC at its stop: the size of the position binds before its risk."""
NEAR_SHORT = changed(SHORT, stop=Decimal(50_100))
COSTLY = changed(LONG, entry_price=Decimal(50_010), taker_fee_bps=Decimal(5))
"""Each BTC costs 10 of slippage and 25.005 of fee."""


def judged(
    policy: Policy, request: Request, asked: str, exposures: Mapping[str, Exposure] = NONE
) -> tuple[str, str | None]:
    """Return what may open, and the rule that shrank it first or denied it."""
    verdict = judge(policy, changed(request, opening=Decimal(asked)), holding(exposures))
    if verdict.denied is not None:
        assert verdict.opening == 0
        return "0", verdict.denied.rule
    return str(verdict.opening), verdict.changes[0].rule if verdict.changes else None


RISK = "risk-per-trade"


@pytest.mark.parametrize(
    ("policy", "request_", "exposures", "asked", "opening", "rule"),
    [
        # 1 % of 10,000 is 100, the stop is 1,000 away.
        (STANDARD, LONG, {}, "0.1", "0.100", None),
        (STANDARD, LONG, {}, "0.101", "0.100", RISK),
        (STANDARD, SHORT, {}, "0.101", "0.100", RISK),
        (BOLD_STANDARD, LONG, {}, "0.2", "0.200", None),
        (BOLD_STANDARD, LONG, {}, "0.201", "0.200", RISK),
        # From the fill at 50,010 the loss is 1,010, and NAV falls by 35.005: 100 / 1,010.35.
        (STANDARD, COSTLY, {}, "0.098", "0.098", None),
        (STANDARD, COSTLY, {}, "0.099", "0.098", RISK),
        # 0.06 held lose 60 from the mark.
        (STANDARD, LONG, {"BTC": exposure("0.06")}, "0.04", "0.040", None),
        (STANDARD, LONG, {"BTC": exposure("0.06")}, "0.041", "0.040", RISK),
        (STANDARD, SHORT, {"BTC": exposure("-0.06")}, "0.041", "0.040", RISK),
        (STANDARD, LONG, {"BTC": exposure("0.1")}, "0.003", "0", RISK),
        (STANDARD, LONG, {"BTC": exposure("0.15")}, "0.003", "0", RISK),
        # A flip is rid of the old position.
        (STANDARD, LONG, {"BTC": exposure("-0.06")}, "0.101", "0.100", RISK),
        # Closing 10 costs 350.05: 1 % of 9,649.95 over 1,010.35 = 0.09551...
        (STANDARD, COSTLY, {"BTC": exposure("-10")}, "0.096", "0.095", RISK),
        (STANDARD, LONG, {"ETH": exposure("0.06")}, "0.101", "0.100", RISK),
    ],
)
def test_the_loss_at_the_stop_is_bounded(
    policy: Policy,
    request_: Request,
    exposures: Mapping[str, Exposure],
    asked: str,
    opening: str,
    rule: str | None,
) -> None:
    found, by = judged(policy, request_, asked, exposures)
    assert (Decimal(found), by) == (Decimal(opening), rule)


@pytest.mark.parametrize(
    ("policy", "request_", "exposures", "asked", "opening", "rule"),
    [
        # 10,000 / 50,000.
        (STANDARD, NEAR, {}, "0.2", "0.2", None),
        (STANDARD, NEAR, {}, "0.201", "0.2", "max-position"),
        (STANDARD, NEAR_SHORT, {}, "0.201", "0.2", "max-position"),
        (BOLD_STANDARD, NEAR, {}, "0.4", "0.4", None),
        (BOLD_STANDARD, NEAR, {}, "0.401", "0.4", "max-position"),
        # Fee and slippage come out of NAV: 10,000 / (50,000 + 35.005) = 0.19986...
        (STANDARD, changed(COSTLY, stop=NEAR.stop), {}, "0.2", "0.199", "max-position"),
        (STANDARD, changed(NEAR, entry_price=Decimal(50_010)), {}, "0.2", "0.199", "max-position"),
        (
            STANDARD,
            changed(NEAR_SHORT, entry_price=Decimal(49_990)),
            {},
            "0.2",
            "0.199",
            "max-position",
        ),
        # A fill that is better than the mark is no gain.
        (STANDARD, changed(NEAR, entry_price=Decimal(49_950)), {}, "0.201", "0.2", "max-position"),
        (STANDARD, NEAR, {"BTC": exposure("0.15")}, "0.051", "0.05", "max-position"),
        (STANDARD, NEAR, {"BTC": exposure("0.2")}, "0.003", "0", "max-position"),
        (STANDARD, NEAR, {"BTC": exposure("0.3")}, "0.003", "0", "max-position"),
        (STANDARD, NEAR, {"BTC": exposure("-0.15")}, "0.201", "0.2", "max-position"),
        (STANDARD, NEAR, {"ETH": exposure("0.15")}, "0.2", "0.2", None),
        (CONTROL, NEAR, {}, "0.5", "0.5", None),
        (AS_WRITTEN, NEAR, {}, "0.9", "0.9", None),
    ],
)
def test_the_size_of_a_position_is_bounded(
    policy: Policy,
    request_: Request,
    exposures: Mapping[str, Exposure],
    asked: str,
    opening: str,
    rule: str | None,
) -> None:
    found, by = judged(policy, request_, asked, exposures)
    assert (Decimal(found), by) == (Decimal(opening), rule)


GROSS = "max-gross-leverage"
TWO = {"ETH": exposure("5", "3000"), "SOL": exposure("-100", "100")}
"""15,000 long and 10,000 short: 25,000 of 30,000."""


@pytest.mark.parametrize(
    ("policy", "request_", "exposures", "asked", "opening", "rule"),
    [
        (STANDARD, NEAR, TWO, "0.1", "0.1", None),
        (STANDARD, NEAR, TWO, "0.101", "0.1", GROSS),
        (STANDARD, NEAR_SHORT, TWO, "0.101", "0.1", GROSS),
        (BOLD_STANDARD, NEAR, TWO, "0.101", "0.1", GROSS),
        (CONTROL, NEAR, TWO, "0.101", "0.1", GROSS),
        (CONTROL, NEAR, {}, "0.6", "0.6", None),
        (CONTROL, NEAR, {}, "0.601", "0.6", GROSS),
        (CONTROL, NEAR, TWO | {"BTC": exposure("0.06")}, "0.041", "0.04", GROSS),
        (CONTROL, NEAR, TWO | {"BTC": exposure("-0.06")}, "0.101", "0.1", GROSS),
        (CONTROL, NEAR, TWO | {"BTC": exposure("0.1")}, "0.003", "0", GROSS),
        (AS_WRITTEN, NEAR, TWO, "0.4", "0.4", None),
    ],
)
def test_all_positions_together_are_bounded(
    policy: Policy,
    request_: Request,
    exposures: Mapping[str, Exposure],
    asked: str,
    opening: str,
    rule: str | None,
) -> None:
    found, by = judged(policy, request_, asked, exposures)
    assert (Decimal(found), by) == (Decimal(opening), rule)


def test_every_shrink_is_recorded_in_order_with_its_limit() -> None:
    # Risk: 100 / 400; position: 10,000 / 50,000; all: (30,000 - 24,000) / 50,000.
    request = changed(LONG, opening=Decimal("0.9005"), stop=Decimal(49_600))
    verdict = judge(STANDARD, request, holding({"ETH": exposure("8", "3000")}))
    assert verdict.denied is None
    assert verdict.opening == Decimal("0.12")

    def change(rule: str, limit: str, before: str, after: str) -> Change:
        return Change(rule=rule, limit=limit, before=Decimal(before), after=Decimal(after))

    assert verdict.changes == (
        change("lot", "lots of 0.001", "0.9005", "0.9"),
        change("risk-per-trade", "loss at the stop of at most 1 % of NAV", "0.9", "0.25"),
        change("max-position", "notional of a position of at most 1 x NAV", "0.25", "0.2"),
        change("max-gross-leverage", "sum of notionals of at most 3 x NAV", "0.2", "0.12"),
    )


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize(
    ("asked", "mark", "opening", "rule"),
    [
        ("0.003", "50000", "0.003", None),  # 150 is the least notional.
        ("0.003", "49999.9", "0", "min-notional"),
        ("0.002", "50000", "0", "min-notional"),
        ("0.002", "75000", "0.002", None),  # 0.002 is the least quantity.
        ("0.001", "500000", "0", "min-quantity"),
        ("0", "50000", "0", "min-quantity"),
        ("0.0029", "75000", "0.002", "lot"),
    ],
)
def test_what_the_venue_finds_too_little_is_denied(
    policy: Policy, asked: str, mark: str, opening: str, rule: str | None
) -> None:
    price = Decimal(mark)
    request = changed(LONG, mark_price=price, entry_price=price, stop=price - 100)
    found, by = judged(policy, request, asked)
    assert (Decimal(found), by) == (Decimal(opening), rule)


@pytest.mark.parametrize(
    ("nav", "rule"),
    [
        ("10000", "min-notional"),  # 100 / 49,000 are 2 lots, worth 100.
        ("7000", "min-quantity"),  # 70 / 49,000 are one lot.
        ("4000", "risk-per-trade"),  # 40 / 49,000 are none.
    ],
)
def test_what_is_too_little_once_shrunk_is_denied(nav: str, rule: str) -> None:
    money = Decimal(nav)
    standing = changed(CALM_ACCOUNT, nav=money, peak_nav=money, day_opening_nav=money)
    verdict = judge(STANDARD, changed(LONG, stop=Decimal(1_000)), standing)
    assert verdict.opening == 0
    assert verdict.denied is not None
    assert verdict.denied.rule == rule


def test_a_denial_after_a_shrink_says_what_was_asked() -> None:
    verdict = judge(STANDARD, changed(LONG, stop=Decimal(1_000)), CALM_ACCOUNT)
    assert verdict.denied is not None
    assert verdict.denied.reason == (
        "expected a notional of at least 150, found 0.002, which is left of 0.05 at 50000"
    )
    assert [change.rule for change in verdict.changes] == ["risk-per-trade"]


def unleveraged(request: Request) -> Request:
    return changed(request, leverage=Decimal(1))


FREE = "min-free-collateral"


@pytest.mark.parametrize(
    ("request_", "exposures", "asked", "rule"),
    [
        (unleveraged(NEAR), {}, "0.19", None),  # 9,500 of 10,000 are tied up.
        (unleveraged(NEAR), {}, "0.191", FREE),
        (unleveraged(NEAR_SHORT), {}, "0.191", FREE),
        (changed(NEAR, leverage=Decimal(2)), {}, "0.2", None),
        # 0.15 x 50,000 / 1.25 = 6,000 elsewhere leave 3,500.
        (unleveraged(NEAR), {"ETH": exposure("0.15", leverage="1.25")}, "0.07", None),
        (unleveraged(NEAR), {"ETH": exposure("0.15", leverage="1.25")}, "0.071", FREE),
        (unleveraged(NEAR), {"BTC": exposure("0.1", leverage="1")}, "0.09", None),
        (unleveraged(NEAR), {"BTC": exposure("0.1", leverage="1")}, "0.091", FREE),
        (unleveraged(NEAR), {"BTC": exposure("-0.1", leverage="1")}, "0.19", None),
        # (10,000 - 25 q) x 0.95 covers 50,000 q up to 0.18990...
        (changed(unleveraged(NEAR), taker_fee_bps=Decimal(5)), {}, "0.189", None),
        (changed(unleveraged(NEAR), taker_fee_bps=Decimal(5)), {}, "0.190", FREE),
    ],
)
def test_a_twentieth_of_nav_stays_free(
    request_: Request, exposures: Mapping[str, Exposure], asked: str, rule: str | None
) -> None:
    assert judged(STANDARD, request_, asked, exposures)[1] == rule


def test_a_denial_for_collateral_says_how_much_would_fit() -> None:
    request = changed(unleveraged(NEAR), opening=Decimal("0.2"))
    denied = judge(STANDARD, request, CALM_ACCOUNT).denied
    assert denied is not None
    assert denied.reason == (
        "expected initial margins of at most 95 % of NAV (10000.00), which leaves room for 0.190"
        " of BTC at leverage 1, found 0.2"
    )


@pytest.mark.parametrize(
    ("leverage", "fee_bps", "exposures", "asked", "rule"),
    [
        ("1", "0", {}, "0.2", None),  # 10,000 of margin, 10,000 of NAV.
        ("1", "0", {}, "0.201", "margin"),
        ("1", "5", {}, "0.2", "margin"),  # The fee of 5 is missing.
        ("1", "5", {}, "0.199", None),
        ("3", "0", {}, "0.6", None),  # A third of 30,000.
        ("3", "0", {}, "0.601", "margin"),
        # An addition takes the lower leverage for all of it: (0.1 + 0.3) x 50,000 / 2.
        ("5", "0", {"BTC": exposure("0.1", leverage="2")}, "0.3", None),
        ("5", "0", {"BTC": exposure("0.1", leverage="2")}, "0.301", "margin"),
        ("2", "0", {"BTC": exposure("0.1", leverage="5")}, "0.3", None),
        ("2", "0", {"BTC": exposure("0.1", leverage="5")}, "0.301", "margin"),
        ("5", "0", {"BTC": exposure("0.1", leverage=None)}, "0.1", None),
        ("5", "0", {"BTC": exposure("0.1", leverage=None)}, "0.101", "margin"),
        # A flip: (9,985 - 50 q) x 5 covers 50,000 q up to 0.99353...
        ("5", "10", {"BTC": exposure("-0.3", leverage="1")}, "0.993", None),
        ("5", "10", {"BTC": exposure("-0.3", leverage="1")}, "0.994", "margin"),
        # 4,000 and 1,000 elsewhere leave 5,000.
        ("1", "0", {"ETH": exposure("0.4"), "SOL": exposure("-0.1")}, "0.1", None),
        ("1", "0", {"ETH": exposure("0.4"), "SOL": exposure("-0.1")}, "0.101", "margin"),
    ],
)
def test_nav_covers_the_initial_margins(
    leverage: str,
    fee_bps: str,
    exposures: Mapping[str, Exposure],
    asked: str,
    rule: str | None,
) -> None:
    request = changed(LONG, leverage=Decimal(leverage), taker_fee_bps=Decimal(fee_bps))
    assert judged(AS_WRITTEN, request, asked, exposures)[1] == rule


def test_a_control_needs_its_margins_too() -> None:
    assert judged(CONTROL, unleveraged(LONG), "0.2") == ("0.2", None)
    assert judged(CONTROL, unleveraged(LONG), "0.201") == ("0", "margin")
