"""Whether the bars that have closed bring an arm's account down to its maintenance margin."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from autonome.arena.account import Account
from autonome.arena.stage import Stage
from autonome.domain.value import value
from autonome.venue.simulated.candle_venue import Listing
from autonome.venue.simulated.exits import BLOCK
from autonome.venue.simulated.liquidation import Exposed, Liquidation, first_liquidation

__all__ = ["Solvency"]

_SLACK: Final = 1e-9
"""Relative: what is this close to the bound is looked at exactly."""
_FEW_BLOCKS: Final = 4
"""So many blocks are bounded one by one; more are left to the test of their bars."""


@value
class _Weight:
    """What one tick of a position adds to NAV less maintenance margin, quote."""

    per_tick: float
    adverse: list[int]
    """Ticks: of each block of bars, the extreme against the position."""


class Solvency:
    """The test for liquidation; each bar is tested once, with what was held in it."""

    def __init__(self, stage: Stage, *, tested_bar: int = 0) -> None:
        self._stage = stage
        self._tested_bar = tested_bar
        """Bars before it were tested."""
        self._account: Account | None = None
        """Whose weights these are."""
        self._weights: list[_Weight] = []
        self._base = self._slack = 0.0
        self._is_safe = True

    def renew(self) -> None:
        """Forget what the bars so far ruled out: more have come."""
        self._account = None

    def liquidation(self, account: Account, end_bar: int) -> Liquidation | None:
        """Return the first liquidation in the bars before ``end_bar`` not tested yet, if any."""
        first, self._tested_bar = self._tested_bar, max(self._tested_bar, end_bar)
        if first >= end_bar or not account.holdings:
            return None
        if account is not self._account:
            self._weigh(account)
        if self._is_safe or self._is_safe_between(first, end_bar):
            return None
        exposed = [
            _exposed(self._stage.venue.listings[symbol], holding.position.size)
            for symbol, holding in account.holdings.items()
        ]
        found = first_liquidation(exposed, base=account.cash_flow, first_bar=first, end_bar=end_bar)
        if found is not None:
            self._tested_bar = found.bar + 1
        return found

    def _weigh(self, account: Account) -> None:
        """Find out whether any bar of the market could liquidate what is held."""
        self._account = account
        sizes = [holding.position.size for holding in account.holdings.values()]
        if account.cash_flow >= 0 and min(sizes) > 0:
            self._is_safe = True  # Nothing is owed, and nothing is worth less than zero.
            return
        self._base = worst = float(account.cash_flow)
        scale = abs(worst)
        self._weights = []
        for symbol, holding in account.holdings.items():
            listing = self._stage.venue.listings[symbol]
            size = float(holding.position.size)
            per_tick = (size - abs(size) * listing.maintenance_rate) * listing.tick
            extremes = listing.extremes
            if size > 0:
                adverse, price = extremes.lows, listing.lowest
            else:
                adverse, price = extremes.highs, listing.highest
            self._weights.append(_Weight(per_tick=per_tick, adverse=adverse))
            worst += per_tick * price
            scale += abs(per_tick) * listing.highest
        self._slack = scale * _SLACK
        self._is_safe = worst > self._slack

    def _is_safe_between(self, first: int, end_bar: int) -> bool:
        """Say whether the extremes of the blocks around some bars rule a liquidation out."""
        blocks = range(first // BLOCK, (end_bar - 1) // BLOCK + 1)
        if len(blocks) > _FEW_BLOCKS:
            return False
        for block in blocks:
            left = self._base
            for weight in self._weights:
                left += weight.per_tick * weight.adverse[block]
            if left <= self._slack:
                return False
        return True


def _exposed(listing: Listing, size: Decimal) -> Exposed:
    return Exposed(
        candles=listing.candles,
        size=size,
        maintenance_rate=listing.instrument.maintenance_rate,
        highest=listing.highest,
    )
