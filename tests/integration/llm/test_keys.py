"""Keys: taken in turn, set aside when they fail, sent to their own host alone, written nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from autonome.agents.llm.answer import Answer, FailureKind
from autonome.agents.llm.keys import KeyRing
from autonome.ledger.types import json_dumps
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Call, Raw, Reply, Status
from integration.llm.turns import HOLDS, KEY, arm, asked, enters, local, ring, turn

FIRST, SECOND, THIRD = "sk-first-key-1", "sk-second-key-2", "sk-third-key-3"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_keys_take_turns_from_request_to_request() -> None:
    steps = [Answers(calls=(enters(leverage=9),))] * 3
    _, server = turn([*steps, HOLDS], secrets=(FIRST, SECOND, THIRD))
    assert [request.key for request in server.requests] == [FIRST, SECOND, THIRD, FIRST]


@pytest.mark.parametrize(
    ("status", "kind"), [(402, FailureKind.NO_CREDIT), (401, FailureKind.BAD_KEY)]
)
def test_a_key_that_is_refused_gives_way_to_the_next_and_is_not_used_again(
    status: int, kind: FailureKind
) -> None:
    def script(request: Asked) -> Reply:
        if request.key == FIRST:
            return Status(code=status)
        return HOLDS if request.number > 1 else Answers(calls=(enters(leverage=9),))

    answer, server = turn(script, secrets=(FIRST, SECOND))
    assert answer.failure is None
    assert [request.key for request in server.requests] == [FIRST, SECOND, SECOND]
    (warning,) = answer.payload["warnings"]
    assert warning.startswith("local#1 was set aside")


def test_a_turn_fails_when_no_key_is_left() -> None:
    answer, server = turn(lambda _: Status(code=402), secrets=(FIRST, SECOND, THIRD))
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.NO_CREDIT
    assert len(server.requests) == 3


@pytest.mark.anyio
async def test_an_exhausted_endpoint_is_not_asked_by_the_next_turn() -> None:
    with ModelServer(lambda _: Status(code=402)) as server:
        endpoint = local(server)
        keys = ring(FIRST, endpoint=endpoint)
        await asked(arm(endpoint), keys)
        answer = await asked(arm(endpoint), keys)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.NO_CREDIT
    assert len(server.requests) == 1


@pytest.mark.anyio
async def test_an_only_key_that_is_called_bad_once_is_tried_again_after_a_minute() -> None:
    now = 0.0
    script = [Status(code=401), HOLDS, Status(code=401), HOLDS]
    with ModelServer(script) as server:
        endpoint = local(server)
        keys = KeyRing(clock=lambda: now)
        keys.add(endpoint, [KEY])
        requests = []
        for seconds in (0.0, 59.0, 60.0, 61.0, 120.0, 121.0):
            now = seconds
            await asked(arm(endpoint), keys)
            requests.append(len(server.requests))
    # The second pause is a minute again, since the key was good in between.
    assert requests == [1, 1, 2, 3, 3, 4]


@pytest.mark.anyio
async def test_a_key_is_never_sent_to_another_host() -> None:
    with ModelServer([HOLDS]) as own, ModelServer([HOLDS]) as other:
        keys = ring(KEY, endpoint=local(own))
        answer = await asked(arm(local(other)), keys)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.BAD_KEY
    assert other.requests == []


def test_an_endpoint_without_keys_gets_no_authorization() -> None:
    answer, server = turn([HOLDS], secrets=())
    assert answer.failure is None
    assert "authorization" not in server.requests[0].headers


def test_headers_of_the_environment_that_are_meant_for_another_host_stay_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-host")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: s3cret\nAuthorization: Bearer s3cret")
    _, server = turn([HOLDS])
    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "s3cret" not in str(headers)
    assert "org-1" not in str(headers)


def _told(answer: Answer, server: ModelServer) -> Iterator[str]:
    yield json_dumps(answer.payload)
    yield repr(answer)
    yield str(answer.failure)


@pytest.mark.parametrize(
    "reply",
    [
        Status(code=401, message=f"Incorrect API key provided: {KEY}"),
        Status(code=402, message=f"no credit on {KEY}"),
        Status(code=400, message=f"bad header Bearer {KEY}"),
        Answers(text=f"your key is {KEY}"),
        Answers(calls=(Call(name="holding", arguments={"reason": f"{KEY}"}),)),
        Answers(calls=(Call(name=KEY, arguments=KEY),)),
        Raw(body=KEY.encode()),
    ],
    ids=lambda reply: type(reply).__name__,
)
def test_a_key_that_the_endpoint_repeats_is_kept_nowhere(
    reply: Reply, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer, server = turn([reply, HOLDS])
    assert server.requests[0].key == KEY
    printed = capfd.readouterr()
    for text in (*_told(answer, server), caplog.text, printed.out, printed.err):
        assert KEY not in text


def test_a_ring_and_its_keys_print_no_secret() -> None:
    with ModelServer([]) as server:
        keys = ring(KEY, endpoint=local(server))
        key = keys.take(local(server))
    assert KEY not in f"{keys!r} {key!r} {vars(keys)!r}"
