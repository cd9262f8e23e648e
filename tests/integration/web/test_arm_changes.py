"""Changes of arms over the API: what is refused, what is on record, and what a preview says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from autonome.domain.policy import policy_for
from autonome.ledger.connection import connect
from autonome.ledger.facts import note_fact
from autonome.ledger.rows import Fact, FactName, TokenScope
from autonome.testing.bookings import NOW
from integration.web.operating import Operator, token
from integration.web.served import Client
from integration.web.test_commands import WHY, waiting

ENDPOINT = {
    "name": "local",
    "baseUrl": "http://127.0.0.1:9/v1",
    "dialect": "openai",
    "keys": ["LOCAL_KEY"],
}
LLM = {"kind": "LLM", "name": "New", "variant": "Apex", "model": "m", "endpoint": "local", **WHY}
RULE = {"kind": "RULE", "name": "New", "variant": "Apex", **WHY}


@pytest.fixture
def raw(small_url: str) -> Iterator[psycopg.Connection]:
    with connect(small_url, autocommit=True) as connection:
        note_fact(connection, Fact(name=FactName.RUN, at=NOW, said={"endpoints": [ENDPOINT]}))
        yield connection


@pytest.fixture
def admin(small_url: str, small: Client, raw: psycopg.Connection) -> Operator:
    return Operator.by_token(small, token(small_url))


@pytest.fixture
def ada(small: Client) -> str:
    return next(arm["id"] for arm in small.items("/arms") if arm["name"] == "Ada")


@pytest.fixture
def hold(small: Client) -> str:
    return next(arm["id"] for arm in small.items("/arms") if arm["name"] == "Hold")


def test_the_policy_of_an_arm_is_shown_with_how_far_it_may_go(small: Client, ada: str) -> None:
    shown = small.get(f"/arms/{ada}/policy")
    assert (shown["name"], shown["version"], shown["title"]) == ("standard", 1, "standard@1")
    assert shown["limits"] == shown["defaults"]
    assert shown["limits"]["maxLeverage"] == "10"
    assert set(shown["limits"]) == set(shown["ranges"])
    assert shown["ranges"]["riskPerTrade"] == {
        "min": "0.0001",
        "max": "0.1",
        "step": "0.0001",
        "unit": "fraction",
        "lessGrantsMore": False,
    }
    [began] = shown["history"]
    assert (began["version"], began["who"], began["limits"]) == (1, "system", shown["limits"])


def test_new_limits_are_on_record_with_how_they_were_and_will_be(
    admin: Operator, raw: psycopg.Connection, ada: str
) -> None:
    body = {"limits": {"maxLeverage": "3"}, "expectedVersion": 1, **WHY}
    answer = admin.send(f"/arms/{ada}/policy", body, method="PUT")
    assert answer.status == 202
    assert [kind for kind, *_ in waiting(raw)] == ["EDIT_POLICY"]
    entry = admin.client.items("/control/log")[0]
    assert (entry["what"], entry["arm"]["id"]) == ("edit_policy", ada)
    assert (entry["before"]["version"], entry["after"]["version"]) == (1, 2)
    assert entry["before"]["limits"]["maxLeverage"] == "10"
    assert entry["after"]["limits"] == {**entry["before"]["limits"], "maxLeverage": "3"}


def sent(admin: Operator, method: str, path: str, body: Any) -> tuple[int, str, str | None]:
    answer = admin.send(path, body, method=method)
    return answer.status, answer.code, answer.json["error"]["field"]


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"maxLeverage": "51"}, "limits.maxLeverage"),
        ({"maxLeverage": "-1"}, "limits.maxLeverage"),
        ({"maxLeverage": "NaN"}, "limits.maxLeverage"),
        ({"maxLeverage": 3}, "limits.maxLeverage"),
        ({"riskPerTrade": "0.2"}, "limits.riskPerTrade"),
        ({"maxPositions": "1.5"}, "limits.maxPositions"),
        ({"nothing": "1"}, "limits.nothing"),
        ("all", "limits"),
        ({}, "limits"),
    ],
)
def test_limits_that_cannot_be_are_refused_by_name(
    admin: Operator, raw: psycopg.Connection, ada: str, limits: Any, field: str
) -> None:
    body = {"limits": limits, "expectedVersion": 1, **WHY}
    assert sent(admin, "PUT", f"/arms/{ada}/policy", body) == (400, "bad-request", field)
    if limits != {}:
        preview = sent(admin, "POST", f"/arms/{ada}/policy/preview", {"limits": limits})
        assert preview == (400, "bad-request", field)
    assert waiting(raw) == []


def test_why_a_model_is_asked_nothing_is_told_as_its_leader_noted_it(
    small: Client, raw: psycopg.Connection, ada: str, hold: str
) -> None:
    why = "there is no key of endpoint 'local' in the environment"
    note_fact(raw, Fact(name=FactName.RUN, at=NOW, said={"unasked": {ada: why}}))
    assert small.get(f"/arms/{ada}")["unaskedReason"] == why
    told = {each["id"]: each["unaskedReason"] for each in small.items("/arms")}
    assert told == {ada: why, hold: None}


def test_a_limit_that_the_policy_does_not_have_is_refused(
    admin: Operator, raw: psycopg.Connection, hold: str
) -> None:
    raw.execute("""UPDATE "Arms" SET policy = 'control' WHERE "modelId" = %s""", [hold])
    shown = admin.client.get(f"/arms/{hold}/policy")
    assert set(shown["limits"]) == {"maxGrossLeverage"}
    body = {"limits": {"maxLeverage": "2"}, "expectedVersion": 1, **WHY}
    found = sent(admin, "PUT", f"/arms/{hold}/policy", body)
    assert found == (400, "bad-request", "limits.maxLeverage")


def test_a_change_of_a_version_that_is_not_in_force_is_refused(admin: Operator, ada: str) -> None:
    body = {"limits": {"maxLeverage": "3"}, "expectedVersion": 2, **WHY}
    found = sent(admin, "PUT", f"/arms/{ada}/policy", body)
    assert found == (409, "version-conflict", "expectedVersion")


def test_versions_on_record_are_in_force_and_cannot_be_changed(
    admin: Operator, raw: psycopg.Connection, ada: str
) -> None:
    sql = """INSERT INTO "ArmPolicies" ("modelId", version, name, limits, at, who)
             VALUES (%s, %s, 'standard', %s, now(), 'token ops-1')"""
    for version, most in ((1, "10"), (2, "4"), (3, "2")):
        raw.execute(sql, [ada, version, json.dumps({"maxLeverage": most})])
    shown = admin.client.get(f"/arms/{ada}/policy")
    assert (shown["version"], shown["title"]) == (3, "standard@1 v3")
    assert (shown["limits"]["maxLeverage"], shown["defaults"]["maxLeverage"]) == ("2", "10")
    assert [each["version"] for each in shown["history"]] == [3, 2, 1]
    listed = [each for each in admin.client.items("/policies") if ada in each["arms"]]
    assert [(each["title"], each["revision"], each["arms"]) for each in listed] == [
        ("standard@1 v3", 3, [ada])
    ]
    for change in ('DELETE FROM "ArmPolicies"', 'UPDATE "ArmPolicies" SET version = 9'):
        with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
            raw.execute(change)


def test_a_preview_needs_no_admin_and_guesses_nothing(
    small_url: str, small: Client, raw: psycopg.Connection, ada: str
) -> None:
    reader = Operator.by_token(small, token(small_url, "reader", TokenScope.READ))
    ((call,),) = raw.execute(
        """SELECT t.id FROM "ToolCalls" t JOIN "Invocations" i ON i.id = t."invocationId"
           WHERE i."modelId" = %s AND t."toolCallType" = 'CREATE_POSITION' LIMIT 1""",
        [ada],
    ).fetchall()
    metadata = {
        "asked": {"action": "create_position", "symbol": "BTC", "side": "LONG"},
        "policy": policy_for.__name__,
        "allowed": {"quantity": 1},
    }
    text = json.dumps(metadata, separators=(",", ":"))
    raw.execute('UPDATE "ToolCalls" SET metadata = %s WHERE id = %s', [text, call])
    answer = reader.send(f"/arms/{ada}/policy/preview", {"limits": {"maxLeverage": "2"}})
    assert answer.status == 200
    counts = {key: each for key, each in answer.json.items() if key != "examples"}
    assert counts == {
        "entries": 1,
        "smaller": 0,
        "denied": 0,
        "larger": 0,
        "unchanged": 0,
        "unknown": 1,
    }
    [example] = answer.json["examples"]
    assert (example["toolCallId"], example["symbol"], example["would"]) == (call, "BTC", None)
    assert "does not hold" in example["reason"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code", "field"),
    [
        ("POST", "/arms", {**LLM, "endpoint": "evil"}, 400, "bad-request", "endpoint"),
        ("POST", "/arms", {**LLM, "key": "sk-1"}, 400, "bad-request", "key"),
        ("POST", "/arms", {**LLM, "keys": ["LOCAL_KEY"]}, 400, "bad-request", "keys"),
        ("POST", "/arms", {**LLM, "name": "Ada"}, 409, "name-taken", "name"),
        ("POST", "/arms", {**LLM, "name": " Eve"}, 400, "bad-request", "name"),
        ("POST", "/arms", {**LLM, "variant": "Nobody"}, 400, "bad-request", "variant"),
        ("POST", "/arms", {**LLM, "temperature": "2.1"}, 400, "bad-request", "temperature"),
        ("POST", "/arms", {**LLM, "mostSteps": 51}, 400, "bad-request", "mostSteps"),
        ("POST", "/arms", {**LLM, "priceIn": "1"}, 400, "bad-request", None),
        ("POST", "/arms", {**LLM, "moneyPerDay": "1"}, 400, "bad-request", None),
        ("POST", "/arms", {**LLM, "capital": "0.00"}, 400, "bad-request", None),
        ("POST", "/arms", {**LLM, "policy": "as-written"}, 400, "bad-request", "policy"),
        ("POST", "/arms", {**LLM, "policy": "control"}, 400, "bad-request", "policy"),
        ("POST", "/arms", {**RULE, "policy": "control"}, 400, "bad-request", "policy"),
        ("POST", "/arms", {**RULE, "model": "m"}, 400, "bad-request", None),
        ("POST", "/arms", {**RULE, "kind": "CONTROL"}, 400, "bad-request", "kind"),
        ("PATCH", "/arms/ADA", WHY, 400, "bad-request", None),
        ("PATCH", "/arms/ADA", {**WHY, "endpoint": "local"}, 400, "bad-request", None),
        ("PATCH", "/arms/ADA", {**WHY, "keys": []}, 400, "bad-request", None),
        (
            "PATCH",
            "/arms/ADA",
            {**WHY, "endpoint": "local", "keys": []},
            400,
            "bad-request",
            "keys",
        ),
        (
            "PATCH",
            "/arms/ADA",
            {**WHY, "endpoint": "local", "keys": ["OTHER_KEY"]},
            400,
            "bad-request",
            "keys",
        ),
        ("PATCH", "/arms/ADA", {**WHY, "model": None}, 400, "bad-request", None),
        ("PATCH", "/arms/ADA", {**WHY, "name": "Eve"}, 400, "bad-request", "name"),
        ("PATCH", "/arms/HOLD", {**WHY, "model": "m"}, 409, "no-model", "id"),
        ("PATCH", "/arms/nobody", {**WHY, "model": "m"}, 404, "unknown-model", "id"),
        ("POST", "/arms/ADA/reset", WHY, 409, "holds-positions", "id"),
        ("POST", "/arms/nobody/reset", WHY, 404, "unknown-model", "id"),
        ("POST", "/arms/nobody/policy/preview", {"limits": {}}, 404, "unknown-model", "id"),
    ],
)
def test_a_mistake_writes_nothing(
    admin: Operator,
    raw: psycopg.Connection,
    ada: str,
    hold: str,
    method: str,
    path: str,
    body: object,
    status: int,
    code: str,
    field: str | None,
) -> None:
    path = path.replace("ADA", ada).replace("HOLD", hold)
    assert sent(admin, method, path, body) == (status, code, field)
    assert waiting(raw) == []


def _edited(admin: Operator, arm: str, **asked: object) -> dict[str, Any]:
    """Return what the log says held before an edit."""
    assert admin.send(f"/arms/{arm}", {**WHY, **asked}, method="PATCH").status == 202
    return dict(admin.client.items("/control/log")[0]["before"])


ASKED = {"deadlineSeconds": 30, "temperature": "0.3", "priceIn": "1", "priceOut": "2"}
ROW = {"deadlineMs": 90_000, "temperature": "0.1"}
NOTED = {"deadlineMs": 45_000, "temperature": "0.2", "priceIn": "0.15", "priceOut": "0.6"}
"""The file says so by now; the row is as old as the arm."""


def test_the_first_edit_of_an_arm_says_what_the_file_said_before(
    admin: Operator, raw: psycopg.Connection, ada: str
) -> None:
    raw.execute("""UPDATE "Arms" SET settings = %s""", [json.dumps(ROW)])
    before = {"deadlineSeconds": 90, "temperature": "0.1", "priceIn": None, "priceOut": None}
    assert _edited(admin, ada, **ASKED) == before  # As far as anybody noted it.
    note_fact(raw, Fact(name=FactName.RUN, at=NOW, said={"models": {ada: NOTED}}))
    assert _edited(admin, ada, **ASKED) == {
        "deadlineSeconds": 45,
        "temperature": "0.2",
        "priceIn": "0.15",
        "priceOut": "0.6",
    }


def test_a_later_edit_says_what_operators_had_set(
    admin: Operator, raw: psycopg.Connection, ada: str
) -> None:
    """The arm's own row, whatever its leader began with."""
    kept = {**ROW, "priceIn": "3", "priceOut": "4", "setBy": "operators"}
    raw.execute("""UPDATE "Arms" SET settings = %s""", [json.dumps(kept)])
    note_fact(raw, Fact(name=FactName.RUN, at=NOW, said={"models": {ada: NOTED}}))
    assert _edited(admin, ada, **ASKED) == {
        "deadlineSeconds": 90,
        "temperature": "0.1",
        "priceIn": "3",
        "priceOut": "4",
    }


def test_what_is_asked_of_an_arm_is_on_record_without_the_names_of_keys(
    admin: Operator, raw: psycopg.Connection, ada: str, hold: str
) -> None:
    body = {**WHY, "endpoint": "local", "keys": ["LOCAL_KEY"], "temperature": None}
    assert admin.send(f"/arms/{ada}", body, method="PATCH").status == 202
    assert admin.send(f"/arms/{hold}/reset", WHY).status == 202
    added = admin.send("/arms", {**LLM, "temperature": "0.7"})
    assert added.status == 202
    add, reset, edit = admin.client.items("/control/log")[:3]
    assert edit["after"] == {"endpoint": "local", "temperature": None}
    assert reset["after"] == {"nav": "10000.00000000"}
    assert add["after"]["name"] == "New"
    assert add["commandId"] == added.json["commandId"]
    told = [admin.client.get(path) for path in ("/control/log", "/endpoints", "/run")]
    assert "LOCAL_KEY" not in json.dumps(told)
    assert told[1]["items"] == [
        {"name": "local", "baseUrl": ENDPOINT["baseUrl"], "dialect": "openai", "keys": 1}
    ]
    whole = admin.client.ask("/api/v1/control/log?format=csv")
    assert whole.status == 200
    assert len(whole.body.splitlines()) == 5  # Names, a token, three commands.
