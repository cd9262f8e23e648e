"""How a NAV adds up: from the capital, through everything that moved it, to the stored point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from autonome.domain.money import ZERO, exact, round_cents
from autonome.domain.position import Execution, Position, apply_execution
from autonome.domain.value import value
from autonome.ledger.queries.bridging import AccountSums, account_sums, marks_at, moved_before
from autonome.ledger.queries.rebuilding import Moved
from autonome.ledger.reader import Reads

__all__ = ["NavBridge", "bridge_of", "nav_bridge"]


@value
class NavBridge:
    """The parts of one NAV point; quote, exact, signed as they moved the NAV."""

    model_id: str
    nav_at: datetime
    starting_capital: Decimal
    gross_pnl_closed: Decimal
    """Of everything closed, before fees and funding."""
    fees_total: Decimal
    """Negative when paid; those of open positions too."""
    funding_closed: Decimal
    funding_open: Decimal
    """What open positions have received so far; negative when paid."""
    liquidation_fees: Decimal
    shortfall: Decimal
    """What covered a negative NAV."""
    deposits: Decimal
    """Less withdrawals."""
    adopted: Decimal
    """What another client's P&L said beyond its prices; zero for arms of ours."""
    unrealized: Decimal | None
    """At the marks of the instant, before exit costs; ``None`` where a mark is missing."""
    nav: Decimal
    """The stored point, in cents."""
    inference: Decimal
    """Of no NAV; negative."""

    @property
    @exact
    def nav_net(self) -> Decimal:
        """Return the stored point less what inference had cost."""
        return self.nav + self.inference

    @property
    @exact
    def recomputed_nav(self) -> Decimal | None:
        """Return the sum of the parts, unrounded; ``None`` where a mark is missing."""
        if self.unrealized is None:
            return None
        return sum(
            (
                self.gross_pnl_closed,
                self.fees_total,
                self.funding_closed,
                self.funding_open,
                self.liquidation_fees,
                self.shortfall,
                self.deposits,
                self.adopted,
                self.unrealized,
            ),
            start=self.starting_capital,
        )

    @property
    @exact
    def difference(self) -> Decimal | None:
        """Return the stored point less the sum in cents: zero, or something is wrong."""
        recomputed = self.recomputed_nav
        return None if recomputed is None else self.nav - round_cents(recomputed)


async def nav_bridge(
    reader: Reads, model_id: str, *, at: datetime | None = None
) -> NavBridge | None:
    """Return how the last NAV point (at or before ``at``) adds up, ``None`` without a point."""
    sums = await reader.one(account_sums(model_id, at=at))
    if sums is None:
        return None
    moved = await reader.all(moved_before(model_id, at=sums.nav_at))
    return bridge_of(sums, moved, dict(await reader.all(marks_at(sums.nav_at))))


@exact
def bridge_of(sums: AccountSums, moved: Iterable[Moved], marks: Mapping[str, Decimal]) -> NavBridge:
    """Return the bridge from the sums, what moved the open positions, and marks by symbol."""
    positions = _positions(moved)
    entered = sum((each.entry_notional for each in positions.values()), start=ZERO)
    funding_open = sum((each.funding for each in positions.values()), start=ZERO)
    held = {symbol: each for symbol, each in positions.items() if each.size}
    unrealized = None
    if held.keys() <= marks.keys():
        unrealized = sum(
            (each.unrealized_pnl(mark_price=marks[symbol]) for symbol, each in held.items()),
            start=ZERO,
        )
    return NavBridge(
        model_id=sums.model_id,
        nav_at=sums.nav_at,
        starting_capital=sums.starting_capital,
        gross_pnl_closed=sums.trade_flow + entered,
        fees_total=-sums.fees,
        funding_closed=sums.funding - funding_open,
        funding_open=funding_open,
        liquidation_fees=sums.liquidation_fees,
        shortfall=sums.shortfall,
        deposits=sums.deposits,
        adopted=sums.adopted,
        unrealized=unrealized,
        nav=sums.nav,
        inference=sums.inference,
    )


def _positions(moved: Iterable[Moved]) -> dict[str, Position]:
    """Return the position of each symbol, from what moved it."""
    positions: dict[str, Position] = {}
    for each in sorted(moved, key=lambda each: each.turn):
        position = positions.get(each.order_id, Position())
        if isinstance(each.what, Execution):
            position = apply_execution(position, each.what).position
        else:
            position = position.with_funding(each.what)
        positions[each.order_id] = position
    return positions
