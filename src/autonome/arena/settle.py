"""Settle: what fills, funding and liquidation make of an account, and the booking that says so.

Plain functions of account and event: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from autonome.agents.port import TradeResult
from autonome.arena.account import Account, Holding
from autonome.arena.events import Ended, Filled, FundingSettled, Names, Step, StopMoved
from autonome.arena.orders import closed_order, cooled_until, no_looser, order_after, with_plan
from autonome.arena.payments import payment_row
from autonome.domain.choices import IntentState, Liquidity, PaymentKind
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import ZERO
from autonome.domain.position import (
    Closure,
    Effect,
    Execution,
    Position,
    apply_execution,
    funding_payment,
)
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Fill, Intent, Order, ToolCall

__all__ = [
    "settle_end",
    "settle_fill",
    "settle_funding",
    "settle_stop",
]


def settle_fill(account: Account, event: Filled, names: Names) -> Step:
    """Book what traded at one moment: it opens, adds to, reduces, closes or turns a position.

    Level by level of a book, each at its own price: what closes comes first, and leaves one row.
    """
    order = event.order
    symbol = order.intent.symbol
    held = account.holdings.get(symbol)
    position = Position() if held is None else held.position
    cash_flow = account.cash_flow
    # Plain loops: nearly every fill is one execution, and a replay makes many thousand of them.
    effects: list[Effect] = []
    closures: list[Closure] = []
    opened: list[Execution] = []
    for execution in event.executions:
        effect = apply_execution(position, execution)
        position = effect.position
        effects.append(effect)
        if effect.closed is not None:
            closures.append(effect.closed)
        if effect.opened is not None:
            opened.append(effect.opened)
        cash_flow -= execution.side.sign * execution.notional + execution.fee
    rows: list[Order] = []
    results: tuple[TradeResult, ...] = ()
    cooldowns = account.cooldowns
    if closures and held is not None:
        result = _result(symbol, closures, event)
        results = (result,)
        row = closed_order(held, closures, result.realized_pnl, event, names)
        rows.append(row)
        if held.cooldown_minutes and row.id == held.order.id:
            cooldowns = {**cooldowns, symbol: cooled_until(held, event.at)}
    present = order_after(held, position, opened, event, names)
    if present is not None:
        rows.append(present)
    holdings = dict(account.holdings)
    if present is None:
        holdings.pop(symbol, None)
    else:
        holdings[symbol] = _holding(held, present, position, event)
    intent = changed(
        order.intent,
        order_id=rows[-1].id,
        state=event.state,
        reason=event.reason or order.intent.reason,
        updated_at=event.at,
    )
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        tool_calls=_told_of_fill(event),
        orders=tuple(rows),
        intents=(intent,),
        fills=_fills(event, effects, rows, names),
    )
    after = changed(account, cash_flow=cash_flow, holdings=holdings, cooldowns=cooldowns)
    return Step(account=after, booking=booking, results=results)


def _result(symbol: str, closures: Sequence[Closure], event: Filled) -> TradeResult:
    realized_pnl = entry_notional = ZERO
    for closure in closures:
        realized_pnl += closure.realized_pnl
        entry_notional += closure.entry_notional
    return TradeResult(
        symbol=symbol,
        side=closures[0].side,
        realized_pnl=realized_pnl,
        entry_notional=entry_notional,
        trigger=event.order.trigger,
        closed_at=event.at,
    )


def _holding(held: Holding | None, row: Order, position: Position, event: Filled) -> Holding:
    """Return what is held: what the decision asked for at its birth stays with a position."""
    if held is not None and held.order.id == row.id:
        return changed(held, order=row, position=position)
    return Holding(
        order=row,
        position=position,
        first_stop=row.sl_trigger_price,
        cooldown_minutes=event.order.cooldown_minutes,
    )


def _fills(
    event: Filled, effects: Sequence[Effect], rows: Sequence[Order], names: Names
) -> tuple[Fill, ...]:
    """Return the fill of each execution, in two parts where it closes and opens.

    Of ``rows``, the first is what closed, and the last is what opened.
    """
    fills: list[Fill] = []
    for number, effect in zip(event.venue_fill_ids, effects, strict=True):
        part = 0
        if effect.closed is not None:
            fills.append(_fill(event, number, effect.closed.execution, rows[0], names, part=0))
            part = 1
        if effect.opened is not None:
            fills.append(_fill(event, number, effect.opened, rows[-1], names, part=part))
    return tuple(fills)


def _fill(
    event: Filled, number: str, execution: Execution, row: Order, names: Names, *, part: int
) -> Fill:
    intent = event.order.intent
    return Fill(
        id=names.new_id(),
        intent_id=intent.id,
        order_id=row.id,
        model_id=intent.model_id,
        symbol=intent.symbol,
        venue_fill_id=number,
        part=part,
        side=execution.side,
        quantity=execution.quantity,
        price=execution.price,
        fee=execution.fee,
        liquidity=Liquidity.TAKER,
        filled_at=event.at,
        recorded_at=event.at,
    )


def _told_of_fill(event: Filled) -> tuple[ToolCall, ...]:
    """Return the tool call with the executions, and why the rest of the order never trades."""
    if event.order.tool_call is None:
        return ()
    executed = list(map(_executed, event.executions))
    calls = _told(event.order.tool_call, "filled", executed, event.at)
    if event.state is IntentState.CANCELLED:
        return _told(calls[0], "cancelled", [event.reason], event.at)
    return calls


def _executed(execution: Execution) -> dict[str, object]:
    return {
        "quantity": execution.quantity,
        "price": execution.price,
        "fee": execution.fee,
    }


def _told(
    tool_call: ToolCall | None, outcome: str, what: Sequence[object], at: datetime
) -> tuple[ToolCall, ...]:
    """Return the tool call that asked for it, with what came of it added."""
    if tool_call is None:
        return ()
    before = tool_call.metadata.get(outcome, ())
    assert isinstance(before, (list, tuple))
    metadata = {**tool_call.metadata, outcome: [*before, *what]}
    return (changed(tool_call, metadata=metadata, updated_at=at),)


def settle_end(account: Account, event: Ended) -> Step:
    """Book an order that ended without a fill, and why."""
    intent: Intent = changed(
        event.order.intent, state=event.state, reason=event.reason, updated_at=event.at
    )
    booking = Booking(
        model_id=account.model_id,
        epoch=account.epoch,
        tool_calls=_told(
            event.order.tool_call, event.state.value.lower(), [event.reason], event.at
        ),
        intents=(intent,),
    )
    return Step(account=account, booking=booking)


def settle_stop(account: Account, event: StopMoved) -> Step:
    """Book a stop that was tightened."""
    held = account.holdings[event.symbol]
    plan = changed(held.order.exit_plan or ExitPlan(), stop=event.stop)
    row = with_plan(held.order, no_looser(held.order, plan) or plan, event.at)
    holdings = {**account.holdings, event.symbol: changed(held, order=row)}
    booking = Booking(model_id=account.model_id, epoch=account.epoch, orders=(row,))
    return Step(account=changed(account, holdings=holdings), booking=booking)


def settle_funding(account: Account, event: FundingSettled, names: Names) -> Step:
    """Book one funding settlement; nothing when the symbol is not held or nothing is due."""
    held = account.holdings.get(event.symbol)
    if held is None:
        return Step(account=account, booking=None)
    amount = funding_payment(size=held.position.size, mark_price=event.mark_price, rate=event.rate)
    if not amount:
        return Step(account=account, booking=None)
    payment = payment_row(account, held.order.id, PaymentKind.FUNDING, amount, event.at, names)
    holding = changed(held, position=held.position.with_funding(amount))
    after = changed(
        account,
        cash_flow=account.cash_flow + amount,
        holdings={**account.holdings, event.symbol: holding},
    )
    booking = Booking(model_id=account.model_id, epoch=account.epoch, payments=(payment,))
    return Step(account=after, booking=booking)
