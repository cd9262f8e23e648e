"""An arm's books as its rows and its memory left them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.agents.port import TradeResult
from autonome.arena.account import Account, Holding
from autonome.arena.books import Books
from autonome.arena.competitor import Entrant
from autonome.arena.events import Names
from autonome.arena.memory import Memory
from autonome.arena.stage import Stage
from autonome.arena.valuation import NavBook
from autonome.domain.choices import CloseTrigger
from autonome.domain.money import ZERO, exact
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import Order
from autonome.market.candles import MINUTE_MS

__all__ = ["reopened"]

_DAY_MS: Final = 24 * 60 * MINUTE_MS


@exact
def reopened(
    entrant: Entrant, found: RestoredArm, memory: Memory, stage: Stage, names: Names
) -> Books:
    """Return the books of an arm that ran before, under a new epoch: an older process is out."""
    instant = stage.clock.end
    at = stage.clock.at(instant)
    epoch = stage.journal.begin_run(found.model.id, at=at, after=found.arm.epoch)
    account = Account(
        model_id=found.model.id,
        epoch=epoch,
        starting_capital=found.arm.starting_capital,
        cash_flow=found.figures.cash_flow,
        holdings=_holdings(found, memory),
        cooldowns=memory.cooldowns,
        halted_reason=found.arm.halted_reason,
    )
    figures, capital = found.figures, found.arm.starting_capital
    opening = capital if figures.day_opening_nav is None else figures.day_opening_nav
    # Of the minute that was begun something may be booked: what it is worth is no NAV on record.
    # The last one on record opens the day, where a day begins at this instant.
    least_peak = ZERO if memory.resumed != memory.reset[0] else capital
    if memory.reset[0] > stage.clock.at_ms(instant) // _DAY_MS * _DAY_MS:
        opening = capital
    nav = NavBook(
        stage.market,
        found.model.id,
        opening,
        first_bar=instant,
        peak=capital if figures.peak_nav is None else max(figures.peak_nav, least_peak),
        day_opening=opening,
    )
    trades = [_result(row) for row in found.trades]
    return Books(account, entrant.policy, stage, names, nav=nav, trades=trades)


def _holdings(found: RestoredArm, memory: Memory) -> dict[str, Holding]:
    holdings = {}
    for order, position in found.positions:
        kept = memory.holdings.get(order.symbol, {})
        first_stop = kept.get("firstStop")
        holdings[order.symbol] = Holding(
            order=order,
            position=position,
            first_stop=None if first_stop is None else Decimal(first_stop),
            cooldown_minutes=int(kept.get("cooldownMinutes", 0)),
        )
    return holdings


def _result(row: Order) -> TradeResult:
    assert row.closed_at is not None
    return TradeResult(
        symbol=row.symbol,
        side=row.side,
        realized_pnl=row.realized_pnl or ZERO,
        entry_notional=row.quantity * row.entry_price,
        trigger=None if row.close_trigger is None else CloseTrigger(row.close_trigger),
        closed_at=row.closed_at,
    )
