"""What the world does wrong has a kind, is tried again where that may help, and never raises."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from decimal import Decimal

import pytest

from autonome.agents.llm.answer import FailureKind
from autonome.agents.llm.settings import Dialect, Endpoint
from autonome.agents.llm.telling import Piece, Told
from autonome.testing.model_server import ModelServer
from autonome.testing.models import (
    Answers,
    Drops,
    Raw,
    Reply,
    Stalls,
    Status,
    Streams,
    huge,
    malformed,
)
from integration.llm.turns import HOLDS, arm, asked, enters, local, pieced, ring, turn


def _to_nobody(_: Piece) -> None:
    """Let the model stream, and hear nothing."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.parametrize("told", [None, _to_nobody], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("reply", "kind", "requests", "retryable"),
    [
        (Status(code=500), FailureKind.SERVER, 4, True),
        (Status(code=503), FailureKind.SERVER, 4, True),
        (Status(code=529), FailureKind.SERVER, 4, True),
        (Status(code=408), FailureKind.SERVER, 4, True),
        (Status(code=429), FailureKind.RATE_LIMIT, 4, True),
        (Status(code=429, headers={"retry-after": "3600"}), FailureKind.RATE_LIMIT, 1, True),
        (Drops(), FailureKind.NETWORK, 4, True),
        (Status(code=402), FailureKind.NO_CREDIT, 1, False),
        (Status(code=401), FailureKind.BAD_KEY, 1, False),
        (Status(code=403), FailureKind.BAD_KEY, 1, False),
        (Status(code=400), FailureKind.REJECTED, 1, False),
        (Status(code=404), FailureKind.REJECTED, 1, False),
        (malformed(), FailureKind.BAD_ANSWER, 2, True),
        (Raw(body=b""), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=()), FailureKind.NETWORK, 4, True),
        (Streams(chunks=pieced("[DONE]")), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced("{")), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced("[" * 100_000)), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced('{"choices": 7}')), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced('{"choices": [{"delta": []}]}')), FailureKind.NETWORK, 4, True),
        (Streams(chunks=pieced('{"choices": [{"delta": 7}]}')), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced({"tool_calls": [7]})), FailureKind.BAD_ANSWER, 2, True),
        (Streams(chunks=pieced({"content": "I"})), FailureKind.NETWORK, 4, True),
        (Streams(chunks=pieced({"content": "I"}), then="drops"), FailureKind.NETWORK, 4, True),
        (Streams(chunks=(b"\x00\xff\n\n" * 50,)), FailureKind.NETWORK, 4, True),
        (Raw(body=b"[]"), FailureKind.BAD_ANSWER, 2, True),
        (Raw(body=b'{"choices": []}'), FailureKind.BAD_ANSWER, 2, True),
        (Raw(body=b'{"choices": [{"message": 7}]}'), FailureKind.BAD_ANSWER, 2, True),
        (Raw(body=b"[" * 100_000), FailureKind.BAD_ANSWER, 2, True),
        (Raw(body=b"<html>busy</html>"), FailureKind.BAD_ANSWER, 2, True),
        (
            Raw(body=b"{}", headers={"content-encoding": "gzip"}),
            FailureKind.BAD_ANSWER,
            1,
            False,
        ),
    ],
)
def test_each_failure_has_a_kind_and_is_tried_again_where_that_may_help(
    reply: Reply, kind: FailureKind, requests: int, retryable: bool, told: Told | None
) -> None:
    answer, server = turn(lambda _: reply, told=told)
    assert answer.failure is not None
    assert answer.failure.kind is kind
    assert answer.failure.retryable is retryable
    assert len(server.requests) == requests
    assert answer.calls == ()
    assert answer.payload["state"] == "FAILED"


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    ("error", "kind", "requests"),
    [
        ({"code": 429, "message": "slow down"}, FailureKind.RATE_LIMIT, 4),
        ({"code": "rate_limit_exceeded", "message": "slow down"}, FailureKind.RATE_LIMIT, 4),
        ({"code": None, "type": "rate_limit_error"}, FailureKind.RATE_LIMIT, 4),
        ({"code": 402, "message": "pay"}, FailureKind.NO_CREDIT, 1),
        ({"code": "insufficient_quota", "message": "pay"}, FailureKind.NO_CREDIT, 1),
        ({"code": 401, "message": "who?"}, FailureKind.BAD_KEY, 1),
        ({"code": 403, "message": "not you"}, FailureKind.BAD_KEY, 1),
        ({"code": "invalid_api_key", "type": "invalid_request_error"}, FailureKind.BAD_KEY, 1),
        ({"code": 400, "type": "BadRequestError", "message": "m"}, FailureKind.REJECTED, 1),
        ({"code": "no_such_size", "type": "invalid_request_error"}, FailureKind.REJECTED, 1),
        ({"code": 408, "message": "late"}, FailureKind.SERVER, 4),
        ({"code": 502, "message": "down"}, FailureKind.SERVER, 4),
        ({"code": "503", "message": "down"}, FailureKind.SERVER, 4),
        ({"code": None, "type": "server_error", "message": "down"}, FailureKind.SERVER, 4),
        ({"code": 7, "message": "an engine died"}, FailureKind.SERVER, 4),
        ("an engine died", FailureKind.SERVER, 4),
    ],
)
def test_an_error_under_status_200_is_what_it_would_have_been_under_its_own(
    error: object, kind: FailureKind, requests: int, is_whole: bool, dialect: Dialect
) -> None:
    body = json.dumps({"error": error})
    chunks = pieced({"content": "I think"}, body)
    reply = Raw(body=body.encode()) if is_whole else Streams(chunks=chunks, then="stalls")
    answer, server = turn(lambda _: reply, dialect=dialect, told=None if is_whole else _to_nobody)
    assert answer.failure is not None
    assert answer.failure.kind is kind
    assert len(server.requests) == requests
    may_cost = kind is FailureKind.SERVER or not is_whole
    assert (answer.spent.tokens > 8_192) is may_cost, "a model may have worked for it"


def test_an_error_under_status_200_is_waited_for_as_long_as_it_says() -> None:
    busy = Raw(body=b'{"error": {"code": 429}}', headers={"retry-after": "3600"})
    answer, server = turn([busy, HOLDS])
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.RATE_LIMIT
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [Status(code=500), Status(code=429), Drops(), malformed()],
    ids=lambda reply: type(reply).__name__,
)
def test_a_failure_that_passes_leaves_a_turn_that_succeeds(reply: Reply) -> None:
    answer, server = turn([reply, HOLDS])
    assert answer.failure is None
    assert len(server.requests) == 2
    assert len(answer.payload["warnings"]) == 1


def test_a_rate_limit_is_waited_for_as_long_as_it_says() -> None:
    started = time.monotonic()
    answer, _ = turn([Status(code=429, headers={"retry-after": "1"}), HOLDS])
    assert answer.failure is None
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("told", [None, _to_nobody], ids=["whole", "streamed"])
def test_an_answer_of_three_megabytes_is_cut_off_while_it_is_read(told: Told | None) -> None:
    answer, server = turn([huge(3_000_000), HOLDS], most_answer_bytes=100_000, told=told)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.BAD_ANSWER
    assert answer.failure.words == "expected an answer of at most 100000 bytes, found more"
    assert answer.response == ""
    assert len(server.requests) == 1


def test_the_limit_holds_for_refusals_too() -> None:
    answer, _ = turn([Status(code=500, message="x" * 2_000_000)])
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.BAD_ANSWER


def test_a_redirect_is_not_followed() -> None:
    elsewhere = {"location": "http://127.0.0.1:9/v1/chat/completions"}
    answer, server = turn([Status(code=307, headers=elsewhere), HOLDS])
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.REJECTED
    assert len(server.requests) == 1


@pytest.mark.anyio
async def test_a_server_that_is_not_there_is_a_network_failure_that_costs_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    endpoint = Endpoint(name="gone", base_url=f"http://127.0.0.1:{port}/v1")
    answer = await asked(arm(endpoint), ring(endpoint=endpoint))
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.NETWORK
    assert answer.spent.tokens == 0


@pytest.mark.parametrize(
    "reply",
    [
        Stalls(),
        Stalls(has_begun=True),
        Answers(text="x" * 3_000, chunk_ms=100),
        Streams(chunks=pieced({"content": "I think"}), then="stalls"),
        Streams(chunks=tuple(bytes([each]) for each in b"data: {" * 9), chunk_ms=100),
    ],
    ids=lambda reply: type(reply).__name__,
)
@pytest.mark.parametrize("told", [None, _to_nobody], ids=["whole", "streamed"])
def test_the_deadline_cancels_the_request_and_the_server_sees_the_client_leave(
    reply: Reply, told: Told | None
) -> None:
    started = time.monotonic()
    with ModelServer([reply]) as server:
        endpoint = local(server)
        settings = arm(endpoint, deadline_ms=400)
        answer = asyncio.run(asked(settings, ring(endpoint=endpoint), told=told))
        assert server.requests[0].was_left.wait(timeout=5)
    assert time.monotonic() - started < 5
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.TIMEOUT
    assert answer.spent.tokens > 8_192, "what it may have cost counts"
    assert answer.tokens == 0
    assert answer.cost == Decimal(0)


def test_what_was_called_before_the_deadline_stays() -> None:
    answer, _ = turn([Answers(calls=(enters(),)), Stalls()], deadline_ms=500)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.TIMEOUT
    assert len(answer.calls) == 1
