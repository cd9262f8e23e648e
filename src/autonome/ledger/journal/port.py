"""The journal: where a cycle writes its rows, whatever holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from autonome.domain.choices import OrderStatus
from autonome.domain.errors import ArenaTaken, InvariantBroken
from autonome.domain.value import value
from autonome.ledger.rows import (
    Arm,
    ArmPolicy,
    ArmState,
    Command,
    Cycle,
    Fill,
    Intent,
    Invocation,
    Judgement,
    Model,
    Order,
    Payment,
    ToolCall,
)

__all__ = [
    "Amendment",
    "Booking",
    "BookingStatus",
    "Counts",
    "Journal",
    "MarkPoints",
    "NavPoints",
    "Run",
    "taken_over",
]


class BookingStatus(Enum):
    """What became of a booking."""

    BOOKED = "BOOKED"
    STALE_EPOCH = "STALE_EPOCH"
    """Another run of the arm has begun; nothing was written."""
    ALREADY_BOOKED = "ALREADY_BOOKED"
    """A fill or payment of it is there already; nothing was written again."""


class Run(NamedTuple):
    """One run of an arm; it is over once a newer one has begun."""

    model_id: str
    epoch: int


def taken_over(model_id: str) -> ArenaTaken:
    """Return the error of a process that went on after another one had taken its place."""
    return ArenaTaken(
        f"expected to run {model_id} alone, found that another process runs it by now.",
        remedy="Nothing was written. Let the other process go on, or stop it first.",
    )


@value
class Counts:
    """What a booking adds to its model's counters."""

    invocations: int = 0
    minutes: int = 0
    failed_workflows: int = 0
    failed_tool_calls: int = 0


_OfModel = Invocation | Order | Intent | Fill | Payment | ArmState


@value
class Booking:
    """What one event changed for one arm: written as a whole or not at all.

    Invocations, tool calls, orders and intents are rows as they are NOW: new ones are inserted,
    known ones replaced. Fills and payments are only ever added; the venue's number of a fill and
    the id of a payment make a booking that is sent twice count once. Where there is neither, its
    invocations do, by id and time of update; counts alone are not protected.

    Raises:
        InvariantBroken: a row is another model's, two OPEN orders are of one symbol, or it halts
            and resumes at once.
    """

    model_id: str
    epoch: int
    """The run that books; refused when the arm's row says another."""
    invocations: tuple[Invocation, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    orders: tuple[Order, ...] = ()
    intents: tuple[Intent, ...] = ()
    fills: tuple[Fill, ...] = ()
    payments: tuple[Payment, ...] = ()
    counts: Counts | None = None
    halted_reason: str | None = None
    """Why the arm takes no new risk from now on; ``None`` changes nothing."""
    halt_was_asked: bool = False
    """Whether an operator asked for the halt: a command on record says so."""
    resumed: bool = False
    """Whether a halt is taken back."""
    enabled: bool | None = None
    """Whether the arm is asked from now on; ``None`` changes nothing."""
    state: ArmState | None = None
    """What the arm remembers from now on, instead of what it did; ``None`` changes nothing."""
    judgements: tuple[Judgement, ...] = ()
    """Of tool calls of this booking."""

    @property
    def moves_halt(self) -> bool:
        """Say whether the arm's halt is set or taken back."""
        return self.resumed or self.halted_reason is not None

    @property
    def halts_by_itself(self) -> bool:
        """Say whether the arm is halted without any operator."""
        return self.halted_reason is not None and not self.halt_was_asked

    @property
    def is_known_by_its_invocations(self) -> bool:
        """Say whether only invocations can tell that the booking was sent before."""
        return self.counts is not None and not self.fills and not self.payments

    def __post_init__(self) -> None:
        model_id = self.model_id
        rows: tuple[_OfModel, ...] = (
            *self.invocations,
            *self.orders,
            *self.intents,
            *self.fills,
            *self.payments,
            *(() if self.state is None else (self.state,)),
        )
        for row in rows:
            if row.model_id != model_id:
                raise InvariantBroken(f"a booking of {model_id} has a row of another model")
        if self.resumed and self.halted_reason is not None:
            raise InvariantBroken(f"a booking both halts and resumes {model_id}")
        if len(self.orders) > 1:
            opened = [order.symbol for order in self.orders if order.status is OrderStatus.OPEN]
            if len(opened) != len(set(opened)):
                raise InvariantBroken(f"a second OPEN order of one symbol for {model_id}")


@value
class Amendment:
    """What an operator changed of how an arm is run: written as a whole or not at all."""

    model_id: str
    epoch: int
    """The run that amends; refused when the arm's row says another."""
    policies: tuple[ArmPolicy, ...] = ()
    """Limits of its own, the newest last; those on record are left alone."""
    settings: Mapping[str, object] | None = None
    """Of its agent, from now on; ``None`` changes nothing."""
    model: str | None = None
    """Its model's name at the provider, from now on; ``None`` changes nothing."""


@value
class NavPoints:
    """A run of NAV points of one model."""

    model_id: str
    at_ms: NDArray[np.int64]
    """Shape (n,); milliseconds since 1970 UTC, ascending."""
    nav: NDArray[np.int64]
    """Shape (n,); 1e-8 of quote."""
    epoch: int | None = None
    """The run that took them, for ``Journal.minute``; ``None`` is whichever there is."""


@value
class MarkPoints:
    """A run of marks of one symbol."""

    symbol: str
    at_ms: NDArray[np.int64]
    """Shape (n,); milliseconds since 1970 UTC, ascending."""
    price: NDArray[np.int64]
    """Shape (n,); 1e-8 of quote per base unit."""


class Journal(Protocol):
    """A writer of rows."""

    def enter(self, model: Model, arm: Arm, *, behind: Run | None = None) -> BookingStatus:
        """Add a competitor, unless the run that it is entered ``behind`` is over.

        So who led the arena once lets nobody compete whom the next leader does not know.

        Raises:
            ArenaNotEmpty: a model with this name and variant competes already.
        """

    def begin_run(self, model_id: str, *, at: datetime, after: int | None = None) -> int:
        """Raise the arm's epoch by one and return it; older runs can book nothing more.

        ``after`` is the epoch with which the arm's rows were read: what is to go on with them must
        not end a run that has begun since.

        Raises:
            KeyError: the model has no arm.
            ArenaTaken: the arm's epoch is another one than ``after``.
        """

    def begin_cycle(self, cycle: Cycle) -> bool:
        """Write a tick; ``False`` when another clock has written one for the same instant."""

    def book(self, booking: Booking) -> BookingStatus:
        """Write a booking, all or nothing.

        Raises:
            InvariantBroken: it would leave two OPEN orders of one model and symbol.
        """

    def amend(self, amendment: Amendment) -> BookingStatus:
        """Write what an operator changed, all or nothing; written again, it changes nothing."""

    def value(self, points: NavPoints) -> None:
        """Append NAV points, each rounded half-even to cents; later than a model's last ones."""

    def mark(self, points: MarkPoints) -> None:
        """Append marks, later than a symbol's last ones."""

    def minute(self, points: Sequence[NavPoints], marks: Sequence[MarkPoints]) -> BookingStatus:
        """Write the marks and NAV points of one minute or a few, all or nothing, at most once.

        A minute of which a mark is there was written before, NAV and all, and is left alone;
        ``ALREADY_BOOKED`` says that none was new, ``STALE_EPOCH`` that a newer run of an arm has
        begun, so that nothing was written.

        Raises:
            InvariantBroken: something is there twice, or a NAV point has no mark at its instant.
        """

    def request(self, command: Command) -> None:
        """Write down what an operator asks for; whoever leads the arena carries it out.

        Sent again under its id, it is written once.
        """

    def finish_command(self, command_id: str, *, at: datetime, outcome: str) -> bool:
        """Say that a command was carried out; ``False`` when that was said before.

        Raises:
            KeyError: there is no such command.
        """
