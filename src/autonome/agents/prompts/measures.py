"""What an arm's own trades say about it: statistics for its prompt, not money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from autonome.agents.port import TradeResult
from autonome.domain.money import ZERO

__all__ = ["Record", "record_of"]


class Record(NamedTuple):
    """Measures over completed trades; ``None`` where there is too little to tell."""

    trades: int
    win_rate: Decimal | None
    """Winners / trades."""
    profit_factor: Decimal | None
    """Sum of gains / sum of losses; ``None`` without a loss."""
    payoff: Decimal | None
    """Mean gain / mean loss, each as a fraction of its entry notional."""


def record_of(trades: Sequence[TradeResult]) -> Record:
    """Return the measures; a trade that earned nothing counts as a loss of nothing."""
    gains = [each.realized_pnl for each in trades if each.realized_pnl > 0]
    losses = [-each.realized_pnl for each in trades if each.realized_pnl <= 0]
    lost = sum(losses, ZERO)
    return Record(
        trades=len(trades),
        win_rate=Decimal(len(gains)) / len(trades) if trades else None,
        profit_factor=sum(gains, ZERO) / lost if lost else None,
        payoff=_payoff(trades),
    )


def _payoff(trades: Sequence[TradeResult]) -> Decimal | None:
    returns = [each.realized_pnl / each.entry_notional for each in trades]
    wins = [each for each in returns if each > 0]
    losses = [-each for each in returns if each <= 0]
    if not wins or not sum(losses):
        return None
    return (sum(wins, ZERO) / len(wins)) / (sum(losses, ZERO) / len(losses))
