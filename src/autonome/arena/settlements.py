"""When funding is settled, on the instants of the arena's clock."""

from __future__ import annotations

import numpy as np

from autonome.arena.clock import Clock
from autonome.arena.events import FundingSettled
from autonome.domain.instants import utc
from autonome.market.market import Market

__all__ = ["late_settlements", "settlements"]


def settlements(
    market: Market, clock: Clock, *, after: int = 0
) -> list[tuple[int, FundingSettled]]:
    """Return the settlements of every instant later than ``after``, with their instants.

    The mark is the close of the bar that ends there.

    One within a bar is settled when the bar closes (convention), one where time jumps before the
    next bar opens; one at the very beginning finds nobody holding anything.
    """
    due = []
    opens, end_ms = market.open_ms, clock.at_ms(clock.end)
    for symbol in market.symbols:
        rates, candles = market.funding[symbol], market.candles[symbol]
        instants = np.searchsorted(opens, np.array(rates.at_ms, dtype=np.int64)).tolist()
        for instant, at_ms, rate in zip(instants, rates.at_ms, rates.rate, strict=True):
            if instant <= after or at_ms > end_ms:
                continue
            event = FundingSettled(
                at=utc(max(at_ms, clock.at_ms(instant))),
                symbol=symbol,
                mark_price=candles.close_price(instant - 1),
                rate=rate,
            )
            due.append((instant, event))
    return sorted(due, key=lambda each: (each[0], each[1].at, each[1].symbol))


def late_settlements(
    before: Market, market: Market, clock: Clock
) -> list[tuple[int, FundingSettled]]:
    """Return what a live market told of late: settlements of instants that had passed ``before``.

    They are paid at the instant that was reached now, on positions held when they were due.
    """
    late = []
    began_ms, at = before.close_ms_of(-1), clock.at(clock.end)
    for symbol in market.symbols:
        rates, known = market.funding[symbol], len(before.funding[symbol].at_ms)
        for at_ms, rate in zip(rates.at_ms[known:], rates.rate[known:], strict=True):
            if at_ms <= began_ms:
                bar = market.bar_opening_at_or_after(at_ms) - 1
                event = FundingSettled(
                    at=at,
                    symbol=symbol,
                    mark_price=market.candles[symbol].close_price(max(bar, 0)),
                    rate=rate,
                    due_at=utc(at_ms),
                )
                late.append((clock.end, event))
    return late
