"""How arms stand, as the API says it: the rule by which the NAV was made says it, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from autonome.cli.main import app
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.testing.bookings import competitor
from integration.nav.ran import DAYS, START, Ran, cents_of
from integration.web.served import Client, served

pytestmark = pytest.mark.postgres

MINUTES = 1440 * DAYS
EVERY = [Decimal(cents_of(number)) / 100 for number in range(MINUTES)]


@pytest.fixture
def client(ran: Ran) -> Iterator[Client]:
    with served(ran.url) as client:
        yield client


def zulu(number: int) -> str:
    return f"{START + timedelta(minutes=number):%Y-%m-%dT%H:%M:%S}.000Z"


@pytest.mark.parametrize("points", [5, 100, 1000])
def test_a_history_has_few_points_and_all_extremes(client: Client, points: int) -> None:
    (history,) = client.items(f"/nav?points={points}")
    navs = [Decimal(each["nav"]) for each in history["points"]]
    assert len(navs) <= points
    assert (min(navs), max(navs), navs[0], navs[-1]) == (
        min(EVERY),
        max(EVERY),
        EVERY[0],
        EVERY[-1],
    )
    assert history["points"][-1]["at"] == zulu(MINUTES - 1)
    assert (history["resolution"], history["downsampled"], history["gaps"]) == ("minute", True, [])
    for each in history["points"]:
        at = (each["at"] > zulu(0)) - (each["at"] < zulu(0))
        assert at >= 0


def test_a_range_holds_its_beginning_and_not_its_end(client: Client) -> None:
    (history,) = client.items("/nav?from=2025-05-05T00:10:00Z&to=2025-05-05T00:13:00Z")
    assert history["points"] == [
        {"at": zulu(number), "nav": f"{EVERY[number]:.2f}"} for number in (10, 11, 12)
    ]
    assert (history["from"], history["to"]) == ("2025-05-05T00:10:00Z", "2025-05-05T00:12:00Z")
    assert client.items("/nav?from=2030-01-01T00:00:00Z") == []


def test_minutes_without_a_point_and_missed_cycles_are_told(ran: Ran, client: Client) -> None:
    ran.connection.execute("""
        DELETE FROM "PortfolioSize"
        WHERE "createdAt" > '2025-05-05 01:00' AND "createdAt" < '2025-05-05 01:05'
    """)
    ran.connection.execute(
        """INSERT INTO "Invocations" (id, "modelId", response, "responsePayload", "createdAt")
           VALUES ('i', %s, '', '{"state": "MISSED"}', '2025-05-05 01:02')""",
        (ran.model_id,),
    )
    (history,) = client.items("/nav?from=2025-05-05T00:50:00Z&to=2025-05-05T01:10:00Z")
    assert history["gaps"] == [{"from": "2025-05-05T01:00:00Z", "to": "2025-05-05T01:05:00Z"}]
    assert history["missed"] == ["2025-05-05T01:02:00Z"]


def test_the_leaderboard_says_who_leads_and_of_what_it_is_sure(client: Client) -> None:
    board = client.get("/leaderboard?net=false")
    assert (board["asOf"], board["net"]) == ("2025-05-15T00:00:00Z", False)
    assert board["method"] == {
        "name": "paired stationary block bootstrap",
        "meanBlockHours": 24,
        "resamples": 2000,
        "confidence": 0.95,
        "seed": 1994,
    }
    (row,) = board["items"]
    gain = float(EVERY[-1] / 10_000 - 1)
    assert (row["rank"], row["tied"], row["nav"]) == (1, False, f"{EVERY[-1]:.2f}")
    assert row["return"] == pytest.approx(gain)
    assert row["interval"]["low"] <= row["return"] <= row["interval"]["high"]
    assert row["pValueVsFirst"] is None
    assert board["sentence"]["leader"] == row["arm"]
    assert (board["sentence"]["others"], board["sentence"]["competitors"]) == (0, 1)


def test_measures_are_those_of_the_series(ran: Ran, client: Client) -> None:
    found = client.get(f"/arms/{ran.model_id}/performance")
    gain = float(EVERY[-1] / 10_000 - 1)
    assert (found["return"], found["returnNet"]) == (pytest.approx(gain), pytest.approx(gain))
    highest, deepest = EVERY[0], Decimal(0)
    for nav in EVERY:
        highest = max(highest, nav)
        deepest = max(deepest, (highest - nav) / highest)
    assert found["maxDrawdown"]["depth"] == pytest.approx(float(deepest))
    assert found["sharpe"]["days"] == DAYS
    assert found["calmar"] == {"tooLittle": f"needs 90 days, has {DAYS}"}
    assert found["winRate"] == found["expectancy"] == {"tooLittle": "needs a trade"}
    assert found["vsHold"] is None
    # One BTC for 10,000, held all the time, of a capital of 10,000.
    assert Decimal(found["turnover"]) == 10_000
    assert (found["turnoverOfCapital"], found["exposure"], found["timeInMarket"]) == (1, 1, 1)


def test_a_bridge_says_when_the_arena_was_audited(
    ran: Ran, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge = client.get(f"/arms/{ran.model_id}/bridge")
    assert bridge["lastAudit"] is None
    assert Decimal(bridge["unrealized"]) == EVERY[-1] - 10_000
    assert (bridge["nav"], bridge["difference"]) == (f"{EVERY[-1]:.2f}", "0.00")
    monkeypatch.setenv("AUTONOME_DATABASE_URL", ran.url)
    audited = CliRunner().invoke(app, ["audit"])
    bridge = client.get(f"/arms/{ran.model_id}/bridge")
    assert bridge["lastAudit"]["clean"] is (audited.exit_code == 0)
    checks = {each["name"]: each for each in client.get("/health")["checks"]}
    assert checks["audit"]["at"] == bridge["lastAudit"]["at"]


def test_an_arm_without_a_nav_has_no_measures_yet(ran: Ran, client: Client) -> None:
    model, arm = competitor("Bob")
    PostgresJournal(ran.connection).enter(model, arm)
    for path in ("performance", "bridge"):
        assert client.ask(f"/api/v1/arms/{model.id}/{path}").code == "no-nav"
        assert client.ask(f"/api/v1/arms/nobody/{path}").code == "unknown-model"
