"""What an arm remembers beyond its rows, as JSON: with it a new process goes on where one ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from autonome.arena.account import Account
from autonome.arena.events import PlaceOrder
from autonome.arena.orders_at_work import Ticket
from autonome.domain.choices import CloseTrigger
from autonome.domain.errors import LedgerError
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import ms_of, utc
from autonome.domain.value import field, value
from autonome.ledger.rows import ArmState, Intent, ToolCall

__all__ = ["Memory", "recalled", "recalled_ticket", "remembered"]

_VERSION: Final = 1
"""Of the shape below; another one is refused."""


@value
class Memory:
    """What the rows of an arm cannot say."""

    asked: int = 0
    """Milliseconds since 1970 UTC: the tick at which the arm was asked last; 0 is never."""
    settled: tuple[int, str] = (0, "")
    """Instant (ms) and symbol of the funding that was settled last."""
    counted: int = 0
    """Milliseconds since 1970 UTC: the last tick that the model's counters count."""
    resumed: int = 0
    """Milliseconds since 1970 UTC: when an operator resumed the arm last; 0 is never. Queries read
    it, too: the peak counts from then on."""
    reset: tuple[int, str] = (0, "")
    """When an operator reset the arm last (ms), and by which command; 0 is never."""
    holdings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By symbol: ``firstStop``, ``cooldownMinutes``, ``trails`` for whoever looks, and ``since``
    when it is planned (ms)."""
    cooldowns: Mapping[str, datetime] = field(default_factory=dict)
    orders: Sequence[Mapping[str, Any]] = ()
    """Orders at work."""
    taken: Mapping[str, tuple[int, Decimal]] = field(default_factory=dict)
    """By symbol: when the last bar opened in which the arm traded, and how much it took (base)."""
    accepted: Sequence[Mapping[str, Any]] = ()
    """Of a leader: the actions that its policy let through when it was asked last."""
    spent: Mapping[str, Any] = field(default_factory=dict)
    """Of a model: ``day``, ``tokens`` and ``cost`` that count against the day's budget; a
    question without an answer counts with the most that it may come to."""
    agent: Mapping[str, Any] = field(default_factory=dict)
    """What its decider keeps."""


def remembered(
    account: Account,
    tickets: Sequence[Ticket],
    at: datetime,
    *,
    asked_ms: int,
    settled: tuple[int, str],
    counted_ms: int,
    resumed_ms: int,
    reset: tuple[int, str] = (0, ""),
    next_ms: Callable[[Ticket], int],
    taken: Mapping[str, tuple[int, Decimal]],
    trailing: Set[str],
    accepted: Sequence[Mapping[str, object]] = (),
    spent: Mapping[str, object],
    agent: Mapping[str, object],
) -> ArmState:
    """Return the row that keeps what ``account`` and its orders at work go on with.

    ``next_ms`` is when the bar opens in which an order may trade next, ``taken`` what was traded
    of each symbol in its last bar, ``trailing`` the symbols whose stop follows a column.
    """
    state = {
        "version": _VERSION,
        # For whoever looks: a new process sums the rows.
        "cashFlow": str(account.cash_flow),
        "asked": asked_ms,
        "settled": list(settled),
        "counted": counted_ms,
        "resumed": resumed_ms,
        "reset": list(reset),
        "holdings": {
            symbol: {
                "firstStop": _text(holding.first_stop),
                "cooldownMinutes": holding.cooldown_minutes,
                "trails": symbol in trailing,
            }
            for symbol, holding in account.holdings.items()
        },
        "cooldowns": {symbol: ms_of(until) for symbol, until in account.cooldowns.items()},
        "orders": [_order(ticket, next_ms(ticket)) for ticket in tickets],
        "taken": {symbol: [at_ms, str(quantity)] for symbol, (at_ms, quantity) in taken.items()},
        "accepted": list(accepted),
        "spent": dict(spent),
        "agent": dict(agent),
    }
    return ArmState(model_id=account.model_id, state=state, updated_at=at)


def _order(ticket: Ticket, next_ms: int) -> dict[str, object]:
    order = ticket.order
    return {
        "intent": order.intent.id,
        "toolCall": None if order.tool_call is None else order.tool_call.id,
        "closing": str(order.closing),
        "opening": str(order.opening),
        "exitPlan": None if order.exit_plan is None else _plan_words(order.exit_plan),
        "leverage": _text(order.leverage),
        "cooldownMinutes": order.cooldown_minutes,
        "trigger": None if order.trigger is None else order.trigger.value,
        "sent": ticket.sent_ms,
        "next": next_ms,
        "fills": ticket.fills,
        "traded": str(ticket.traded),
        "works": ticket.works,
    }


def _plan_words(plan: ExitPlan) -> dict[str, str | None]:
    return {key: None if each is None else str(each) for key, each in plan.to_json().items()}


def recalled(state: Mapping[str, Any] | None) -> Memory:
    """Return what a row says, nothing where there is no row.

    Raises:
        LedgerError: another version wrote it: without its orders and its budget, an arm would send
            and spend twice.
    """
    if state is None:
        return Memory()
    if state.get("version") != _VERSION:
        raise LedgerError(
            f"expected what an arm remembers in version {_VERSION}, found version"
            f" {state.get('version')!r}: another version of Autonome ran this arena.",
            remedy="Let that version go on with it, or begin another arena (--arena).",
        )
    at_ms, symbol = state["settled"]
    reset_ms, reset_by = state.get("reset", (0, ""))
    return Memory(
        asked=int(state["asked"]),
        settled=(int(at_ms), str(symbol)),
        counted=int(state["counted"]),
        resumed=int(state.get("resumed", 0)),
        reset=(int(reset_ms), str(reset_by)),
        holdings=state["holdings"],
        cooldowns={symbol: utc(int(until)) for symbol, until in state["cooldowns"].items()},
        orders=state["orders"],
        taken={
            symbol: (int(at_ms), Decimal(quantity))
            for symbol, (at_ms, quantity) in state.get("taken", {}).items()
        },
        accepted=state.get("accepted", ()),
        spent=state["spent"],
        agent=state.get("agent", {}),
    )


def recalled_ticket(
    kept: Mapping[str, Any],
    intents: Mapping[str, Intent],
    tool_calls: Mapping[str, ToolCall],
    *,
    bar: int,
) -> Ticket | None:
    """Return an order at work, ``None`` where its intent has ended since."""
    intent = intents.get(kept["intent"])
    if intent is None:
        return None
    plan, trigger, call = kept["exitPlan"], kept["trigger"], kept["toolCall"]
    order = PlaceOrder(
        intent=intent,
        tool_call=None if call is None else tool_calls.get(call),
        closing=Decimal(kept["closing"]),
        opening=Decimal(kept["opening"]),
        exit_plan=None if plan is None else ExitPlan.from_json(plan),
        leverage=_number(kept["leverage"]),
        cooldown_minutes=int(kept["cooldownMinutes"]),
        trigger=None if trigger is None else CloseTrigger(trigger),
    )
    return Ticket(
        order,
        bar,
        int(kept["sent"]),
        fills=int(kept["fills"]),
        traded=Decimal(kept["traded"]),
        works=bool(kept["works"]),
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
