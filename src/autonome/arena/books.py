"""One arm's account and ledger: events go in, bookings go out, NAV is kept."""

from __future__ import annotations

from autonome.agents.port import TradeResult
from autonome.arena.account import Account
from autonome.arena.events import Event, Names
from autonome.arena.stage import Stage
from autonome.arena.step import Step, step
from autonome.arena.valuation import NavBook
from autonome.domain.errors import InvariantBroken
from autonome.domain.policy import Policy
from autonome.ledger.journal.port import Booking, BookingStatus
from autonome.ledger.rows import Arm, Model

__all__ = ["Books"]


class Books:
    """The account of one arm, moved by events alone."""

    def __init__(self, model: Model, arm: Arm, policy: Policy, stage: Stage, names: Names) -> None:
        stage.journal.enter(model, arm)
        epoch = stage.journal.begin_run(model.id, at=arm.created_at)
        capital = arm.starting_capital
        self.account = Account(
            model_id=model.id, epoch=epoch, starting_capital=capital, cash_flow=capital
        )
        self.nav = NavBook(stage.market, model.id, capital)
        self.trades: list[TradeResult] = []
        """Every completed trade, oldest first."""
        self.policy = policy
        self._stage = stage
        self._names = names

    def apply(self, event: Event) -> Step:
        """Let an event happen, and write down what follows from it."""
        stage = self._stage
        stage.events += 1
        if stage.record is not None:
            stage.record(self.account.model_id, event)
        done = step(self.account, event, self.policy, self._names)
        if done.booking is not None:
            self.book(done.booking)
        self.account = done.account
        self.trades += done.results
        return done

    def book(self, booking: Booking) -> None:
        """Write a booking.

        Raises:
            InvariantBroken: the journal refused it, which nobody else can have caused.
        """
        status = self._stage.journal.book(booking)
        if status is not BookingStatus.BOOKED:
            raise InvariantBroken(f"a replay's own booking was answered with {status.value}")

    def cut_nav(self, bar: int) -> None:
        """Say that the account stood as it is until the close of the bar before ``bar``."""
        self.nav.cut(bar, self.account)
