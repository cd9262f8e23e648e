"""What a new process reads of an arena, from a journal in memory instead of a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from autonome.domain.choices import IntentState, OrderStatus, PaymentKind
from autonome.domain.instants import ms_of
from autonome.domain.position import Execution
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.queries.rebuilding import Moved, rebuilt
from autonome.ledger.queries.restoring import RestoredArm, WorkingIntent
from autonome.ledger.queries.running import ArmFigures
from autonome.ledger.rows import (
    Arm,
    ArmState,
    Command,
    Fill,
    Intent,
    Invocation,
    Mark,
    Model,
    Order,
    Payment,
    PortfolioSnapshot,
    ToolCall,
)

__all__ = ["cash_of", "marked_at", "pending", "restored_arms", "stage_of"]

_WORKING = {IntentState.NEW, IntentState.SENT, IntentState.ACKNOWLEDGED, IntentState.UNKNOWN}


def marked_at(journal: MemoryJournal) -> datetime | None:
    """Return the last minute that was written."""
    return max((mark.at for mark in journal.rows(Mark)), default=None)


def pending(journal: MemoryJournal) -> list[Command]:
    """Return the commands that nobody has carried out yet, oldest first."""
    waiting = [each for each in journal.rows(Command) if each.done_at is None]
    return sorted(waiting, key=lambda each: (each.requested_at, each.id))


def stage_of(invocation: Invocation) -> object:
    """Return how far an invocation came."""
    return (invocation.response_payload or {}).get("state")


def cash_of(journal: MemoryJournal, model_id: str) -> Decimal:
    """Return what an account has: capital, trades and payments, inference left out."""
    arm = next(each for each in journal.rows(Arm) if each.model_id == model_id)
    cash = arm.starting_capital
    for fill in journal.rows(Fill):
        if fill.model_id == model_id:
            cash -= fill.side.sign * fill.quantity * fill.price + fill.fee
    for payment in journal.rows(Payment):
        if payment.model_id == model_id and payment.kind is not PaymentKind.INFERENCE:
            cash += payment.amount
    return cash


def restored_arms(journal: MemoryJournal, *, at: datetime) -> dict[str, RestoredArm]:
    """Return every arm as its rows left it, by model id."""
    arms = {each.model_id: each for each in journal.rows(Arm)}
    positions = _positions(journal)
    return {
        model.id: _restored(journal, model, arms[model.id], positions, at)
        for model in journal.rows(Model)
    }


def _restored(
    journal: MemoryJournal,
    model: Model,
    arm: Arm,
    positions: dict[str, list[tuple[Order, object]]],
    at: datetime,
) -> RestoredArm:
    intents = [each for each in journal.rows(Intent) if each.model_id == model.id]
    calls = {each.id: each for each in journal.rows(ToolCall)}
    invocations = [each for each in journal.rows(Invocation) if each.model_id == model.id]
    states = {each.model_id: each for each in journal.rows(ArmState)}
    return RestoredArm(
        model=model,
        arm=arm,
        state=states.get(model.id),
        figures=_figures(journal, model.id, intents, at),
        positions=tuple(positions.get(model.id, ())),  # type: ignore[arg-type]
        working=tuple(
            WorkingIntent(
                intent=each,
                tool_call=None if each.tool_call_id is None else calls[each.tool_call_id],
            )
            for each in sorted(intents, key=lambda each: each.client_order_index)
            if each.state in _WORKING
        ),
        in_flight=tuple(each for each in invocations if stage_of(each) == "RUNNING"),
        failures_in_a_row=0,
        spent=None,
        trades=tuple(
            sorted(
                (
                    each
                    for each in journal.rows(Order)
                    if each.model_id == model.id and each.status is OrderStatus.CLOSED
                ),
                key=lambda each: (each.closed_at, each.id),
            )
        ),
    )


def _figures(
    journal: MemoryJournal, model_id: str, intents: list[Intent], at: datetime
) -> ArmFigures:
    day_began = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    points = [each for each in journal.rows(PortfolioSnapshot) if each.model_id == model_id]
    before = [each for each in points if each.created_at <= day_began]
    states = {each.model_id: each.state for each in journal.rows(ArmState)}
    resumed_ms = states.get(model_id, {}).get("resumed", 0)
    since = [each for each in points if ms_of(each.created_at) >= resumed_ms]  # type: ignore[operator]
    opening = max(before, key=lambda each: each.created_at, default=None)
    return ArmFigures(
        model_id=model_id,
        cash_flow=cash_of(journal, model_id),
        peak_nav=max((each.net_portfolio for each in since), default=None),
        day_opening_nav=None if opening is None else opening.net_portfolio,
        last_order_index=max((each.client_order_index for each in intents), default=0),
    )


def _positions(journal: MemoryJournal) -> dict[str, list[tuple[Order, object]]]:
    orders = list(journal.rows(Order))
    opened = [each for each in orders if each.status is OrderStatus.OPEN]
    found = rebuilt(opened, [*_traded(journal, orders, opened), *_funded(journal, opened)])
    by_model: dict[str, list[tuple[Order, object]]] = {}
    for order in sorted(opened, key=lambda each: each.symbol):
        by_model.setdefault(order.model_id, []).append((order, found[order.id]))
    return by_model


def _traded(journal: MemoryJournal, orders: list[Order], opened: list[Order]) -> Iterator[Moved]:
    """Yield the fills of positions, those of the rows that partial closes gave birth to too."""
    fills: dict[str, list[Fill]] = {}
    for fill in journal.rows(Fill):
        fills.setdefault(fill.order_id, []).append(fill)
    for position in opened:
        for row in orders:
            key = (row.model_id, row.symbol, row.side, row.opened_at)
            if key != (position.model_id, position.symbol, position.side, position.opened_at):
                continue
            own = fills.get(row.id, [])
            exits = all(fill.side is row.side.exit_side for fill in own)
            if row.id == position.id or (row.status is OrderStatus.CLOSED and exits):
                for fill in own:
                    execution = Execution(
                        side=fill.side, quantity=fill.quantity, price=fill.price, fee=fill.fee
                    )
                    yield Moved(
                        order_id=position.id,
                        at=fill.filled_at,
                        what=execution,
                        number=fill.venue_fill_id,
                        part=fill.part,
                    )


def _funded(journal: MemoryJournal, opened: list[Order]) -> Iterator[Moved]:
    ids = {each.id for each in opened}
    for payment in journal.rows(Payment):
        if payment.order_id in ids and payment.kind is PaymentKind.FUNDING:
            yield Moved(order_id=str(payment.order_id), at=payment.occurred_at, what=payment.amount)
