"""What another client wrote adds up once it is adopted, and is reported apart."""

from __future__ import annotations

import pytest

from autonome.audit.arena import audit
from autonome.audit.report import Report
from autonome.ledger.adoption import adopt
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.migrate import upgrade

pytestmark = pytest.mark.postgres

# Two trades overlap, as other clients may store them; the second one's P&L contains costs of 0.37.
ROWS = """
INSERT INTO "Models" (id, name, "openRouterModelName") VALUES ('m', 'Ada', 'maker/model');
INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
                      "realizedPnl", "closeTrigger", "openedAt", "closedAt") VALUES
    ('first', 'm', 'BTC', 'LONG', 2, 100, 'CLOSED', 110, 20, NULL, '2025-05-05', '2025-05-07'),
    ('second', 'm', 'BTC', 'SHORT', 1, 105, 'CLOSED', 100, 4.63, 'STOP', '2025-05-06',
     '2025-05-08'),
    ('third', 'm', 'ETH', 'LONG', 3, 50, 'OPEN', NULL, NULL, NULL, '2025-05-06', NULL);
INSERT INTO "Invocations" (id, "modelId", response) VALUES ('i', 'm', 'not counted there');
INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt") VALUES
    ('p', 'm', 1000, '2025-05-04'), ('q', 'm', 1234.56, '2025-05-08');
"""


def adopted(url: str, *changes: str) -> Report:
    with transaction(url, "arena") as connection:
        upgrade(connection, "arena")
        connection.exec_driver_sql(ROWS)
        adopt(connection, "arena")
        for change in changes:
            assert connection.exec_driver_sql(change).rowcount == 1
    with connect(url, arena="arena") as raw:
        return audit(raw, arena="arena", progress=lambda *_: None)


def failed(report: Report) -> dict[str, str]:
    return {check.id: check.first.row_id for check in report.checks if check.first is not None}


def test_adopted_trades_add_up(database_url: str) -> None:
    report = adopted(database_url)
    assert failed(report) == {}
    examined = {check.id: check.examined for check in report.checks}
    assert (examined["adopted"], examined["realized-pnl"], examined["nav"]) == (2, 0, 0)
    assert examined["open-row"] > 0
    assert report.unvalued_models == ("Ada",)


def test_an_adopted_trade_that_changed_since_is_named(database_url: str) -> None:
    change = """UPDATE "Orders" SET "realizedPnl" = 4.64 WHERE id = 'second'"""
    assert failed(adopted(database_url, change)) == {"adopted": "second"}


def test_an_adopted_position_that_changed_since_is_named(database_url: str) -> None:
    change = """UPDATE "Orders" SET quantity = 4 WHERE id = 'third'"""
    assert failed(adopted(database_url, change)) == {"open-row": "third"}
