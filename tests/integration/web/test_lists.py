"""Lists: pages without gaps or doubles, filters, answers that are kept, arenas by name."""

from __future__ import annotations

import time

import psycopg
import pytest

from autonome.ledger.connection import connect
from autonome.web.answers import Answers
from integration import small_arena
from integration.web.served import Client, served

LIMIT_S = 20
FILLS = """
INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity, price, fee,
                     liquidity, "filledAt")
SELECT %(batch)s || n, o.id, o."modelId", o.symbol, %(batch)s || n, 'BUY', 1, 1, 0, 'TAKER',
       '2025-06-01'::timestamp + (n / 3) * interval '1 second' + %(later)s * interval '1 hour'
FROM generate_series(1, %(count)s) n, (SELECT * FROM "Orders" WHERE status = 'OPEN' LIMIT 1) o
"""


def test_pages_have_no_gaps_and_no_doubles_while_rows_are_added(
    small_url: str, small: Client
) -> None:
    """Three fills share each instant, so that pages end between equals."""
    with connect(small_url, autocommit=True) as raw:
        raw.execute(FILLS, {"batch": "a", "later": 0, "count": 50})
        seen: list[str] = []
        cursor, rounds = "", 0
        while True:
            page = small.get(f"/fills?limit=7{cursor}")
            assert len(page["items"]) <= 7
            seen += [each["id"] for each in page["items"]]
            raw.execute(FILLS, {"batch": f"b{rounds}-", "later": 1, "count": 5})
            rounds += 1
            if page["nextCursor"] is None:
                break
            cursor = f"&cursor={page['nextCursor']}"
    assert len(seen) == len(set(seen)) == 55
    assert {f"a{n}" for n in range(1, 51)} <= set(seen)


@pytest.mark.parametrize("path", ["orders", "intents", "payments", "invocations", "trades"])
def test_each_list_comes_whole_by_pages_of_one(small: Client, path: str) -> None:
    whole = small.items(f"/{path}")
    assert whole
    paged, cursor = [], ""
    while True:
        page = small.get(f"/{path}?limit=1{cursor}")
        paged += page["items"]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert paged == whole


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("/orders", 3),
        ("/orders?kind=CONTROL", 1),
        ("/orders?kind=CONTROL&kind=LLM", 3),
        ("/orders?symbol=ETH", 1),
        ("/orders?status=OPEN", 1),
        ("/orders?model=nobody", 0),
        ("/orders?to=2025-05-05T12:30:15.250Z", 0),
        ("/orders?from=2025-05-05T12:30:15.250Z", 3),
        ("/orders?from=2025-05-05T14:30:15.250%2B02:00", 3),
        ("/payments?paymentKind=FUNDING", 2),
        ("/payments?paymentKind=DEPOSIT", 0),
        ("/intents?status=FILLED", 5),
        ("/invocations?status=FAILED", 0),
        ("/failures", 0),
    ],
)
def test_a_filter_leaves_in_what_it_says(small: Client, query: str, count: int) -> None:
    assert len(small.items(query)) == count


def test_failures_of_every_kind_are_in_one_list(small_url: str, small: Client) -> None:
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute("""
            UPDATE "Invocations" SET "responsePayload" = '{"state": "FAILED",
                "failure": {"kind": "TIMEOUT", "words": "too slow"}}';
            UPDATE "ToolCalls" SET metadata =
                '{"denied":{"rule":"cooldown","reason":"not before noon"}}';
            UPDATE "Arms" SET "haltedReason" = 'asked for' WHERE kind = 'CONTROL';
            UPDATE "Intents" SET state = 'REJECTED', reason = 'no' WHERE symbol = 'ETH';
        """)
    found = small.get("/failures?limit=100")
    assert found["counts"] == {
        "MISSED": 0,
        "FAILED": 3,
        "DENIED": 3,
        "UNUSABLE": 0,
        "REJECTED": 1,
        "HALTED": 1,
    }
    assert len(found["items"]) == 8
    (denied, *_) = small.items("/failures?failure=DENIED")
    assert (denied["rule"], denied["words"]) == ("cooldown", "not before noon")


def test_an_answer_has_an_etag_until_the_arena_changes(small_url: str, small: Client) -> None:
    first = small.ask("/api/v1/arms")
    again = small.ask("/api/v1/arms", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute('UPDATE "Models" SET "invocationCount" = "invocationCount" + 1')
    changed = small.ask("/api/v1/arms", if_none_match=first.headers["etag"])
    assert changed.status == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_heavy_answer_is_kept_for_seconds_until_something_is_told(
    small_url: str, small: Client
) -> None:
    """On a live market the book is noted each second, and models speak: no NAV moves by that."""
    now_s = 0.0
    small.app.state.answers = Answers(clock=lambda: now_s)

    def names(path: str) -> set[str]:
        return {each["arm"]["name"] for each in small.items(path)}

    def write(name: str, kind: str | None) -> None:
        """Rename an arm, which tells whether an answer was made anew, and tell an event."""
        with psycopg.connect(small_url, autocommit=True) as raw:
            raw.execute(
                """INSERT INTO "Facts" VALUES ('market', now(), '{}')
                   ON CONFLICT (name) DO UPDATE SET at = now()"""
            )
            raw.execute("""UPDATE "Models" SET name = %s WHERE name <> 'Hold'""", [name])
            if kind is not None:
                raw.execute(
                    """INSERT INTO "Events" (at, kind, payload) VALUES (now(), %s, '{}')""", [kind]
                )

    small.get("/leaderboard")  # Measured, so that the next one is of the same measuring.
    for path in ("/leaderboard", "/nav"):
        write("first", "nav")
        assert names(path) == {"first", "Hold"}
        write("second", "text")
        now_s += 4.9
        assert names(path) == {"first", "Hold"}
        assert "second" in {each["name"] for each in small.items("/arms")}  # No heavy answer.
        write("third", "trade")
        assert names(path) == {"third", "Hold"}
        write("fourth", None)
        now_s += 5
        assert names(path) == {"fourth", "Hold"}


def test_an_arena_that_tells_nothing_has_no_answer_kept_beyond_its_state(
    small_url: str, small: Client
) -> None:
    assert small.items("/nav")
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute("""UPDATE "Models" SET name = 'Eve' WHERE name = 'Ada'""")
    assert {each["arm"]["name"] for each in small.items("/nav")} == {"Eve", "Hold"}


def test_arenas_are_chosen_by_name(small_url: str) -> None:
    small_arena.write(small_url, "replayed")
    with served(small_url) as client:
        modes = {each["name"]: (each["mode"], each["running"]) for each in client.items("/arenas")}
        assert modes == {"public": ("PAPER", False), "replayed": ("REPLAY", False)}
        assert client.get("/run?arena=replayed")["mode"] == "REPLAY"
        checks = {each["name"]: each for each in client.get("/health?arena=replayed")["checks"]}
        assert checks["minutes"]["words"] == "A replay is complete."
        # Those who wrote it gave its position no stop at the venue.
        assert checks["stops"]["status"] == "degraded"
        assert len(client.items("/orders?arena=replayed")) == 3
        missing = client.ask("/api/v1/orders?arena=nobody")
        assert (missing.status, missing.code) == (404, "unknown-arena")
        odd = client.ask("/api/v1/orders?arena=No%20body")
        assert (odd.status, odd.code) == (400, "bad-request")


def test_who_leads_an_arena_runs_it(small_url: str, small: Client) -> None:
    from autonome.ledger.leadership import leading

    assert not small.get("/run")["running"]
    with leading(small_url, "public"):
        assert small.get("/run")["running"]
        assert small.items("/arenas")[0]["running"]
    # The server lets go of what a session held once it notices that the session has gone.
    ends_at = time.monotonic() + LIMIT_S
    while small.get("/run")["running"]:
        assert time.monotonic() < ends_at


def test_a_control_counts_for_no_variant_though_its_row_has_one(small: Client) -> None:
    arms = {each["name"]: each["variant"] for each in small.items("/arms")}
    assert arms == {"Ada": "Apex", "Hold": None}
    assert small.items("/arms?variant=Sovereign") == []
    assert small.items("/fills?variant=Sovereign") == []
    assert {each["arm"]["variant"] for each in small.items("/fills?variant=Apex")} == {"Apex"}
    assert "Hold" in {each["arm"]["name"] for each in small.items("/fills")}


def test_limits_of_policies_have_the_names_that_changes_of_them_have(small: Client) -> None:
    for policy in small.items("/policies"):
        assert policy["limits"]
        assert not [name for name in policy["limits"] if "_" in name]
