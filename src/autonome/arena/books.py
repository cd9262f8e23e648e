"""One arm's account and ledger: events go in, bookings go out, NAV is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from autonome.agents.port import TradeResult
from autonome.arena.account import Account
from autonome.arena.crash_points import IS_ARMED, CrashPoint, reached
from autonome.arena.events import Event, Names, Step
from autonome.arena.judgements import judgement_of
from autonome.arena.stage import Stage
from autonome.arena.step import step
from autonome.arena.valuation import NavBook
from autonome.domain.errors import InvariantBroken
from autonome.domain.policy import Policy
from autonome.domain.value import changed
from autonome.ledger.journal.port import Amendment, Booking, BookingStatus, taken_over
from autonome.ledger.rows import Arm, ArmState, Model

__all__ = ["Books"]


class Books:
    """The account of one arm, moved by events alone."""

    def __init__(
        self,
        account: Account,
        policy: Policy,
        stage: Stage,
        names: Names,
        *,
        nav: NavBook,
        trades: Sequence[TradeResult] = (),
    ) -> None:
        self.account = account
        self.nav = nav
        self.trades = list(trades)
        """Every completed trade, oldest first."""
        self.policy = policy
        self.memory: Callable[[Event, Step], ArmState] | None = None
        """What an arm must remember beyond its rows after a step; a replay needs no memory."""
        self._stage = stage
        self._names = names

    @classmethod
    def opened(
        cls,
        model: Model,
        arm: Arm,
        policy: Policy,
        stage: Stage,
        names: Names,
        *,
        first_bar: int = 0,
    ) -> Books:
        """Enter a new arm with its first run, and open its books before ``first_bar``.

        Raises:
            ArenaTaken: another process runs the arena by now.
            ArenaNotEmpty: an arm of its name and variant competes already.
        """
        epoch = arm.epoch + 1
        begun = replace(arm, epoch=epoch, updated_at=arm.created_at)
        if stage.journal.enter(model, begun, behind=stage.run) is BookingStatus.STALE_EPOCH:
            raise taken_over(model.name)
        reached(CrashPoint.ARM_ENTERED)
        capital = arm.starting_capital
        account = Account(
            model_id=model.id, epoch=epoch, starting_capital=capital, cash_flow=capital
        )
        nav = NavBook(stage.market, model.id, capital, first_bar=first_bar)
        return cls(account, policy, stage, names, nav=nav)

    def apply(self, event: Event) -> Step:
        """Let an event happen, and write down what follows from it."""
        stage = self._stage
        stage.events += 1
        if stage.record is not None:
            stage.record(self.account.model_id, event)
        done = step(self.account, event, self.policy, self._names)
        booking = done.booking
        if booking is not None:
            if self.memory is not None:
                judgements = tuple([judgement_of(each) for each in done.judged])
                booking = changed(booking, state=self.memory(event, done), judgements=judgements)
            self.book(booking)
        self.account = done.account
        self.trades += done.results
        return done

    def book(self, booking: Booking) -> None:
        """Write a booking.

        Raises:
            ArenaTaken: another process runs the arm by now.
            InvariantBroken: the journal refused it, which nobody else can have caused.
        """
        if IS_ARMED:
            reached(CrashPoint.BEFORE_BOOKING)
        status = self._stage.journal.book(booking)
        if IS_ARMED:
            reached(CrashPoint.AFTER_BOOKING)
        if status is BookingStatus.STALE_EPOCH:
            raise taken_over(self.account.model_id)
        if status is not BookingStatus.BOOKED:
            raise InvariantBroken(f"our own booking was answered with {status.value}")

    def amend(self, amendment: Amendment) -> None:
        """Write what an operator changed of the arm.

        Raises:
            ArenaTaken: another process runs the arm by now.
        """
        if self._stage.journal.amend(amendment) is BookingStatus.STALE_EPOCH:
            raise taken_over(self.account.model_id)

    def cut_nav(self, bar: int) -> None:
        """Say that the account stood as it is until the close of the bar before ``bar``."""
        self.nav.cut(bar, self.account)
