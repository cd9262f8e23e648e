"""A NAV adds up from its parts, exactly: worked out by hand, and over whole replays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from autonome.analytics.bridge import NavBridge, nav_bridge
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.queries.models import listed_models
from autonome.ledger.reader import open_reader

pytestmark = pytest.mark.postgres

# The worked example of the accounting rules: two buys, funding, a part closed, then a mark.
WORKED = """
INSERT INTO "Models" (id, name, "openRouterModelName") VALUES ('m', 'Ada', 'maker/model');
INSERT INTO "Arms" ("modelId", kind, "startingCapital") VALUES ('m', 'RULE', 10000);
INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
                      "realizedPnl", "openedAt", "closedAt") VALUES
    ('o', 'm', 'BTC', 'LONG', 0.18, 51000, 'OPEN', NULL, NULL, '2025-05-05 00:00', NULL),
    ('p', 'm', 'BTC', 'LONG', 0.12, 51000, 'CLOSED', 54000, 353.08, '2025-05-05 00:00',
     '2025-05-05 00:30');
INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity, price, fee,
                     liquidity, "filledAt") VALUES
    ('1', 'o', 'm', 'BTC', '1', 'BUY', 0.2, 50000, 5, 'TAKER', '2025-05-05 00:00'),
    ('2', 'o', 'm', 'BTC', '2', 'BUY', 0.1, 53000, 2.65, 'TAKER', '2025-05-05 00:10'),
    ('3', 'p', 'm', 'BTC', '3', 'SELL', 0.12, 54000, 3.24, 'TAKER', '2025-05-05 00:30');
INSERT INTO "Payments" (id, "modelId", "orderId", kind, amount, "occurredAt") VALUES
    ('f', 'm', 'o', 'FUNDING', -1.56, '2025-05-05 00:20'),
    ('i', 'm', NULL, 'INFERENCE', -0.125, '2025-05-05 00:20');
INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 00:30', 54000), ('BTC', '2025-05-05 00:40', 51500);
INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt") VALUES
    ('a', 'm', 10890.79, '2025-05-05 00:30'), ('b', 'm', 10437.55, '2025-05-05 00:40');
"""


async def bridge(url: str, arena: str, model: str, at: datetime | None = None) -> NavBridge:
    async with open_reader(url, arena=arena) as reader:
        found = await nav_bridge(reader, model, at=at)
    assert found is not None
    return found


@pytest.fixture
def worked(database_url: str) -> str:
    from autonome.ledger.migrate import upgrade

    with transaction(database_url, "arena") as connection:
        upgrade(connection, "arena")
        connection.exec_driver_sql(WORKED)
    return database_url


def test_the_worked_example_adds_up(worked: str) -> None:
    found = asyncio.run(bridge(worked, "arena", "m"))
    # Closed: 6,480 - 6,120; its share of the funding, 0.624; open: 0.18 at 51,500 less 9,180.
    assert (found.gross_pnl_closed, found.fees_total) == (Decimal(360), Decimal("-10.89"))
    assert (found.funding_closed, found.funding_open) == (Decimal("-0.624"), Decimal("-0.936"))
    assert found.unrealized == Decimal(90)
    assert found.recomputed_nav == Decimal("10437.55")
    assert (found.nav, found.difference) == (Decimal("10437.55"), 0)
    assert (found.inference, found.nav_net) == (Decimal("-0.125"), Decimal("10437.425"))


def test_a_fill_of_the_instant_comes_after_its_point(worked: str) -> None:
    at = datetime(2025, 5, 5, 0, 35, tzinfo=UTC)
    found = asyncio.run(bridge(worked, "arena", "m", at))
    # All of 0.3 at 54,000 less 15,300, fees of both buys, all of the funding.
    assert found.nav_at == datetime(2025, 5, 5, 0, 30, tzinfo=UTC)
    assert (found.gross_pnl_closed, found.unrealized) == (0, Decimal(900))
    assert (found.recomputed_nav, found.difference) == (Decimal("10890.79"), 0)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ('UPDATE "PortfolioSize" SET "netPortfolio" = "netPortfolio" + 0.01', Decimal("0.01")),
        ("DELETE FROM \"Payments\" WHERE id = 'f'", Decimal("-1.56")),
        ("UPDATE \"Fills\" SET fee = 0 WHERE id = '3'", Decimal("-3.24")),
    ],
)
def test_what_does_not_add_up_shows(worked: str, change: str, difference: Decimal) -> None:
    with connect(worked, arena="arena", autocommit=True) as raw:
        raw.execute(change.encode())
    assert asyncio.run(bridge(worked, "arena", "m")).difference == difference


def test_a_missing_mark_is_said(worked: str) -> None:
    with connect(worked, arena="arena", autocommit=True) as raw:
        raw.execute('DELETE FROM "Marks"')
    found = asyncio.run(bridge(worked, "arena", "m"))
    assert (found.unrealized, found.recomputed_nav, found.difference) == (None, None, None)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_arm_of_a_replay_adds_up_at_every_instant(
    database_url: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autonome.cli.main import app

    monkeypatch.setenv("AUTONOME_DATABASE_URL", database_url)
    done = CliRunner().invoke(app, ["replay", "--symbols", "BTC,ETH", "--seed", str(seed)])
    assert done.exit_code == 0, done.output

    async def differences() -> list[Decimal | None]:
        async with open_reader(database_url, arena="replay") as reader:
            every = await reader.all(listed_models())
            assert len(every) == 10
            last = await nav_bridge(reader, every[0].model_id)
            assert last is not None
            instants = [last.nav_at - timedelta(minutes=137 * n) for n in range(30)]
            found = [
                await nav_bridge(reader, each.model_id, at=at) for each in every for at in instants
            ]
            assert any(each is not None and each.unrealized for each in found)
            return [each.difference for each in found if each is not None]

    told = asyncio.run(differences())
    assert len(told) == 300
    assert set(told) == {Decimal(0)}
