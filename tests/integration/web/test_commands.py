"""Commands over the API: who may give them, that they are on record, and given once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal

import polars as pl
import psycopg
import pytest

from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.rows import Command, CommandKind
from autonome.testing.bookings import NOW
from integration.web.operating import Operator, token
from integration.web.served import Client

WHY = {"reason": "a test"}


@pytest.fixture
def admin(small_url: str, small: Client) -> Operator:
    return Operator.by_token(small, token(small_url))


@pytest.fixture
def raw(small_url: str) -> Iterator[psycopg.Connection]:
    with connect(small_url, autocommit=True) as connection:
        yield connection


def waiting(raw: psycopg.Connection) -> list[tuple[str, str, str]]:
    sql = 'SELECT kind, reason, "requestedBy" FROM "Commands" ORDER BY "requestedAt"'
    return raw.execute(sql).fetchall()


@pytest.mark.parametrize("verb", ["halt", "resume", "flatten"])
def test_a_command_is_on_record_with_its_entry_in_the_log(
    admin: Operator, raw: psycopg.Connection, verb: str
) -> None:
    answer = admin.send(f"/control/{verb}", WHY)
    assert answer.status == 202
    assert answer.json["isRun"] is False
    assert answer.json["doneAt"] is None
    assert waiting(raw) == [(verb.upper(), "a test", "token ops-1")]
    entry = admin.client.items("/control/log")[0]
    assert (entry["who"], entry["what"], entry["reason"]) == ("token ops-1", verb, "a test")
    assert entry["commandId"] == answer.json["commandId"]
    assert entry["arm"] is None
    arms = {arm["id"] for arm in admin.client.items("/arms")}
    assert set(entry["before"]["haltedReason"]) == arms
    expected = None if verb == "resume" else "a test"
    assert set(entry["after"]["haltedReason"].values()) == {expected}


def test_the_log_of_a_flatten_leaves_a_drawdown_its_halt(
    admin: Operator, raw: psycopg.Connection
) -> None:
    drawdown = "expected a NAV less than 30 % below its peak 10000.00, found 6900.00"
    raw.execute("""UPDATE "Arms" SET "haltedReason" = %s WHERE kind = 'CONTROL'""", [drawdown])
    assert admin.send("/control/flatten", WHY).status == 202
    [entry] = [each for each in admin.client.items("/control/log") if each["what"] == "flatten"]
    assert {*entry["after"]["haltedReason"].values()} == {drawdown, "a test"}


def test_what_came_of_a_command_is_told(admin: Operator, raw: psycopg.Connection) -> None:
    command_id = admin.send("/control/halt", WHY).json["commandId"]
    path = f"/control/commands/{command_id}"
    assert admin.client.get(path)["outcome"] is None
    PostgresJournal(raw).finish_command(command_id, at=NOW, outcome="2 arms")
    assert admin.client.get(path)["outcome"] == "2 arms"
    assert admin.client.items("/control/log")[0]["outcome"] == "2 arms"


def test_the_log_comes_whole_as_a_table(admin: Operator) -> None:
    admin.send("/control/halt", WHY)
    client = admin.client
    entries = client.items("/control/log")
    answer = client.ask("/api/v1/control/log?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [row["id"] for row in rows] == [entry["id"] for entry in entries]
    assert rows[0]["reason"] == "a test"
    assert json.loads(rows[0]["after"]) == entries[0]["after"]
    assert pl.read_parquet(
        io.BytesIO(client.ask("/api/v1/control/log?format=parquet").body)
    ).height == len(entries)


def test_a_command_may_be_about_one_arm_or_some(admin: Operator, raw: psycopg.Connection) -> None:
    ids = sorted(arm["id"] for arm in admin.client.items("/arms"))
    for models in (ids[:1], ids):
        assert admin.send("/control/halt", {**WHY, "models": models}).json["models"] == models
    one, several = raw.execute(
        'SELECT "modelId", payload FROM "Commands" ORDER BY "requestedAt"'
    ).fetchall()
    assert one == (ids[0], None)
    assert several == (None, {"models": ids})


@pytest.mark.parametrize(
    ("path", "method", "body", "status", "code"),
    [
        ("/control/halt", "POST", {}, 400, "bad-request"),
        ("/control/halt", "POST", {"reason": " "}, 400, "bad-request"),
        ("/control/halt", "POST", {"reason": "x" * 501}, 400, "bad-request"),
        ("/control/halt", "POST", {**WHY, "model": []}, 400, "bad-request"),
        ("/control/halt", "POST", {**WHY, "models": ["nobody"]}, 404, "unknown-model"),
        ("/control/halt?arena=other", "POST", WHY, 403, "other-arena"),
        ("/arms/nobody/disable", "POST", WHY, 404, "unknown-model"),
        ("/positions/none/close", "POST", WHY, 404, "unknown-position"),
        ("/positions/none/plan", "PATCH", WHY, 400, "bad-request"),
        ("/positions/none/plan", "PATCH", {**WHY, "stop": 0.1}, 400, "bad-request"),
        ("/positions/none/plan", "PATCH", {**WHY, "stop": "1e5"}, 400, "bad-request"),
        ("/positions/none/plan", "PATCH", {**WHY, "timeExit": "later"}, 400, "bad-request"),
        ("/positions/none/plan", "PATCH", {**WHY, "stop": "1"}, 404, "unknown-position"),
    ],
)
def test_a_mistake_writes_nothing(
    admin: Operator,
    raw: psycopg.Connection,
    path: str,
    method: str,
    body: object,
    status: int,
    code: str,
) -> None:
    answer = admin.send(path, body, method=method)
    assert (answer.status, answer.code) == (status, code)
    assert waiting(raw) == []


def test_a_position_is_closed_and_its_plan_changed_by_its_id(
    admin: Operator, raw: psycopg.Connection
) -> None:
    (position,) = admin.client.items("/positions")
    closed = admin.send(f"/positions/{position['id']}/close", WHY)
    asked = {**WHY, "stop": "4900.50", "invalidation": "none"}
    edited = admin.send(f"/positions/{position['id']}/plan", asked, method="PATCH")
    assert (closed.status, edited.status) == (202, 202)
    rows = raw.execute('SELECT kind, "modelId", payload FROM "Commands" ORDER BY kind').fetchall()
    of_order = {"orderId": position["id"], "symbol": position["symbol"]}
    update = {"stop": "4900.50", "invalidation": "none"}
    assert rows == [
        ("CLOSE", position["arm"]["id"], of_order),
        ("EDIT_PLAN", position["arm"]["id"], {**of_order, "update": update}),
    ]
    plan, close = admin.client.items("/control/log")[:2]
    assert (plan["what"], close["what"]) == ("edit_plan", "close")
    assert plan["after"]["exitPlan"]["stop"] == "4900.50"
    assert close["before"]["positions"][0]["symbol"] == position["symbol"]
    assert close["after"] == {"positions": []}


def test_what_is_sent_again_under_a_key_is_asked_for_once(
    admin: Operator, raw: psycopg.Connection
) -> None:
    (position,) = admin.client.items("/positions")
    for path in ("/control/flatten", f"/positions/{position['id']}/close"):
        first = admin.send(path, WHY, idempotency_key=f"key of {path}".replace(" ", "-"))
        again = admin.send(path, WHY, idempotency_key=f"key of {path}".replace(" ", "-"))
        assert (first.status, again.status) == (202, 202)
        assert first.json["commandId"] == again.json["commandId"]
    assert len(waiting(raw)) == 2
    assert len(admin.client.items("/control/log")) == 3  # A token was made, too.
    # What was closed meanwhile was closed by the first.
    raw.execute("""UPDATE "Orders" SET status = 'CLOSED'""")
    path = f"/positions/{position['id']}/close"
    again = admin.send(path, WHY, idempotency_key=f"key of {path}".replace(" ", "-"))
    assert again.status == 202


def test_another_wish_under_the_same_key_is_refused(
    admin: Operator, raw: psycopg.Connection
) -> None:
    assert admin.send("/control/halt", WHY, idempotency_key="one").status == 202
    other = admin.send("/control/flatten", WHY, idempotency_key="one")
    assert (other.status, other.code) == (409, "key-used")
    assert len(waiting(raw)) == 1


def test_a_replay_takes_no_commands(admin: Operator, raw: psycopg.Connection) -> None:
    raw.execute("COMMENT ON SCHEMA public IS 'An Autonome replay'")
    answer = admin.send("/control/halt", WHY)
    assert (answer.status, answer.code) == (409, "is-replay")


def test_the_log_is_paged_and_filtered(admin: Operator, raw: psycopg.Connection) -> None:
    for number in range(5):
        admin.send("/control/halt", {"reason": f"{number}"})
    found: list[str] = []
    cursor = ""
    while True:
        page = admin.client.get(f"/control/log?limit=2&what=halt{cursor}")
        found += [each["reason"] for each in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert found == ["4", "3", "2", "1", "0"]
    assert [each["what"] for each in admin.client.items("/control/log?who=cli%20test")] == [
        "token-created"
    ]


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE "ControlLog" SET who = 'nobody'""",
        """DELETE FROM "ControlLog" """,
        """TRUNCATE "ControlLog" """,
    ],
)
def test_the_log_is_only_ever_added_to(
    admin: Operator, raw: psycopg.Connection, change: str
) -> None:
    admin.send("/control/halt", WHY)
    with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
        raw.execute(change.encode())


def test_a_command_from_the_command_line_is_in_the_log_too(
    small: Client, raw: psycopg.Connection
) -> None:
    command = Command(
        kind=CommandKind.HALT, reason="by hand", requested_by="cli ada", requested_at=NOW
    )
    journal = PostgresJournal(raw)
    journal.request(command)
    journal.request(command)
    (entry,) = small.items("/control/log")
    assert (entry["who"], entry["what"], entry["reason"]) == ("cli ada", "halt", "by hand")


def test_a_plan_keeps_its_digits_on_the_way(admin: Operator, raw: psycopg.Connection) -> None:
    (position,) = admin.client.items("/positions")
    stop = "0001234567.100000000000000001"
    admin.send(f"/positions/{position['id']}/plan", {**WHY, "stop": stop}, method="PATCH")
    ((payload,),) = raw.execute('SELECT payload FROM "Commands"').fetchall()
    assert Decimal(payload["update"]["stop"]) == Decimal(stop)
