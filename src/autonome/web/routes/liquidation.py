"""Where each open position alone would have its account liquidated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from autonome.domain.margin import Marked, lone_liquidation_prices
from autonome.domain.money import round_nearest
from autonome.ledger.listed import Listed, listed_in
from autonome.ledger.queries.exposures import Exposure, exposures
from autonome.ledger.queries.facts import fact
from autonome.ledger.reader import Rows
from autonome.ledger.rows import FactName

__all__ = ["OfAccount", "liquidation_prices", "prices_of"]

OfAccount = tuple[str, str]
"""A model's id and a symbol: it has one position of it."""


async def liquidation_prices(rows: Rows, model_ids: Collection[str]) -> dict[OfAccount, Decimal]:
    """Return the liquidation prices of all positions of some models, as far as they are known."""
    if not model_ids:
        return {}
    run = await rows.one(fact(FactName.RUN))
    if not (listed := listed_in(run)):
        return {}
    return prices_of(await rows.all(exposures(sorted(model_ids))), listed)


def prices_of(
    exposed: Iterable[Exposure], listed: Mapping[str, Listed]
) -> dict[OfAccount, Decimal]:
    """Return the liquidation price (quote, on the tick) of each position that has one.

    Of an account of which anything is not known there are none: a contract, a mark, or rows that
    its fills contradict.
    """
    accounts: dict[str, list[Exposure]] = defaultdict(list)
    for each in exposed:
        accounts[each.model_id].append(each)
    found: dict[OfAccount, Decimal] = {}
    for account in accounts.values():
        found.update(_of_account(account, listed))
    return found


def _of_account(
    account: Sequence[Exposure], listed: Mapping[str, Listed]
) -> dict[OfAccount, Decimal]:
    positions = []
    for each in account:
        known = listed.get(each.symbol)
        if known is None or each.mark_price is None or each.traded_size != each.held_size:
            return {}
        positions.append(
            Marked(
                size=each.held_size,
                mark_price=each.mark_price,
                maintenance_rate=known.maintenance_rate,
            )
        )
    prices = lone_liquidation_prices(base=account[0].cash_flow, positions=positions)
    ticked = {
        (each.model_id, each.symbol): round_nearest(price, step=listed[each.symbol].tick)
        for each, price in zip(account, prices, strict=True)
        if price is not None
    }
    # Zero says that every price above it liquidates.
    return {of_account: price for of_account, price in ticked.items() if price}
