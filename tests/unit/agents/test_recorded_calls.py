"""Which recorded calls are asked again: cases by hand, each one turn of a model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from autonome.agents.actions import Holding
from autonome.agents.recorded.calls import RecordedCall, asked_again
from autonome.arena.names import pooled_ids
from autonome.domain.value import changed
from unit.agents.moments import after
from unit.market.bars import START

REFUSAL = {"rule": "max-leverage", "reason": "expected at most 5, found 9"}
BTC = {"action": "close_position", "symbol": "BTC", "fraction": 1, "reason": "first"}
AGAIN = BTC | {"reason": "again"}
LAST = BTC | {"reason": "last"}
ETH = BTC | {"symbol": "ETH", "reason": "other"}
HOLDS = {"action": "holding", "reason": "holds"}
HEAD, NEXT_HEAD = "f0000000-0000-8000-8000", "00000000-0000-8000-8000"


def call(
    asked: object,
    *,
    number: int = 1,
    head: str = HEAD,
    turn: str = "turn",
    minutes: int = 5,
    refused: Sequence[object] | None = None,
    **became: object,
) -> RecordedCall:
    return RecordedCall(
        id=f"{head}-{number:012x}",
        invocation_id=turn,
        model_id="model",
        at=START + timedelta(minutes=minutes),
        metadata={"asked": asked, **became},
        refused=refused,
    )


def reasons(*calls: RecordedCall, same_policy: bool = True) -> list[str]:
    return [each.action.reason for each in asked_again(calls, same_policy=same_policy)]


def told(*asked: tuple[object, object]) -> list[RecordedCall]:
    """Return a model's turn: what it asked, each with the refusal it was told of, or ``None``."""
    refused = [refusal for _, refusal in asked]
    return [
        call(words, number=number, refused=refused) for number, (words, _) in enumerate(asked, 1)
    ]


def test_a_call_keeps_its_instant_its_words_and_its_action() -> None:
    (found,) = asked_again([call(HOLDS)], same_policy=True)
    assert found == (after(5), HOLDS, Holding(reason="holds"))


def test_an_order_of_a_late_answer_is_asked_when_it_was_sent() -> None:
    late, update = {"late": "2025-05-05T00:06:00Z"}, ETH | {"action": "update_exit_plan"}
    found = list(asked_again([call(BTC, **late), call(update, number=2)], same_policy=True))
    assert [each.at_ms for each in found] == [after(6), after(5)]


def test_what_the_policy_made_of_a_call_does_not_count() -> None:
    """Rules decide at once, and hear of a denial at the next tick: it is asked again."""
    shrunk = call(BTC, allowed={"quantity": 1}, changes=[{"rule": "max-position"}])
    assert reasons(shrunk, call(ETH, number=2, denied=REFUSAL)) == ["first", "other"]


@pytest.mark.parametrize(
    "left_out",
    [
        call({"action": "close_position", "arguments": "{}"}, unusable="expected a symbol"),
        call(BTC, denied={"rule": "turn-completed", "reason": "the endpoint hung up"}),
        call({"action": "buy"}),
        call("words"),
        changed(call(BTC), metadata={"text": "of another client"}),
    ],
    ids=["unusable", "unfinished turn", "no action", "no object", "another client"],
)
def test_what_was_never_carried_out_is_left_out(left_out: RecordedCall) -> None:
    assert reasons(left_out, call(ETH, number=2)) == ["other"]


@pytest.mark.parametrize(
    ("turn", "same", "other"),
    [
        (told((BTC, None), (ETH, None)), ["first", "other"], ["first", "other"]),
        (told((BTC, REFUSAL), (ETH, None)), ["other"], ["first", "other"]),
        (told((BTC, REFUSAL), (AGAIN, None)), ["again"], ["again"]),
        (told((BTC, None), (AGAIN, REFUSAL)), ["first"], ["first"]),
        (told((BTC, REFUSAL), (AGAIN, REFUSAL), (LAST, REFUSAL)), [], ["last"]),
        (told((BTC, REFUSAL), (HOLDS, None)), ["holds"], ["first", "holds"]),
    ],
    ids=["all let through", "given up", "corrected", "asked too often", "thrice", "then held"],
)
def test_what_a_model_was_refused_is_asked_again_under_another_policy_only(
    turn: list[RecordedCall], same: list[str], other: list[str]
) -> None:
    assert reasons(*turn) == same
    assert reasons(*turn, same_policy=False) == other


def test_refusals_stand_at_the_place_among_calls_that_could_be_executed() -> None:
    refused = [None, REFUSAL]
    unusable = call({"action": "holding", "arguments": ""}, unusable="no reason", refused=refused)
    first = call(ETH, number=2, refused=refused)
    assert reasons(unusable, first, call(BTC, number=3, refused=refused)) == ["other"]


def test_a_turn_over_two_pools_of_identifiers_keeps_its_order() -> None:
    """Calls come by id, so that the end of the earlier pool may stand behind."""
    beginning = [call(AGAIN, number=0, head=NEXT_HEAD), call(LAST, number=4, head=NEXT_HEAD)]
    end = [call(BTC, number=0x1F0), call(ETH, number=0x1FF)]
    assert reasons(*beginning, *end) == ["first", "other", "again", "last"]


def test_the_longest_turn_of_a_model_keeps_the_order_in_which_it_was_recorded() -> None:
    """50 requests with 16 calls each; where a pool of identifiers ends in it is chance."""
    new_id, longest = pooled_ids(), 50 * 16
    for _ in range(100):
        made = [changed(call(BTC | {"reason": str(n)}), id=new_id()) for n in range(longest)]
        by_id = sorted(made, key=lambda each: each.id)
        assert reasons(*by_id) == [str(n) for n in range(longest)]


def test_turns_keep_the_order_in_which_they_came() -> None:
    turns = [call(BTC, turn="z"), call(ETH, turn="a"), call(HOLDS, turn="b", minutes=7)]
    assert reasons(*turns) == ["first", "other", "holds"]
