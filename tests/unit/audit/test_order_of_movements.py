"""What moves money first at one instant, and which NAV point counts it first."""

from __future__ import annotations

import pytest

from autonome.audit.nav import check_nav
from autonome.audit.report import Finding, Tally
from autonome.audit.rows import Fill, Payment, moved
from unit.audit.movements import minute, movement, order, paid, statement, units


def test_one_instant_begins_with_funding_and_ends_with_what_a_liquidation_cost() -> None:
    fills = [
        movement("-1", "1", number="10"),
        movement("1", "1", number="9:10"),
        movement("1", "1", number="9:2"),
        movement("1", "1", number="9", part=1),
        movement("1", "1", number="9", part=0),
        movement("1", "1", number="11", at=0),
    ]
    payments = [
        paid("1", kind="SHORTFALL"),
        paid("-1", kind="LIQUIDATION_FEE"),
        paid("-1", kind="FUNDING"),
        paid("5", kind="DEPOSIT"),
        paid("-9", kind="INFERENCE"),
        paid("1", kind="ADOPTED"),
    ]
    assert [each.id for each in moved(fills, payments)] == [
        "11/0",
        "DEPOSIT",
        "FUNDING",
        "9/0",
        "9/1",
        "9:2/0",
        "9:10/0",
        "10/0",
        "ADOPTED",
        "LIQUIDATION_FEE",
        "SHORTFALL",
    ]


@pytest.mark.parametrize(
    ("movement_", "cents_at_its_instant"),
    [
        (movement("0.1", "50100", at=2), 1_000_000),  # -10 from the point after it on
        (paid("-10", kind="FUNDING", at=2), 999_000),
        (paid("-10", kind="WITHDRAWAL", at=2), 999_000),
        (paid("-10", kind="LIQUIDATION_FEE", at=2), 1_000_000),
    ],
    ids=["fill", "funding", "withdrawal", "liquidation fee"],
)
def test_a_nav_point_counts_payments_of_its_instant_but_no_fills(
    movement_: Fill | Payment, cents_at_its_instant: int
) -> None:
    entry = movement("0.1", "50000", number="0")
    fills = [entry, movement_] if isinstance(movement_, Fill) else [entry]
    payments = [movement_] if isinstance(movement_, Payment) else []
    marks = {"BTC": {minute(at): units("50000") for at in range(1, 4)}}
    points = [
        ("p1", minute(1), 1_000_000),
        ("p2", minute(2), cents_at_its_instant),
        ("p3", minute(3), 999_000),
    ]
    tally = Tally()
    walked = statement([order()], fills, payments, tally)
    instants = check_nav(walked, [points[:2], points[2:]], marks, reached=lambda _: None)
    assert instants == [minute(1), minute(2), minute(3)]
    assert not any(check.failed for check in tally.checks())


def test_books_that_disagree_with_the_flows_are_found_at_the_next_point() -> None:
    tally = Tally()
    walked = statement([order()], [movement("0.1", "50000")], [], tally)
    walked.account.realized += 1  # As if the auditor's own arithmetic had lost 1e-16.
    marks = {"BTC": {minute(2): units("50000")}}
    check_nav(walked, [[("p", minute(2), 1_000_000)]], marks, reached=lambda _: None)
    (failed,) = (check for check in tally.checks() if check.failed)
    assert failed.id == "nav-both-ways"
    assert isinstance(failed.first, Finding)
    assert (failed.first.row_id, failed.first.expected, failed.first.found) == (
        "p",
        "5000.0000000000000000",
        "5000.0000000000000001",
    )
