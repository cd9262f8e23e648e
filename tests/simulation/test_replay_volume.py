"""An order takes at most a tenth of a bar's volume: what opens is cut, what closes works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from autonome.agents.actions import Action
from autonome.domain.choices import OrderSide
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Order, ToolCall
from simulation.outcomes import CALM, closed, fills, intents, minute, open_orders
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from simulation.statements import check
from unit.market.bars import Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT


def played(
    bars: Sequence[Bar], volumes: Sequence[float], script: Mapping[int, Sequence[Action]]
) -> MemoryJournal:
    market = by_hand(bars, volumes=volumes)
    journal = run(market, Scripted(script=script), profile=plain_profile())
    check(journal, market)
    return journal


def test_what_an_entry_cannot_get_is_cancelled_and_reported() -> None:
    # 7,500 at 50,000 are 0.15; a tenth of 1 is 0.1.
    journal = played([CALM] * 4, [1] * 4, {1: [enter(LONG, 7_500, stop="49000")]})
    assert fills(journal) == [("BUY", "0.100", "50000.0", minute(1))]
    (order,) = open_orders(journal)
    assert (order.quantity, order.sl_trigger_price) == (Decimal("0.1"), Decimal(49_000))
    assert intents(journal) == [("OPEN", "CANCELLED", "volume")]
    (call,) = journal.rows(ToolCall)
    assert call.metadata["allowed"] == {"quantity": Decimal("0.15")}
    assert call.metadata["filled"] == [
        {"quantity": Decimal("0.1"), "price": Decimal(50_000), "fee": Decimal("2.5")}
    ]


def test_an_entry_into_a_bar_without_volume_never_trades() -> None:
    journal = played([CALM] * 4, [1, 0, 1, 1], {1: [enter(LONG, 5_000)]})
    assert (fills(journal), closed(journal)) == ([], [])
    assert intents(journal) == [("OPEN", "CANCELLED", "volume")]


def test_a_close_works_on_in_each_bar_until_it_is_done() -> None:
    # 0.2 are held; a tenth of 0.8, nothing and 0.8 again: 0.08, 0, 0.08, 0.04.
    volumes = [2, 2, 0.8, 0, 0.8, 0.8, 0.8]
    bars: list[Bar] = [(50_000 + n, 50_100, 49_900, 50_000) for n in range(7)]
    journal = played(bars, volumes, {1: [enter(LONG, 9_900)], 2: [leave()]})
    assert closed(journal) == [
        (None, "0.080", "50002.0", minute(2)),
        (None, "0.080", "50004.0", minute(4)),
        (None, "0.038", "50005.0", minute(5)),
    ]
    _, close = journal.rows(Intent)
    assert (close.state.value, close.quantity) == ("FILLED", Decimal("0.198"))
    parts = [fill for fill in journal.rows(Fill) if fill.intent_id == close.id]
    assert len({part.venue_fill_id for part in parts}) == 3
    (_, told) = journal.rows(ToolCall)
    filled = told.metadata["filled"]
    assert isinstance(filled, list)
    assert [part["quantity"] for part in filled] == [part.quantity for part in parts]
    assert open_orders(journal) == []
    # The row that was opened is the last to close; the others were born on the way.
    first = next(iter(journal.rows(Order)))
    assert first.quantity == Decimal("0.038")


def test_what_a_stop_cannot_sell_at_once_follows_at_the_next_opens() -> None:
    fall: Bar = (50_000, 50_010, 49_000, 49_200)
    lower: Bar = (49_100, 49_150, 49_000, 49_100)
    journal = played(
        [CALM, CALM, fall, lower, lower, CALM],
        [2, 2, 1, 0.5, 2, 2],
        {1: [enter(LONG, 9_900, stop="49500")]},
    )
    # 0.198: a tenth of 1 at the stop, a tenth of 0.5 at the next open, and the rest.
    triggers = [(trigger, quantity, price) for trigger, quantity, price, _ in closed(journal)]
    assert triggers == [
        ("STOP", "0.100", "49500.0"),
        ("STOP", "0.050", "49100.0"),
        ("STOP", "0.048", "49100.0"),
    ]
    assert intents(journal)[1:] == [("STOP", "FILLED", "")]


def test_an_exit_in_the_bar_of_the_fill_shares_its_volume_with_it() -> None:
    fall: Bar = (50_000, 50_010, 49_000, 49_200)
    journal = played([CALM, fall, CALM, CALM], [1] * 4, {1: [enter(LONG, 3_000, stop="49500")]})
    # 0.06 of the bar's 0.1 were bought: 0.04 are left to sell at the stop.
    assert [each[:3] for each in closed(journal)] == [
        ("STOP", "0.040", "49500.0"),
        ("STOP", "0.020", "50000.0"),
    ]


def test_while_a_close_works_its_position_keeps_its_stop_and_takes_no_other_order() -> None:
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 9_900, stop="49000")],
        2: [leave()],
        3: [enter(LONG, 500), leave()],
    }
    journal = played([CALM] * 5, [2, 2, 0.5, 0.5, 0.5], script)
    (order,) = open_orders(journal)
    assert (order.quantity, order.sl_trigger_price) == (Decimal("0.048"), Decimal(49_000))
    refused = [call.metadata.get("denied") for call in journal.rows(ToolCall)][2:]
    assert [each and each["rule"] for each in refused] == ["order-under-way"] * 2  # type: ignore[index]
    assert intents(journal)[-1] == ("CLOSE", "CANCELLED", "the replay ended first")


def test_a_stop_takes_over_what_a_partial_close_does_not_sell() -> None:
    """Half of 0.198 is being sold, 0.02 a bar, when the stop of the whole is touched."""
    fall: Bar = (50_000, 50_010, 49_000, 49_600)
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 9_900, stop="49500")],
        2: [leave(fraction="0.5")],
    }
    journal = played([CALM, CALM, CALM, fall, CALM], [2, 2, 0.2, 1, 9], script)
    assert [each[:3] for each in closed(journal)] == [
        (None, "0.020", "50000.0"),
        (None, "0.079", "50000.0"),  # The open of the fall comes before its low.
        ("STOP", "0.021", "49500.0"),
        ("STOP", "0.078", "50000.0"),
    ]


def test_a_flip_that_cannot_close_at_once_opens_nothing() -> None:
    script: dict[int, list[Action]] = {1: [enter(LONG, 9_900)], 2: [enter(SHORT, 2_000)]}
    journal = played([CALM] * 5, [2, 2, 1, 1, 1], script)
    assert [each[1] for each in closed(journal)] == ["0.100", "0.098"]
    assert open_orders(journal) == []
    assert intents(journal)[1] == ("OPEN", "CANCELLED", "volume")


def test_a_flip_opens_with_what_the_bar_has_left() -> None:
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000)], 2: [enter(SHORT, 5_000)]}
    journal = played([CALM] * 4, [2, 2, 1.5, 2], script)
    (order,) = open_orders(journal)
    assert (order.side, order.quantity) == (SHORT, Decimal("0.05"))
    assert intents(journal)[1] == ("OPEN", "CANCELLED", "volume")


def test_a_flip_whose_first_bar_has_no_room_opens_nothing_later() -> None:
    script: dict[int, list[Action]] = {1: [enter(LONG, 5_000)], 2: [enter(SHORT, 5_000)]}
    journal = played([CALM] * 5, [9, 9, 0, 9, 9], script)
    assert [each[1::2] for each in closed(journal)] == [("0.100", minute(3))]
    assert open_orders(journal) == []
    assert intents(journal)[1] == ("OPEN", "CANCELLED", "volume")


@pytest.mark.parametrize(
    ("volume", "parts"), [(9, ["0.1"]), (0.2, ["0.02", "0.08"])], ids=["at once", "in two bars"]
)
def test_a_flip_of_which_only_the_close_trades_is_cancelled_and_its_tool_call_says_so(
    volume: float, parts: list[str]
) -> None:
    """A SHORT at 50,000 is beyond its own stop at 49,900."""
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000)],
        2: [enter(SHORT, 5_000, stop="49900")],
    }
    journal = played([CALM] * 5, [9, 9, volume, 9, 9], script)
    assert intents(journal)[1] == ("OPEN", "CANCELLED", "stop-passed")
    _, told = journal.rows(ToolCall)
    filled, cancelled = told.metadata["filled"], told.metadata["cancelled"]
    assert isinstance(filled, list)
    assert [part["quantity"] for part in filled] == [Decimal(part) for part in parts]
    assert isinstance(cancelled, list)
    assert [reason.partition(":")[0] for reason in cancelled] == ["stop-passed"]
    assert open_orders(journal) == []
