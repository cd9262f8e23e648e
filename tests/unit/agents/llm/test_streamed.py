"""A streamed answer put together: calls that are badly named, thoughts between words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autonome.agents.llm.streamed import StreamedAnswer
from autonome.agents.llm.telling import Piece, Telling


def streamed(*pieces: dict[str, Any], reason: str = "tool_calls") -> dict[str, Any]:
    """Return the message that comes of pieces of tool calls."""
    answer = StreamedAnswer(lambda _: None)
    for piece in pieces:
        choices = [{"index": 0, "delta": {"tool_calls": [piece]}}]
        answer.feed(b"data: " + json.dumps({"choices": choices}).encode() + b"\n\n")
    choices = [{"index": 0, "delta": {}, "finish_reason": reason}]
    answer.feed(b"data: " + json.dumps({"choices": choices}).encode() + b"\r\n\r\n")
    answer.end()
    message: dict[str, Any] = json.loads(answer.body())["choices"][0]["message"]
    return message


def thought(*details: dict[str, Any]) -> Any:
    """Return the thoughts that come of pieces of them."""
    answer = StreamedAnswer(lambda _: None)
    for detail in details:
        choices = [{"index": 0, "delta": {"reasoning_details": [detail]}}]
        answer.feed(b"data: " + json.dumps({"choices": choices}).encode() + b"\n\n")
    return json.loads(answer.body())["choices"][0]["message"]["reasoning_details"]


def call(name: str, arguments: str, **beside: object) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}, **beside}


@pytest.mark.parametrize("beside", [{"index": 0, "id": ""}, {"index": 0}, {}])
def test_calls_without_an_id_are_told_apart_by_their_names(beside: dict[str, object]) -> None:
    message = streamed(call("look", '{"a":1}', **beside), call("hold", '{"b":2}', **beside))
    assert message["tool_calls"] == [
        {"id": "", "type": "function", "function": {"name": "look", "arguments": '{"a":1}'}},
        {"id": "", "type": "function", "function": {"name": "hold", "arguments": '{"b":2}'}},
    ]


def test_a_name_that_comes_with_every_piece_is_one_call() -> None:
    message = streamed(
        call("hold", "", index=0, id="c1"),
        call("hold", '{"reason"', index=0),
        call("hold", ':"wait"}', index=0),
    )
    (only,) = message["tool_calls"]
    assert only["id"] == "c1"
    assert only["function"] == {"name": "hold", "arguments": '{"reason":"wait"}'}


def test_pieces_of_one_thought_are_joined_and_its_signature_comes_last() -> None:
    text = {"type": "reasoning.text", "index": 0}
    assert thought(
        {**text, "text": "Let", "id": None},
        {**text, "text": " me", "id": "r1"},
        {**text, "signature": "Et8B"},
        {**text, "text": "Now", "id": "r2"},
    ) == [
        {**text, "text": "Let me", "id": "r1", "signature": "Et8B"},
        {**text, "text": "Now", "id": "r2"},
    ]


@pytest.mark.parametrize("ids", [("rs_1", "rs_2"), ("rs_1", "rs_1"), (None, None)])
def test_encrypted_thoughts_are_never_joined(ids: tuple[str | None, ...]) -> None:
    pieces = [
        {"type": "reasoning.encrypted", "index": 0, "id": each, "data": "gAAA=="} for each in ids
    ]
    assert [each["data"] for each in thought(*pieces)] == ["gAAA==", "gAAA=="]


@pytest.mark.parametrize("ending", ["\r", "\n", "\r\n"], ids=["cr", "lf", "crlf"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_lines_end_in_cr_lf_or_both_wherever_the_chunks_are_cut(ending: str, size: int) -> None:
    said: list[str] = []
    answer = StreamedAnswer(said.append)
    lines = (
        ": waiting",
        "",
        'data: {"choices": [{"delta": {"content": "I"}}]}',
        "",
        'data: {"choices": [{"delta":',
        'data: {"content": " hold."}}]}',
        "",
        "data: [DONE]",
    )
    stream = ending.join(lines).encode() + ending.encode()
    for start in range(0, len(stream), size):
        answer.feed(stream[start : start + size])
    assert said == ["I", " hold."]
    assert not answer.is_over, "the frame of the end is not over"
    answer.end()
    assert answer.is_over


def test_a_byte_order_mark_hides_no_first_piece() -> None:
    said: list[str] = []
    answer = StreamedAnswer(said.append)
    answer.feed(b'\xef\xbb\xbfdata: {"choices": [{"delta": {"content": "I"}}]}\n\n')
    assert said == ["I"]


@pytest.mark.parametrize("reason", ["stop", ""])
def test_an_answer_is_whole_once_a_reason_is_given(reason: str) -> None:
    answer = StreamedAnswer(lambda _: None)
    choices = [{"index": 0, "delta": {"content": "I wa"}, "finish_reason": reason}]
    answer.feed(b"data: " + json.dumps({"choices": choices}).encode() + b"\n\n")
    assert answer.is_whole == bool(reason)


def test_thoughts_between_words_are_told_to_nobody() -> None:
    told: list[Piece] = []
    seconds = iter(range(1_000))
    telling = Telling(1, told.append, clock=lambda: float(next(seconds)))
    for letter in "<think>I will sell</think>Hello <b":
        telling.hear(letter)
    assert "".join(piece.text for piece in told) == "Hello <b"
