"""What operators do to what an arm holds: close all of it or one position, change a plan."""

from __future__ import annotations

from collections.abc import Collection

from autonome.agents.actions import UpdateExitPlan
from autonome.arena.events import ExitDue, PlaceOrder, PlanEdited
from autonome.arena.live.live_arm import LiveArm
from autonome.domain.choices import CloseTrigger, IntentPurpose, OrderType
from autonome.domain.policy import was_drawdown
from autonome.domain.refusals import Denied
from autonome.ledger.journal.port import Run

__all__ = ["OperatedArm"]


class OperatedArm(LiveArm):
    """An arm whose positions operators may end."""

    @property
    def run(self) -> Run:
        """Return the run that this process made of the arm."""
        account = self._books.account
        return Run(account.model_id, account.epoch)

    @property
    def has_lost_too_much(self) -> bool:
        """Say whether a drawdown is why the arm is halted."""
        return was_drawdown(self._books.account.halted_reason)

    def flatten(self, reason: str) -> int:
        """Order the close of everything, and return how many positions are to end."""
        held = self._books.account.holdings
        self._close(held.keys(), CloseTrigger.HALT, IntentPurpose.HALT, reason)
        return len(held)

    def close(self, order_id: str, reason: str) -> bool:
        """Order the close of one position; ``False`` where it is not open any more."""
        symbol = self._symbol_of(order_id)
        if symbol is not None:
            self._close({symbol}, CloseTrigger.MANUAL, IntentPurpose.CLOSE, reason)
        return symbol is not None

    def edit_plan(self, order_id: str, update: UpdateExitPlan) -> Denied | None:
        """Change the exit plan of one position; return why that may not be."""
        instant = self._stage.clock.end
        if self._symbol_of(order_id) != update.symbol:
            reason = f"expected an open position of {update.symbol}; there is none"
            return Denied(rule="position-open", reason=reason)
        quote = self._stage.quote(update.symbol, instant)
        done = self._books.apply(PlanEdited(at=self._stage.now, update=update, quote=quote))
        if done.denials:
            return done.denials[0]
        self._plan(update.symbol, first_bar=instant)
        return None

    def _symbol_of(self, order_id: str) -> str | None:
        holdings = self._books.account.holdings
        found = [symbol for symbol, held in holdings.items() if held.order.id == order_id]
        return found[0] if found else None

    def _close(
        self,
        symbols: Collection[str],
        trigger: CloseTrigger,
        purpose: IntentPurpose,
        reason: str,
    ) -> None:
        """Order the close of what is held of some symbols; a flatten is about every symbol.

        What is on its way might open something, or close only a part: it is called back. What is
        being closed already is not ordered again.
        """
        instant, is_all = self._stage.clock.end, trigger is CloseTrigger.HALT
        ending = {
            ticket.order.intent.symbol: ticket.order
            for ticket in self._orders.tickets
            if self._ends_a_position(ticket.order)
        }
        others = [
            ticket.order
            for ticket in self._orders.tickets
            if not is_all and ticket.order.intent.symbol not in symbols
        ]
        self._orders.cancel_all(instant, reason, but=[*ending.values(), *others])
        for symbol in sorted(set(symbols) - ending.keys()):
            due = ExitDue(
                at=self._stage.now,
                symbol=symbol,
                trigger=trigger,
                purpose=purpose,
                order_type=OrderType.MARKET,
                reason=reason,
            )
            for order in self._books.apply(due).orders:
                self._orders.send(order, instant)

    def _ends_a_position(self, order: PlaceOrder) -> bool:
        """Say whether an order closes all of what is held, and opens nothing."""
        held = self._books.account.holdings.get(order.intent.symbol)
        return held is not None and not order.opening and order.closing >= held.order.quantity
