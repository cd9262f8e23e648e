"""Words that no database can hold: they are shown as what cannot be shown, and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.exit_plan import ExitPlan
from autonome.domain.value import changed
from autonome.ledger.codec import copy_line, encoder
from autonome.ledger.tables import intents, invocations, orders, tool_calls
from autonome.ledger.types import json_dumps, json_loads, legible
from autonome.testing.bookings import competitor, opening

LONE = "\ud800"
"""Half of a character: UTF-8 has no bytes for it (RFC 3629, section 3)."""
BOOKING = opening(competitor()[0], epoch=1)


def test_half_a_character_becomes_the_replacement_character() -> None:
    """The first and the last of either half."""
    for half in (0xD800, 0xDBFF, 0xDC00, 0xDFFF):
        assert legible(f"a{chr(half)}b") == "a\ufffdb"


@pytest.mark.parametrize("words", ["", "plain", "Zürich", "\ud7ff\ue000", "\U0001f600", "\ufffd"])
def test_whole_characters_stay(words: str) -> None:
    assert legible(words) == words
    assert json_loads(json_dumps({words: words})) == {words: words}


def test_half_a_character_anywhere_in_json_costs_nothing_else_its_figures() -> None:
    stored = json_dumps({"a": [{LONE: (LONE, None, True)}], "price": Decimal("50000.10"), "n": 7})
    assert json_loads(stored) == {
        "a": [{"\ufffd": ["\ufffd", None, True]}],
        "price": Decimal("50000.10"),
        "n": 7,
    }
    assert "50000.10" in stored


def test_rows_with_half_a_character_can_be_copied() -> None:
    (invocation,), (call,), (intent,) = BOOKING.invocations, BOOKING.tool_calls, BOOKING.intents
    (order,) = BOOKING.orders
    rows = [
        encoder(invocations)(changed(invocation, response=f"a{LONE}b")),
        encoder(tool_calls)(changed(call, metadata={"asked": {"reason": LONE}})),
        encoder(intents)(changed(intent, reason=LONE)),
        encoder(orders)(changed(order, exit_plan=ExitPlan(invalidation=LONE))),
    ]
    lines = [copy_line(row).encode().decode() for row in rows]
    assert ["\ufffd" in line for line in lines] == [True] * 4
