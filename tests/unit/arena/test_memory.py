"""What an arm remembers comes back as it was, through JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.arena.account import Account, Holding
from autonome.arena.events import PlaceOrder
from autonome.arena.memory import Memory, recalled, recalled_ticket, remembered
from autonome.arena.orders_at_work import Ticket
from autonome.domain.choices import (
    CloseTrigger,
    IntentPurpose,
    OrderSide,
    Side,
    ToolCallType,
)
from autonome.domain.errors import LedgerError
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.position import Position
from autonome.domain.value import changed
from autonome.ledger.rows import Intent, NewOrder, ToolCall
from simulation.bookings import AT, account

AMOUNTS = st.decimals("0.00000001", "99999999", places=8)
MINUTES = st.integers(0, 100_000)
INSTANTS = st.integers(0, 10**9).map(lambda ms: AT + timedelta(milliseconds=ms))
SYMBOLS = st.sampled_from(["BTC", "ETH", "kPEPE", 'quo"te'])


def maybe(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return these values, or none."""
    return st.none() | values


PLANS = st.builds(
    ExitPlan,
    stop=maybe(AMOUNTS),
    target=maybe(AMOUNTS),
    invalidation=maybe(st.text(max_size=20)),
    invalidation_price=maybe(AMOUNTS),
    confidence=maybe(st.decimals(0, 1, places=2)),
    time_exit=maybe(st.just("2025-05-06T00:00:00Z")),
)
CALLS = st.uuids().map(
    lambda number: ToolCall(
        id=str(number),
        invocation_id="asked",
        tool_call_type=ToolCallType.CREATE_POSITION,
        metadata={},
        created_at=AT,
        updated_at=AT,
    )
)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    """Draw an order at work."""
    call = draw(maybe(CALLS))
    assert call is None or isinstance(call, ToolCall)
    intent = Intent(
        id=str(draw(st.uuids())),
        model_id="Ada",
        tool_call_id=None if call is None else call.id,
        symbol=draw(SYMBOLS),
        client_order_index=draw(st.integers(1, 2**47)),
        purpose=IntentPurpose.OPEN,
        side=draw(st.sampled_from(Side)),
        quantity=Decimal(1),
        created_at=AT,
        updated_at=AT,
    )
    order = PlaceOrder(
        intent=intent,
        tool_call=call,
        closing=draw(AMOUNTS),
        opening=draw(AMOUNTS),
        exit_plan=draw(maybe(PLANS)),
        leverage=draw(maybe(AMOUNTS)),
        cooldown_minutes=draw(MINUTES),
        trigger=draw(maybe(st.sampled_from(CloseTrigger))),
    )
    return Ticket(
        order,
        7,
        draw(st.integers(0, 2**41)),
        fills=draw(st.integers(0, 99)),
        traded=draw(AMOUNTS),
        works=draw(st.booleans()),
    )


HOLDINGS = st.builds(
    lambda first_stop, minutes: Holding(
        order=NewOrder(
            model_id="Ada",
            symbol="BTC",
            side=OrderSide.LONG,
            quantity=Decimal(1),
            entry_price=Decimal(1),
        ).opened(AT),
        position=Position(),
        first_stop=first_stop,
        cooldown_minutes=minutes,
    ),
    maybe(AMOUNTS),
    MINUTES,
)
ACCOUNTS = st.builds(
    lambda holdings, cooldowns: changed(account(), holdings=holdings, cooldowns=cooldowns),
    st.dictionaries(SYMBOLS, HOLDINGS),
    st.dictionaries(SYMBOLS, INSTANTS),
)


def through_json(held: Account, at_work: list[Ticket], **more: object) -> Memory:
    """Return what comes back of an arm's memory."""
    facts = {
        "asked_ms": 3,
        "settled": (5, "ETH"),
        "counted_ms": 9,
        "resumed_ms": 11,
        "next_ms": lambda ticket: 60_000 * ticket.bar,
        "taken": {"BTC": (60_000, Decimal("0.5"))},
        "trailing": frozenset(),
        "spent": {},
        "agent": {},
    } | more
    row = remembered(held, at_work, AT, **facts)  # type: ignore[arg-type]
    assert (row.model_id, row.updated_at) == ("Ada", AT)
    return recalled(json.loads(json.dumps(row.state)))


@given(held=ACCOUNTS)
def test_holdings_and_cooldowns_come_back(held: Account) -> None:
    memory = through_json(held, [])
    assert memory.cooldowns == held.cooldowns
    assert memory.holdings.keys() == held.holdings.keys()
    for symbol, holding in held.holdings.items():
        kept = memory.holdings[symbol]
        first = None if kept["firstStop"] is None else Decimal(kept["firstStop"])
        assert (first, kept["cooldownMinutes"]) == (holding.first_stop, holding.cooldown_minutes)


@given(at_work=st.lists(tickets(), max_size=3, unique_by=lambda each: each.order.intent.id))
def test_orders_at_work_come_back_with_the_rows_as_they_are_now(at_work: list[Ticket]) -> None:
    memory = through_json(account(), at_work)
    intents = {each.order.intent.id: each.order.intent for each in at_work}
    calls = {
        each.order.tool_call.id: each.order.tool_call for each in at_work if each.order.tool_call
    }
    assert [recalled_ticket(kept, intents, calls, bar=7) for kept in memory.orders] == at_work
    assert [kept["next"] for kept in memory.orders] == [420_000] * len(at_work)


@given(ticket=tickets())
def test_an_order_whose_intent_has_ended_is_forgotten(ticket: Ticket) -> None:
    memory = through_json(account(), [ticket])
    assert recalled_ticket(memory.orders[0], {}, {}, bar=7) is None


def test_instants_and_spending_come_back() -> None:
    spent = {"day": "2025-05-05", "tokens": 12, "cost": "0.00000001"}
    memory = through_json(account(), [], spent=spent)
    assert (memory.asked, memory.settled, memory.counted) == (3, (5, "ETH"), 9)
    assert memory.resumed == 11
    assert memory.spent == spent
    assert memory.taken == {"BTC": (60_000, Decimal("0.5"))}


def test_what_an_agent_keeps_comes_back() -> None:
    kept = {"said": True, "sizes": [[60_000, "0.5", "3"]]}
    assert through_json(account(), [], agent=kept).agent == kept


def test_nothing_is_remembered_without_a_row() -> None:
    assert recalled(None) == Memory()


@pytest.mark.parametrize(("state", "found"), [({"version": 7}, "7"), ({"asked": 3}, "None")])
def test_what_another_version_remembered_is_refused(state: dict[str, int], found: str) -> None:
    with pytest.raises(LedgerError, match=f"in version 1, found version {found}") as caught:
        recalled(state)
    assert "another arena" in caught.value.remedy


def test_cooldowns_come_back_in_utc() -> None:
    until = datetime(2025, 5, 5, 1, 2, 3, 4000, tzinfo=UTC)
    memory = through_json(changed(account(), cooldowns={"BTC": until}), [])
    assert memory.cooldowns == {"BTC": until}
