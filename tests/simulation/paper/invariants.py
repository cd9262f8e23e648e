"""What must hold in an arena whatever happened to it, said of its rows alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from itertools import islice, pairwise

from autonome.arena.paper.arena import PaperArena
from autonome.domain.choices import (
    ArmKind,
    IntentPurpose,
    IntentState,
    OrderStatus,
    PaymentKind,
    PolicyName,
)
from autonome.domain.money import exact
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import (
    Arm,
    ArmState,
    Command,
    CommandKind,
    Cycle,
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
from simulation.paper.memory_restoring import stage_of
from simulation.paper.wild_arena import Lived

__all__ = ["Watchman", "check_ledger"]

_CENT = Decimal("0.01")
_WIDE = Context(prec=60)
_WORKING = {IntentState.NEW, IntentState.ACKNOWLEDGED}
_FLAT_AFTER = timedelta(minutes=120)
"""A pause of the market is shorter by far."""


class Watchman:
    """Looks at an arena after each of its minutes."""

    def __init__(self) -> None:
        self._halted: dict[str, datetime] = {}
        """By model: when it was seen halted first, without a break since."""
        self._flattened: dict[str, datetime] = {}
        self._intents = 0
        self._commands: set[str] = set()
        self.flat = 0
        """Arms that were seen flat, long after they had been flattened."""

    def look(self, lived: Lived, arena: PaperArena) -> None:
        """Look at the minute that has just closed."""
        assert arena.broken == []
        at = arena.stage.clock.at(arena.stage.clock.end)
        arms = {each.model_id: each for each in lived.journal.rows(Arm)}
        opened = [each for each in lived.journal.rows(Order) if each.status is OrderStatus.OPEN]
        assert max(Counter((each.model_id, each.symbol) for each in opened).values(), default=0) < 2
        for order in opened:
            if arms[order.model_id].policy is PolicyName.STANDARD:
                assert order.sl_trigger_price is not None, order
        self._look_at_commands(lived.journal, arms, at)
        self._look_at_halts(lived.journal, arms, at)
        self._look_at_flattening(arms, opened, at)

    def _look_at_halts(self, journal: MemoryJournal, arms: dict[str, Arm], at: datetime) -> None:
        fresh = list(islice(journal.rows(Intent), self._intents, None))
        self._intents += len(fresh)
        for intent in fresh:
            halted_at = self._halted.get(intent.model_id)
            if halted_at is not None and arms[intent.model_id].halted_reason is not None:
                assert intent.purpose is not IntentPurpose.OPEN, intent
        for model_id, arm in arms.items():
            if arm.halted_reason is None:
                self._halted.pop(model_id, None)
            else:
                self._halted.setdefault(model_id, at)

    def _look_at_commands(self, journal: MemoryJournal, arms: dict[str, Arm], at: datetime) -> None:
        for command in journal.rows(Command):
            if command.done_at is None or command.id in self._commands:
                continue
            self._commands.add(command.id)
            about = arms if command.model_id is None else [command.model_id]
            for model_id in about:
                if command.kind is CommandKind.FLATTEN:
                    self._flattened[model_id] = at
                elif command.kind is CommandKind.RESUME:
                    self._flattened.pop(model_id, None)
                    self._halted.pop(model_id, None)

    def _look_at_flattening(self, arms: dict[str, Arm], opened: list[Order], at: datetime) -> None:
        holders = {each.model_id for each in opened}
        for model_id, since in list(self._flattened.items()):
            assert arms[model_id].halted_reason is not None
            if at - since > _FLAT_AFTER:
                assert model_id not in holders, arms[model_id]
                self.flat += 1


@exact
def check_ledger(lived: Lived) -> None:
    """Check every row that an arena left."""
    journal = lived.journal
    _check_ticks(lived)
    _check_intents(journal)
    _check_refusals(journal)
    for model in journal.rows(Model):
        _check_positions(journal, model.id)
        _check_nav(journal, model.id)
        _check_invocations(lived, model)


def _minutes(journal: MemoryJournal) -> list[datetime]:
    return sorted({mark.at for mark in journal.rows(Mark)})


def _check_ticks(lived: Lived) -> None:
    minutes = _minutes(lived.journal)
    assert all(later - earlier == timedelta(minutes=1) for earlier, later in pairwise(minutes))
    found = [each.scheduled_at for each in lived.journal.rows(Cycle)]
    assert sorted(found) == [
        at for at in minutes if (at.hour * 60 + at.minute) % lived.cadence_minutes == 0
    ]


def _check_intents(journal: MemoryJournal) -> None:
    traded: dict[str, Decimal] = defaultdict(Decimal)
    for fill in journal.rows(Fill):
        assert fill.intent_id is not None
        traded[fill.intent_id] += fill.quantity
    at_work = {
        order["intent"]
        for state in journal.rows(ArmState)
        for order in state.state["orders"]  # type: ignore[attr-defined]
    }
    numbers = Counter(each.client_order_index for each in journal.rows(Intent))
    assert max(numbers.values(), default=1) == 1
    for intent in journal.rows(Intent):
        found = traded.get(intent.id, Decimal(0))
        assert found <= intent.quantity, intent
        if intent.state is IntentState.FILLED:
            assert found == intent.quantity, intent
        if intent.state is IntentState.REJECTED:
            assert not found, intent
        if intent.state in _WORKING:
            assert intent.id in at_work, intent


def _check_refusals(journal: MemoryJournal) -> None:
    asked_by = {each.tool_call_id for each in journal.rows(Intent)}
    for call in journal.rows(ToolCall):
        if "denied" in call.metadata or "unusable" in call.metadata:
            assert call.id not in asked_by, call


def _check_positions(journal: MemoryJournal, model_id: str) -> None:
    sizes: dict[str, Decimal] = defaultdict(Decimal)
    for fill in journal.rows(Fill):
        if fill.model_id == model_id:
            sizes[fill.symbol] += fill.side.sign * fill.quantity
    rows = {
        order.symbol: order.side.sign * order.quantity
        for order in journal.rows(Order)
        if order.model_id == model_id and order.status is OrderStatus.OPEN
    }
    assert {symbol: size for symbol, size in sizes.items() if size} == rows


def _moved(
    journal: MemoryJournal, model_id: str
) -> Iterator[tuple[datetime, str | None, Decimal, Decimal]]:
    """Yield from which NAV point on something counts: instant, symbol, size and cash."""
    just_after = timedelta(microseconds=1)
    for fill in journal.rows(Fill):
        if fill.model_id == model_id:
            size = fill.side.sign * fill.quantity
            # What trades at an opening counts at the close of that bar.
            yield fill.filled_at + just_after, fill.symbol, size, -size * fill.price - fill.fee
    for payment in journal.rows(Payment):
        if payment.model_id == model_id and payment.kind is not PaymentKind.INFERENCE:
            is_funding = payment.kind is PaymentKind.FUNDING
            at = payment.occurred_at if is_funding else payment.occurred_at + just_after
            yield at, None, Decimal(0), payment.amount


def _check_nav(journal: MemoryJournal, model_id: str) -> None:
    arm = next(each for each in journal.rows(Arm) if each.model_id == model_id)
    marks: dict[datetime, dict[str, Decimal]] = defaultdict(dict)
    for mark in journal.rows(Mark):
        marks[mark.at][mark.symbol] = mark.price
    points = [each for each in journal.rows(PortfolioSnapshot) if each.model_id == model_id]
    assert [each.created_at for each in points] == sorted(marks)
    moved = sorted(_moved(journal, model_id), key=lambda each: each[0])
    cash, sizes, place = arm.starting_capital, defaultdict[str, Decimal](Decimal), 0
    for point in points:
        while place < len(moved) and moved[place][0] <= point.created_at:
            _, symbol, size, amount = moved[place]
            cash += amount
            if symbol is not None:
                sizes[symbol] += size
            place += 1
        worth = sum((size * marks[point.created_at][each] for each, size in sizes.items()), cash)
        assert point.net_portfolio == _cents(worth), point
    cash += sum((amount for *_, amount in moved[place:]), Decimal(0))
    (state,) = (each.state for each in journal.rows(ArmState) if each.model_id == model_id)
    assert Decimal(str(state["cashFlow"])) == cash


def _cents(amount: Decimal) -> Decimal:
    with localcontext(_WIDE):
        return amount.quantize(_CENT, ROUND_HALF_EVEN)


def _check_invocations(lived: Lived, model: Model) -> None:
    journal = lived.journal
    kind = next(each.kind for each in journal.rows(Arm) if each.model_id == model.id)
    invocations = [each for each in journal.rows(Invocation) if each.model_id == model.id]
    ticks = [each.scheduled_at for each in journal.rows(Cycle)]
    if kind is not ArmKind.LLM:
        asked = Counter(each.created_at for each in invocations)
        assert max(asked.values(), default=1) == 1, model.name
        assert model.invocation_count == len(ticks)
        assert model.total_minutes == len(ticks) * lived.cadence_minutes
        return
    assert {each.created_at for each in invocations} == set(ticks), model.name
    stages = Counter(map(stage_of, invocations))
    assert stages.keys() <= {"COMPLETED", "FAILED", "MISSED", "RUNNING"}
    running = [each for each in invocations if stage_of(each) == "RUNNING"]
    assert len(running) <= 1
    assert model.invocation_count == stages["COMPLETED"]
    assert model.total_minutes == stages["COMPLETED"] * lived.cadence_minutes
    assert model.failed_workflow_count == stages["FAILED"]
