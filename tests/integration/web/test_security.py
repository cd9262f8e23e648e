"""Attacks and mistakes: hosts, origins, rates, sizes, secrets, paths, a database that is away."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import psycopg
import pytest

from autonome.domain.errors import SettingError
from autonome.web.openapi import openapi_text
from autonome.web.security.headers import HEADERS
from autonome.web.security.limits import LARGEST_BODY, LOOPBACK_RATE, PUBLIC_RATE
from autonome.web.settings import WebSettings
from integration.web.served import LIMIT_S, Client, served

KEY = "sk-a-key-that-nobody-may-see"
SECRET_PATHS = ("prompt", "payload")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8420",
        "evil.example#127.0.0.1",
        "user@127.0.0.1",
        "0.0.0.0",
        "192.168.1.7:8420",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/arms", "/api/v1/events", "/"])
def test_a_foreign_host_is_refused(small: Client, host: str, path: str) -> None:
    answer = small.ask(path, host=host)
    assert (answer.status, answer.code) == (403, "host-not-allowed")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1:1", "[::1]:8420"])
def test_loopback_by_any_name_is_served(small: Client, host: str) -> None:
    assert small.ask("/api/v1/session", host=host).status == 200


def test_two_hosts_are_refused(small: Client) -> None:
    with socket.create_connection(("127.0.0.1", small.port), LIMIT_S) as raw:
        raw.sendall(
            b"GET /api/v1/arms HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n"
            b"Connection: close\r\n\r\n"
        )
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert answer.split(b" ")[1] in (b"400", b"403")
    assert b"Apex" not in answer


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:3000", ""])
def test_a_foreign_origin_is_refused(small: Client, origin: str) -> None:
    answer = small.ask("/api/v1/arms", host="localhost:8420", origin=origin)
    assert (answer.status, answer.code) == (403, "origin-not-allowed")
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_is_refused(small: Client, site: str) -> None:
    assert small.ask("/api/v1/arms", sec_fetch_site=site).code == "origin-not-allowed"


def test_the_own_origin_is_served(small: Client) -> None:
    headers = {"origin": "http://localhost:8420", "sec_fetch_site": "same-origin"}
    assert small.ask("/api/v1/arms", host="localhost:8420", **headers).status == 200


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/api/v1/arms", "localhost"),
        ("/api/v1/nothing", "localhost"),
        ("/api/v1/arms?model=%00", "localhost"),
        ("/", "localhost"),
        ("/api/v1/arms", "evil.example"),
    ],
)
def test_every_answer_has_the_headers(small: Client, path: str, host: str) -> None:
    answer = small.ask(path, host=host)
    assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "*" not in policy


@pytest.mark.parametrize(
    ("path", "status", "code", "field"),
    [
        ("/nothing", 404, "not-found", None),
        ("/arms/nobody", 404, "unknown-model", "id"),
        ("/nav?model=nobody", 404, "unknown-model", "model"),
        ("/trades/nothing", 404, "unknown-trade", "id"),
        ("/invocations/nothing", 404, "unknown-invocation", "id"),
        ("/cycles/nothing", 404, "unknown-cycle", "id"),
        ("/market/DOGE/candles", 404, "unknown-symbol", "symbol"),
        ("/market/BTC/book", 404, "no-book", "symbol"),
        ("/fills?limit=0", 400, "bad-request", "limit"),
        ("/fills?limit=501", 400, "bad-request", "limit"),
        ("/fills?limit=many", 400, "bad-request", "limit"),
        ("/fills?cursor=!", 400, "bad-cursor", "cursor"),
        ("/fills?cursor=MTI", 400, "bad-cursor", "cursor"),
        ("/fills?from=yesterday", 400, "bad-request", "from"),
        ("/fills?from=2025-05-05T00:00:00", 400, "bad-request", "from"),
        ("/fills?from=0001-01-01T00:00:00Z", 400, "bad-request", "from"),
        ("/fills?from=2025-05-05T00:00:01Z&to=2025-05-05T00:00:00Z", 400, "bad-request", "to"),
        ("/nav?from=2025-05-05T00:00:01Z&to=2025-05-05T00:00:00Z", 400, "bad-request", "to"),
        ("/fills?model=%00", 400, "bad-request", "model"),
        ("/fills?variant=Nobody", 400, "bad-request", "variant"),
        ("/orders?status=HALF", 400, "bad-request", "status"),
        ("/trades?varaint=Apex", 400, "unknown-parameter", "query"),
        ("/arms?limit=2", 400, "unknown-parameter", "query"),
        ("/nav?format=csv", 400, "unknown-parameter", "query"),
        ("/market/BTC/candles?timeframe=2m", 400, "bad-request", "timeframe"),
    ],
)
def test_a_mistake_is_told_in_the_one_shape(
    small: Client, path: str, status: int, code: str, field: str | None
) -> None:
    answer = small.ask(f"/api/v1{path}")
    assert (answer.status, answer.code) == (status, code)
    assert answer.json["error"]["field"] == field


def test_another_method_is_told_in_the_one_shape(small: Client) -> None:
    answer = small.ask("/api/v1/arms", method="DELETE")
    assert (answer.status, answer.code) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(small: Client) -> None:
    length = str(LARGEST_BODY + 1)
    with socket.create_connection(("127.0.0.1", small.port), LIMIT_S) as raw:
        head = f"POST /api/v1/arms HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
        raw.sendall(head.encode())
        assert raw.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_who_asks_too_often_is_told_when_to_come_again(small_url: str) -> None:
    with served(small_url, WebSettings(is_public=True)) as client:
        answers = [client.ask("/api/v1/session") for _ in range(PUBLIC_RATE.at_once + 200)]
    refused = [each for each in answers if each.status == 429]
    assert refused
    assert refused[0].code == "too-many-requests"
    assert int(refused[0].headers["retry-after"]) >= 1
    assert all(each.status == 200 for each in answers[: PUBLIC_RATE.at_once])
    assert LOOPBACK_RATE.at_once > 1_000


def test_the_public_sees_no_prompt_unless_they_are_released(small_url: str) -> None:
    with served(small_url, WebSettings(is_public=True)) as client:
        invocation = client.items("/invocations")[0]["id"]
        for path in SECRET_PATHS:
            hidden = client.ask(f"/api/v1/invocations/{invocation}/{path}")
            assert (hidden.status, hidden.code) == (403, "not-released")
        assert client.get("/session")["seesPrompts"] is False
    with served(small_url, WebSettings(is_public=True, releases_prompts=True)) as client:
        for path in SECRET_PATHS:
            answer = client.ask(f"/api/v1/invocations/{invocation}/{path}")
            assert answer.status == 200
            assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_another_address_than_loopback_needs_a_guard(host: str) -> None:
    with pytest.raises(SettingError, match="expected a loopback address"):
        WebSettings(host=host)
    assert WebSettings(host=host, is_public=True).is_public


def test_no_key_is_ever_answered(small_url: str, small: Client) -> None:
    """Neither the seed's column for keys, nor what another client put into an arm's settings."""
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute('UPDATE "Models" SET "lighterApiKey" = %s', [KEY])
        settings = {"apiKey": KEY, "tokensPerDay": 7, "deep": [{"client_secret": KEY}]}
        raw.execute('UPDATE "Arms" SET settings = %s', [json.dumps(settings)])
    # The stream does not end; what may stand in its table, a test of the whole arena looks for.
    paths = {
        path
        for path, methods in json.loads(openapi_text())["paths"].items()
        if "get" in methods and path != "/api/v1/events"
    }
    asked = [path.removeprefix("/api/v1") for path in paths if "{" not in path]
    assert len(asked) > 15
    for path in asked:
        assert KEY not in json.dumps(small.get(path))
    arm = small.items("/arms")[0]
    assert arm["settings"] == {"tokensPerDay": 7, "deep": [{}]}
    assert not re.search("lighter", json.dumps(arm), re.IGNORECASE)


def test_a_database_that_is_away_is_said_without_its_address() -> None:
    url = "postgresql://somebody:hidden@127.0.0.1:1/nowhere"
    with served(url) as client:
        answer = client.ask("/api/v1/arms")
        assert (answer.status, answer.code) == (503, "database-unavailable")
        assert "retry-after" in answer.headers
        assert b"hidden" not in answer.body
        assert b"somebody" not in answer.body
        assert client.get("/health")["status"] == "down"


def test_pages_are_files_of_the_dashboard_and_nothing_outside_of_it(
    small_url: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(KEY)
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("the page")
    (dist / "assets" / "a-1b2c.js").write_text("1")
    with served(small_url, WebSettings(dist=dist)) as client:
        for path in ("/", "/arms/some", "/index.html"):
            page = client.ask(path)
            assert (page.status, page.body) == (200, b"the page")
            assert page.headers["cache-control"] == "no-cache"
        script = client.ask("/assets/a-1b2c.js")
        assert "immutable" in script.headers["cache-control"]
        assert client.ask("/assets/gone.js").status == 404
        for path in ("/../secret", "/..%2fsecret", "/%2e%2e/secret", "/assets/..%2f..%2fsecret"):
            assert KEY.encode() not in client.ask(path).body


def test_without_a_built_dashboard_the_page_says_how_to_build_it(
    small_url: str, tmp_path: Path
) -> None:
    with served(small_url, WebSettings(dist=tmp_path / "none")) as client:
        page = client.ask("/")
        assert b"make dashboard" in page.body
        assert client.ask("/api/v1/arms").status == 200
