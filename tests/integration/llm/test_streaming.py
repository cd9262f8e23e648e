"""A model is heard while it speaks, and what is kept of its turn is the same to the byte."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import pytest

from autonome.agents.llm.answer import Answer, FailureKind
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.settings import Dialect, Endpoint, Price
from autonome.agents.llm.telling import Piece
from autonome.agents.prompts import Prompt
from autonome.ledger.types import json_dumps
from autonome.testing.model_server import Asked, ModelServer, Script
from autonome.testing.models import (
    Answers,
    Call,
    Raw,
    Reply,
    Status,
    Streams,
    huge,
    nasty_model,
    unprintable,
)
from integration.llm.turns import HOLDS, KEY, arm, asked, enters, pieced, ring, turn

LONG = "The market is calm, and ETH is weaker than BTC. 🙂 " * 40
MARKET = "<market>\n[BTC] mark 60000.5 | 24h +1 %\n\n[ETH] mark 3000 | 24h -1 %\n</market>"


def both(script: Script, **other: Any) -> tuple[Answer, Answer, list[Piece]]:
    """Return what comes of a turn that is asked for whole, and of one that streams."""
    pieces: list[Piece] = []
    whole, server = turn(script, **other)
    streamed, streaming = turn(script, told=pieces.append, **other)
    assert not server.requests[0].body["stream"]
    assert streaming.requests[0].body["stream"] is True
    assert streaming.requests[0].body["stream_options"] == {"include_usage": True}
    return whole, streamed, pieces


def kept(answer: Answer) -> str:
    """Return all that is kept of a turn, but how long its steps took."""
    payload: dict[str, Any] = json.loads(json_dumps(answer.payload))
    for step in payload["steps"]:
        del step["ms"]
    rest = (answer.response, answer.calls, answer.cost, answer.tokens, answer.spent)
    return json.dumps(payload) + repr(rest) + repr(answer.failure)


def words(pieces: list[Piece], step: int) -> str:
    """Return what a reader has who puts the pieces of a step together as they say."""
    text = ""
    for piece in pieces:
        if piece.step == step:
            assert piece.start <= len(text)
            text = text[: piece.start] + piece.text
    return text


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize(
    "script",
    [
        [HOLDS],
        [Answers(text=LONG, calls=(enters(), enters(symbol="ETH"))), HOLDS],
        [Answers(text=LONG, reasoning="hm " * 90, calls=(enters(),)), Answers(text="Done.")],
        [Answers(text="  spaces around  \n")],
        [Answers(text="No count.", reports_usage=False)],
        [Answers(text="Dear.", cost=Decimal("0.12345678"), tokens=(1_234, 56))],
        [Answers(text="Absurd.", cost="1e99", tokens=(-1, 5)), HOLDS],
        [Answers(text="Cut", finish_reason="length"), HOLDS],
        [Answers(calls=(Call(name="create_position", arguments='{"symbol": "BT'),)), HOLDS],
        [Answers(calls=(Call(name="no tool\n", arguments="[1"), Call(name="holding")))],
        [Answers(calls=tuple(enters(symbol=f"S{each}") for each in range(20))), HOLDS],
        [Answers(), HOLDS],
        [unprintable()],
        [huge(3_000_000)],
    ],
)
def test_what_is_kept_of_a_turn_is_the_same_as_if_it_had_come_whole(
    script: list[Reply], dialect: Dialect
) -> None:
    whole, streamed, _ = both(script, dialect=dialect, most_answer_bytes=100_000)
    assert kept(streamed) == kept(whole)


@pytest.mark.parametrize("seed", range(12))
def test_a_nasty_model_leaves_the_same_either_way(seed: int) -> None:
    prompt = Prompt(system="You trade.", user=MARKET, digest="00", version="test")
    script = nasty_model(seed, may_stall=False)
    whole, streamed, _ = both(script, prompt=prompt, most_answer_bytes=100_000)
    assert kept(streamed) == kept(whole)


def test_the_words_come_in_pieces_while_the_model_speaks() -> None:
    pieces: list[Piece] = []
    text = LONG[:1_000].strip()
    answer, _ = turn(
        [Answers(text=text, calls=(enters(),), chunk_ms=20), Answers(text="Done.")],
        told=pieces.append,
    )
    assert answer.response == "Done."
    assert words(pieces, 1) == text
    assert words(pieces, 2) == "Done."
    first = [piece for piece in pieces if piece.step == 1]
    # 42 frames of text at 20 ms: a second, told each 200 ms at most.
    assert 3 <= len(first) <= 9
    assert [piece.start for piece in first] == [
        sum(len(piece.text) for piece in first[:number]) for number in range(len(first))
    ]


def test_a_request_that_is_repeated_tells_its_words_from_the_beginning() -> None:
    pieces: list[Piece] = []
    broken = Streams(chunks=pieced({"content": "I was about"}), then="drops")
    answer, server = turn([broken, Answers(text="I hold.")], secrets=(), told=pieces.append)
    assert (answer.failure, answer.response) == (None, "I hold.")
    assert len(server.requests) == 2
    assert pieces[0] == Piece(1, 0, "I was about")
    assert words(pieces, 1) == "I hold."


@pytest.mark.parametrize(
    "broken",
    [
        Streams(chunks=pieced({"content": "I was about"}), then="drops"),
        Streams(chunks=pieced({"content": "I was about"}, "{")),
        Streams(chunks=pieced({"content": "I was about"}, '{"error": {"code": 500}}')),
    ],
    ids=["dropped", "unreadable", "error"],
)
@pytest.mark.parametrize("then", [HOLDS, Status(code=400)], ids=["holds", "refused"])
def test_words_of_a_request_that_failed_are_taken_back(broken: Reply, then: Reply) -> None:
    pieces: list[Piece] = []
    turn([broken, then], secrets=(), told=pieces.append)
    assert pieces == [Piece(1, 0, "I was about"), Piece(1, 0, "")]
    assert words(pieces, 1) == ""


def test_no_more_than_20_000_characters_of_a_step_are_told() -> None:
    pieces: list[Piece] = []
    answer, _ = turn([huge(60_000)], told=pieces.append)
    assert len(answer.response) > 50_000
    assert len(words(pieces, 1)) == 20_000


def test_a_key_that_an_endpoint_repeats_is_told_to_nobody() -> None:
    pieces: list[Piece] = []
    text = f"You sent {KEY}, did you not? " + "And so on. " * 30
    answer, _ = turn([Answers(text=text, chunk_ms=30)], told=pieces.append)
    assert answer.response == text.replace(KEY, "[key]").strip()
    assert words(pieces, 1) == answer.response
    assert len(pieces) > 1
    # Not even its beginning, before it is known what follows.
    assert not any("sk-secret" in piece.text for piece in pieces)


@pytest.mark.parametrize("status", [400, 404, 422, 501])
def test_an_endpoint_that_refuses_to_stream_is_asked_for_the_whole_answer(status: int) -> None:
    def reply(request: Asked) -> Reply:
        if request.body["stream"]:
            return Status(code=status, message="Unrecognized argument: stream_options")
        return Answers(text="Whole.", calls=(enters(),)) if request.number == 1 else HOLDS

    pieces: list[Piece] = []
    answer, server = turn(reply, told=pieces.append)
    assert answer.failure is None
    assert [each.body["stream"] for each in server.requests] == [True, False, False]
    assert words(pieces, 1) == "Whole."
    warnings = answer.payload["warnings"]
    assert isinstance(warnings, list)
    assert len(warnings) == 1
    assert warnings[0].startswith("asked for the whole answer: expected an answer, found status")


def test_a_refusal_of_something_else_is_none_of_streams() -> None:
    answer, server = turn([Status(code=400, message="upstream is busy")], told=lambda _: None)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.REJECTED
    assert len(server.requests) == 1


def test_an_endpoint_that_has_begun_to_speak_does_not_refuse_to_stream() -> None:
    error = json.dumps({"error": {"code": 400, "message": "the upstream ended its stream"}})
    chunks = pieced({"content": "I think"}, error)
    answer, server = turn([Streams(chunks=chunks), HOLDS], told=lambda _: None)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.REJECTED
    assert len(server.requests) == 1


def test_an_endpoint_that_is_said_not_to_stream_is_not_asked_to() -> None:
    pieces: list[Piece] = []
    with ModelServer([Answers(text="Whole.")]) as server:
        endpoint = Endpoint(name="local", base_url=server.url, streams=False)
        asyncio.run(asked(arm(endpoint), ring(endpoint=endpoint), told=pieces.append))
    assert not server.requests[0].body["stream"]
    assert pieces == [Piece(1, 0, "Whole.")]


def test_an_endpoint_that_answers_whole_although_it_was_asked_to_stream_is_understood() -> None:
    body = unprintable().body.replace(b"half \\ud800 and \\u0000", b"I hold.")
    pieces: list[Piece] = []
    answer, _ = turn([Raw(body=body)], told=pieces.append)
    assert (answer.response, answer.failure) == ("I hold.", None)
    assert pieces == [Piece(1, 0, "I hold.")]


def test_a_stream_that_breaks_off_costs_what_it_may_have_cost() -> None:
    """A model has worked for it; an answer that never began costs nothing."""
    price = Price(input=Decimal(1), output=Decimal(2))
    for code, begun in ((503, True), (503, False)):
        error = json.dumps({"error": {"code": code, "message": "overloaded"}})
        chunks = pieced({"content": "I think"}, error) if begun else pieced(error)
        answer, _ = turn(
            lambda _, chunks=chunks: Streams(chunks=chunks),  # type: ignore[misc]
            dialect=Dialect.OPENROUTER,
            told=lambda _: None,
            price=price,
            money_per_day=Decimal(100),
            spent=Spent(),
        )
        assert answer.failure is not None
        assert answer.failure.kind is FailureKind.SERVER
        assert (answer.spent.tokens > 8_192 * 4) is begun
        assert (answer.spent == Spent()) is not begun


def test_comments_line_ends_and_cut_characters_of_a_stream_change_nothing() -> None:
    frames = (
        ": PROCESSING\r\n\r\n"
        'data: {"id": "1", "created": 1, "model": "m", "choices": []}\r\n\r\n'
        'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\r\n\r\n'
        'event: message\r\ndata:{"choices": [{"index": 0, "delta": {"content": "Grüße 🙂"}}]}\n\n'
        'data: {"choices": [{"delta": {"content": null}, "finish_reason": "stop"}]}\n\n'
        'data: {"choices": [],\n'
        'data: "usage": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}}'
    )
    chunks = tuple(bytes([each]) for each in frames.encode())
    answer, _ = turn([Streams(chunks=chunks)], told=lambda _: None)
    assert (answer.response, answer.tokens) == ("Grüße 🙂", 12)


def test_calls_that_are_not_numbered_are_told_apart() -> None:
    def call(number: int, name: str, arguments: str) -> dict[str, object]:
        function = {"name": name, "arguments": arguments}
        return {"tool_calls": [{"index": 0, "id": f"call {number}", "function": function}]}

    entry = json.dumps({"reason": "calm"})
    chunks = pieced(
        call(1, "market_data", '{"sym'),
        {"tool_calls": [{"index": 0, "function": {"arguments": 'bol": "BTC"}'}}]},
        call(2, "holding", entry),
        "[DONE]",
    )
    answer, _ = turn([Streams(chunks=chunks)], told=lambda _: None)
    messages = answer.payload["messages"]
    assert isinstance(messages, list)
    assert [each["name"] for each in messages[2]["toolCalls"]] == ["market_data", "holding"]
    assert messages[2]["toolCalls"][0]["arguments"] == '{"symbol": "BTC"}'
    assert answer.response == "calm"


def test_a_connection_that_stays_open_after_the_end_is_not_waited_for() -> None:
    chunks = pieced({"content": "I hold."}, "[DONE]")
    answer, _ = turn([Streams(chunks=chunks, then="stalls")], told=lambda _: None)
    assert (answer.response, answer.failure) == ("I hold.", None)
