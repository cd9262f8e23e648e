"""Tokens and sessions: who is let in, who is not, and that no secret comes out again."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie

import psycopg
import pytest

from autonome.domain.errors import SettingError
from autonome.ledger import tokens
from autonome.ledger.connection import connect
from autonome.ledger.rows import TokenScope
from autonome.ledger.tokens import create_token, revoke_token
from autonome.testing.bookings import NOW
from autonome.web.settings import WebSettings
from autonome.web.visitor import COOKIE
from integration.web.operating import Operator, token
from integration.web.served import LIMIT_S, Answer, Client, served

WHY = {"reason": "a test"}
WRITES = (
    ("POST", "/control/halt"),
    ("POST", "/control/resume"),
    ("POST", "/control/flatten"),
    ("POST", "/arms"),
    ("PATCH", "/arms/any"),
    ("PUT", "/arms/any/policy"),
    ("POST", "/arms/any/reset"),
    ("POST", "/arms/any/enable"),
    ("POST", "/arms/any/disable"),
    ("POST", "/positions/any/close"),
    ("PATCH", "/positions/any/plan"),
)


def sign_in(client: Client, text: str, **headers: str) -> Answer:
    return Operator(client, {}).send("/session", {"token": text}, **headers)


def page_of(client: Client, answer: Answer) -> Operator:
    """Return our own page with the cookie of an answer."""
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    origin = f"http://127.0.0.1:{client.port}"
    return Operator(
        client,
        {
            "cookie": f"{COOKIE}={cookie.value}",
            "origin": origin,
            "x_autonome_control": "1",
            "sec_fetch_site": "same-origin",
        },
    )


def commands(url: str) -> int:
    with psycopg.connect(url) as raw:
        ((count,),) = raw.execute('SELECT count(*) FROM "Commands"').fetchall()
    return int(count)


def revoke(url: str, name: str) -> None:
    with connect(url, autocommit=True) as raw:
        assert revoke_token(raw, name, at=NOW, who="cli test")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_write_without_a_token_is_refused(small: Client, method: str, path: str) -> None:
    answer = Operator(small, {}).send(path, WHY, method=method)
    assert (answer.status, answer.code) == (401, "token-needed")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_token_that_may_read_may_not_write(
    small_url: str, small: Client, method: str, path: str
) -> None:
    reader = Operator.by_token(small, token(small_url, "eyes", TokenScope.READ))
    answer = reader.send(path, WHY, method=method)
    assert (answer.status, answer.code) == (403, "not-admin")
    assert commands(small_url) == 0


def wrong_tokens(text: str) -> list[str]:
    head, secret = text.rsplit("_", 1) if text[-44] == "_" else (text[:-44], text[-43:])
    other = "A" if secret[0] != "A" else "B"
    return ["", "x", text[:-1], f"{text}A", f"{head}_{other}{secret[1:]}", "autonome_" + "0" * 36]


def test_a_wrong_token_is_refused_for_reads_and_writes(small_url: str, small: Client) -> None:
    for text in wrong_tokens(token(small_url)):
        wrong = Operator.by_token(small, text)
        for answer in (
            wrong.send("/control/halt", WHY),
            wrong.send("/arms", method="GET"),
            sign_in(small, text),
        ):
            assert (answer.status, answer.code) == (401, "bad-token"), text
    assert commands(small_url) == 0


def test_a_token_that_was_revoked_is_refused_at_once(small_url: str, small: Client) -> None:
    text = token(small_url)
    admin = Operator.by_token(small, text)
    assert admin.send("/control/halt", WHY).status == 202
    revoke(small_url, "ops-1")
    assert admin.send("/control/halt", WHY).code == "bad-token"
    assert sign_in(small, text).code == "bad-token"
    assert commands(small_url) == 1


def test_secrets_are_compared_in_a_time_that_tells_nothing(
    small_url: str, small: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both hashes that are compared have the same length, and go to the standard comparison."""
    compared: list[tuple[int, int]] = []
    compare = tokens.hmac.compare_digest

    def watched(first: str, second: str) -> bool:
        compared.append((len(first), len(second)))
        return compare(first, second)

    monkeypatch.setattr(tokens.hmac, "compare_digest", watched)
    text = token(small_url)
    assert Operator.by_token(small, text).send("/arms", method="GET").status == 200
    assert compared == [(64, 64)]


def test_a_session_is_a_cookie_that_scripts_and_other_pages_cannot_use(
    small_url: str, small: Client
) -> None:
    answer = sign_in(small, token(small_url))
    assert answer.status == 200
    assert answer.json["scope"] == "admin"
    assert answer.json["name"] == "ops-1"
    words = answer.headers["set-cookie"]
    assert "; HttpOnly" in words
    assert "; SameSite=strict" in words
    assert "; Path=/api" in words
    assert f"; Max-Age={12 * 3600};" in words
    assert "Domain" not in words
    assert "Secure" not in words
    page = page_of(small, answer)
    assert page.send("/session", method="GET").json["scope"] == "admin"
    assert page.send("/control/halt", WHY).status == 202
    assert small.items("/control/log")[0]["who"] == "token ops-1"


def test_behind_tls_the_cookie_goes_over_tls_alone(small_url: str) -> None:
    settings = WebSettings(allowed_hosts=("arena.example",))
    with served(small_url, settings) as client:
        headers = {"host": "arena.example", "origin": "https://arena.example"}
        answer = sign_in(client, token(small_url), **headers)
        assert "; Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("x_autonome_control", "not-own-page"),
        ("origin", "not-own-page"),
        ("cookie", "token-needed"),
    ],
)
def test_a_sessions_write_needs_all_that_only_our_page_sends(
    small_url: str, small: Client, left_out: str, code: str
) -> None:
    page = page_of(small, sign_in(small, token(small_url)))
    headers = {name: text for name, text in page.headers.items() if name != left_out}
    assert Operator(small, headers).send("/control/halt", WHY).code == code
    assert commands(small_url) == 0


@pytest.mark.parametrize(
    ("method", "path"), [*WRITES, ("POST", "/session"), ("DELETE", "/session")]
)
@pytest.mark.parametrize(
    ("header", "found", "code"),
    [
        ("origin", "https://evil.example", "origin-not-allowed"),
        ("origin", "null", "origin-not-allowed"),
        ("sec_fetch_site", "cross-site", "origin-not-allowed"),
        ("host", "evil.example", "host-not-allowed"),
    ],
)
def test_another_page_can_write_nothing(
    small_url: str, small: Client, method: str, path: str, header: str, found: str, code: str
) -> None:
    page = page_of(small, sign_in(small, token(small_url)))
    forged = Operator(small, {**page.headers, header: found})
    answer = forged.send(path, WHY, method=method)
    assert (answer.status, answer.code) == (403, code)
    assert commands(small_url) == 0


def test_a_form_of_another_page_is_no_json(small_url: str, small: Client) -> None:
    """What a page may send elsewhere without asking first has no type of JSON."""
    text = token(small_url)
    answer = small.ask(
        "/api/v1/session",
        method="POST",
        body=json.dumps({"token": text}).encode(),
        content_type="text/plain",
    )
    assert answer.status == 400
    assert text not in answer.body.decode()


def test_a_session_ends_when_it_is_ended(small_url: str, small: Client) -> None:
    page = page_of(small, sign_in(small, token(small_url)))
    ended = page.send("/session", method="DELETE")
    assert ended.status == 204
    assert "Max-Age=0" in ended.headers["set-cookie"]
    assert page.send("/session", method="GET").json["name"] is None
    assert page.send("/control/halt", WHY).code == "token-needed"


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_session_ends_with_its_token_and_its_time(
    small_url: str, small: Client, how: str
) -> None:
    page = page_of(small, sign_in(small, token(small_url)))
    if how == "revoked":
        revoke(small_url, "ops-1")
    else:
        with psycopg.connect(small_url, autocommit=True) as raw:
            raw.execute("""UPDATE "Sessions" SET "expiresAt" = now() AT TIME ZONE 'UTC'""")
    assert page.send("/session", method="GET").json["name"] is None
    assert page.send("/control/halt", WHY).code == "token-needed"


def test_where_reading_needs_a_token_nobody_reads_without(small_url: str) -> None:
    with served(small_url, WebSettings(requires_token=True)) as client:
        for path in ("/arms", "/positions", "/events", "/health", "/control/log", "/arenas"):
            answer = client.ask(f"/api/v1{path}")
            assert (answer.status, answer.code) == (401, "token-needed"), path
        assert client.get("/session")["scope"] == "none"
        text = token(small_url, "eyes", TokenScope.READ)
        assert Operator.by_token(client, text).send("/arms", method="GET").status == 200
        page = page_of(client, sign_in(client, text))
        assert page.send("/arms", method="GET").status == 200


def test_the_public_commands_nothing_whatever_it_shows(small_url: str) -> None:
    text = token(small_url)
    with served(small_url, WebSettings(is_public=True)) as client:
        answer = Operator.by_token(client, text).send("/control/halt", WHY)
        assert (answer.status, answer.code) == (403, "read-only")
        assert sign_in(client, text).json["scope"] == "read"
    assert commands(small_url) == 0


def test_no_token_is_kept_told_or_logged(
    small_url: str, small: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = token(small_url)
    signed = sign_in(small, text)
    cookie = SimpleCookie(signed.headers["set-cookie"])[COOKIE].value
    secrets = [text[-43:], cookie[-43:]]
    admin, page = Operator.by_token(small, text), page_of(small, signed)
    answers = [
        signed,
        admin.send("/control/halt", WHY),
        page.send("/control/halt", WHY),
        page.send("/session", method="GET"),
        admin.send("/control/log", method="GET"),
        Operator(small, {}).send("/session", {"token": [text]}),
        Operator(small, {}).send("/session", {"tokens": text}),
        Operator(small, {}).send("/session", text),
        sign_in(small, f"{text}{text}{text}"),
        Operator.by_token(small, f"{text} {text}").send("/arms", method="GET"),
    ]
    with psycopg.connect(small_url) as raw:
        kept = [
            row
            for table in ("Tokens", "Sessions", "ControlLog", "Commands")
            for row in raw.execute(f'SELECT t::text FROM "{table}" t').fetchall()
        ]
    for secret in secrets:
        assert all(secret not in answer.body.decode() for answer in answers)
        assert secret not in caplog.text
        assert secret not in str(kept)
    hashes = [row[0] for row in psycopg.connect(small_url).execute('SELECT hash FROM "Tokens"')]
    told = " ".join(answer.body.decode() for answer in answers)
    assert all(each not in told for each in hashes)


def test_a_name_belongs_to_one_token_for_ever(small_url: str) -> None:
    token_of_old = token(small_url)
    assert token_of_old.startswith("autonome_")
    revoke(small_url, "ops-1")
    with connect(small_url, autocommit=True) as raw:
        assert not revoke_token(raw, "ops-1", at=NOW, who="cli test")
        for name in ("ops-1", "", "a b", "ö", "x" * 64):
            with pytest.raises(SettingError, match="expected a"):
                create_token(raw, name, TokenScope.READ, at=NOW, who="cli test")
        with pytest.raises(SettingError, match="expected the name of a token"):
            revoke_token(raw, "nobody", at=NOW, who="cli test")


def test_the_use_of_a_token_is_noted(small_url: str, small: Client) -> None:
    text = token(small_url)
    for _ in range(2):
        assert Operator.by_token(small, text).send("/arms", method="GET").status == 200
    with psycopg.connect(small_url) as raw:
        ((is_noted,),) = raw.execute('SELECT "lastUsedAt" IS NOT NULL FROM "Tokens"').fetchall()
    assert is_noted


def test_an_arena_of_an_older_version_knows_nobody_and_can_still_be_read(
    small_url: str, small: Client
) -> None:
    text = token(small_url)
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute('DROP TABLE "Sessions", "Tokens"')
    assert Operator.by_token(small, text).send("/arms", method="GET").code == "bad-token"
    assert small.ask("/api/v1/arms", cookie=f"{COOKIE}={text[9:]}").status == 200


@contextmanager
def streaming(client: Client, **headers: str) -> Iterator[HTTPResponse]:
    """Open a stream of events, whose reader is looked after ten times a second."""
    client.app.state.passes.every_s = 0.1
    connection = HTTPConnection("127.0.0.1", client.port, timeout=LIMIT_S)
    connection.request(
        "GET", "/api/v1/events", headers={name.replace("_", "-"): headers[name] for name in headers}
    )
    try:
        answer = connection.getresponse()
        assert answer.status == 200
        answer.readline()
        yield answer
    finally:
        connection.close()


@pytest.mark.parametrize("asks_for_token", [False, True])
def test_an_open_stream_ends_when_its_token_is_revoked(
    small_url: str, asks_for_token: bool
) -> None:
    by_token = {"authorization": f"Bearer {token(small_url)}"}
    kept = {"authorization": f"Bearer {token(small_url, 'ops-2')}"}
    with served(small_url, WebSettings(requires_token=asks_for_token)) as client:
        with streaming(client, **kept) as other, streaming(client, **by_token) as answer:
            revoke(small_url, "ops-1")
            assert answer.read().endswith(b"\n")
            assert not other.closed
            revoke(small_url, "ops-2")
            other.read()


@pytest.mark.parametrize("end", ["sign out", "expire", "revoke"])
def test_an_open_stream_ends_with_its_session(small_url: str, small: Client, end: str) -> None:
    page = page_of(small, sign_in(small, token(small_url)))
    with streaming(small, cookie=page.headers["cookie"]) as answer:
        if end == "sign out":
            assert page.send("/session", method="DELETE").status < 300
        elif end == "expire":
            with psycopg.connect(small_url, autocommit=True) as raw:
                raw.execute("""UPDATE "Sessions" SET "expiresAt" = now() - interval '1 s'""")
        else:
            revoke(small_url, "ops-1")
        answer.read()
