"""An arena that adds up passes; one row that is changed is named, whatever the change."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from autonome.audit.arena import audit
from autonome.audit.records import check_conservation
from autonome.audit.report import CHECKS, Finding, Report, Tally
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.migrate import upgrade
from integration.audit.money_corruptions import FILLS, PAYMENTS, Corruption
from integration.audit.row_corruptions import DECISIONS, ORDERS, VALUES

pytestmark = pytest.mark.postgres


def audited(url: str) -> Report:
    with connect(url, arena="arena") as connection:
        return audit(connection, arena="arena", progress=lambda *_: None)


def corrupt(url: str, *statements: str) -> None:
    with connect(url, arena="arena", autocommit=True) as connection:
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount == 1


def failures(report: Report) -> dict[str, Finding]:
    return {check.id: check.first for check in report.checks if check.first is not None}


def test_an_arena_that_was_worked_out_by_hand_adds_up(arena_url: str) -> None:
    report = audited(arena_url)
    assert failures(report) == {}
    assert report.is_clean
    assert report.unvalued_models == ("Dee",)
    examined = {check.id: check.examined for check in report.checks}
    assert list(examined) == list(CHECKS)
    assert all(examined.values()), "every check has something to look at"
    assert (examined["nav"], examined["realized-pnl"], examined["adopted"]) == (27, 5, 1)


@pytest.mark.parametrize(
    "corruption",
    [*FILLS, *PAYMENTS, *ORDERS, *VALUES, *DECISIONS],
    ids=lambda each: each.name.replace(" ", "-"),
)
def test_a_changed_row_is_named(arena_url: str, corruption: Corruption) -> None:
    corrupt(arena_url, corruption.sql)
    report = audited(arena_url)
    assert not report.is_clean
    finding = failures(report)[corruption.check]
    assert finding.row_id == corruption.row
    if corruption.expected is not None:
        assert (finding.expected, finding.found) == (corruption.expected, corruption.found)


def test_the_first_of_several_rows_is_named_with_its_time(arena_url: str) -> None:
    corrupt(
        arena_url,
        """UPDATE "PortfolioSize" SET "netPortfolio" = 0 WHERE id = 'ada-7'""",
        """UPDATE "PortfolioSize" SET "netPortfolio" = 0 WHERE id = 'cyd-3'""",
    )
    report = audited(arena_url)
    check, rollup = (check for check in report.checks if check.failed)
    assert (check.id, check.failed, rollup.id) == ("nav", 2, "nav-rollup")
    assert check.first == Finding(
        table="PortfolioSize",
        row_id="cyd-3",
        model_id="cyd",
        at=datetime(2025, 5, 5, 0, 3, tzinfo=UTC),
        expected="1393.96",
        found="0.00",
    )


def test_an_audit_sees_one_snapshot_while_others_write(arena_url: str) -> None:
    seen = []

    def written_meanwhile(compared: int, points: int) -> None:
        if not seen:
            corrupt(arena_url, """UPDATE "Orders" SET quantity = 7 WHERE id = 'long'""")
        seen.append((compared, points))

    with connect(arena_url, arena="arena") as connection:
        assert audit(connection, arena="arena", progress=written_meanwhile).is_clean
    assert seen == [(9, 28), (18, 28), (27, 28)]
    assert set(failures(audited(arena_url))) == {"open-row"}


def test_gaps_and_odd_fees_are_no_failure_outside_of_a_replay(arena_url: str) -> None:
    corrupt(
        arena_url,
        """DELETE FROM "PortfolioSize" WHERE id = 'ada-5'""",
        """UPDATE "Fills" SET fee = fee - 0.00000001 WHERE id = 'sell-2'""",
    )
    assert set(failures(audited(arena_url))) == {"nav-minutes", "fee-rate"}
    with connect(arena_url, arena="arena", autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA arena IS NULL")
    assert failures(audited(arena_url)) == {}


def test_money_that_no_account_holds_is_missed_in_the_sum_of_the_arena(arena_url: str) -> None:
    # 12,500 of capital; gains 353.076 - 118.062 + 48.525 - 0.435 of Ada, -1,000 of Bea, -981.80 of
    # Cyd, 19.50 of Dee; the 0.3 ETH were bought for 870.
    held = "9950.804"
    tally = Tally()
    with connect(arena_url, arena="arena") as connection:
        check_conservation(connection, int(Decimal(held).scaleb(16)), tally)
        assert not any(check.failed for check in tally.checks())
        check_conservation(connection, int(Decimal(held).scaleb(16)) + 1, tally)
    (failed,) = (check for check in tally.checks() if check.failed)
    assert failed.id == "conservation"
    assert failed.first is not None
    assert Decimal(failed.first.expected) == Decimal(held)


def test_an_arena_without_rows_adds_up(database_url: str) -> None:
    with transaction(database_url, "arena") as connection:
        upgrade(connection, "arena")
    assert audited(database_url).is_clean
