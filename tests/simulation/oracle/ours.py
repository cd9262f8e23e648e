"""Our side of the comparison: the script goes the way that a user's script goes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from autonome.arena.replay import Replay
from autonome.bootstrap.arms import ArmsOrder, agents_of, entrants_of
from autonome.domain.choices import OrderStatus, PolicyName
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Order, PortfolioSnapshot
from autonome.market.candles import FundingRates
from autonome.market.files import read_market
from autonome.market.market import Market
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile
from autonome.venue.simulated.candle_venue import CandleVenue
from simulation.oracle.outcomes import Key, Outcome, Run
from simulation.oracle.trips import CAPITAL, LOT

__all__ = ["replayed"]

_NO_COSTS_BUT_FEES = (
    "taker_fee_bps=5",
    "spread_bps=0",
    "slippage_bps=0",
    "latency_ms=0",
    "volume_share=1",
)


def replayed(script: Path, folder: Path, *overrides: str) -> Run:
    """Replay a script over the candles of a folder; ``overrides`` change the venue further."""
    profile = with_overrides(load_profile("binance-perp"), [*_NO_COSTS_BUT_FEES, *overrides])
    market = _without_funding(folder, profile)
    order = ArmsOrder(
        arms=(f"scripted:{script}",),
        agents=(),
        policy=PolicyName.AS_WRITTEN,
        capital=CAPITAL,
        replicas=0,
    )
    agents = agents_of(order, market, cadence_minutes=1, seed=0)
    journal = MemoryJournal()
    venue = CandleVenue(profile=profile, market=market)
    replay = Replay(venue=venue, journal=journal, cadence_minutes=1)
    replay.run(entrants_of(agents, order, start=market.start))
    navs = list(journal.rows(PortfolioSnapshot))
    return Run(
        outcomes=_outcomes(journal),
        nav=max(navs, key=lambda point: point.created_at).net_portfolio,
    )


def _without_funding(folder: Path, profile: VenueProfile) -> Market:
    """Return the market without its funding: the other engines settle none."""
    market = read_market(folder, [profile.instrument(symbol) for symbol in LOT])
    none = {symbol: FundingRates(symbol=symbol, at_ms=(), rate=()) for symbol in market.symbols}
    return replace(market, funding=none)


def _outcomes(journal: MemoryJournal) -> dict[Key, Outcome]:
    # One whole entry and one whole exit: the row carries both fills, under one id.
    fees: dict[str, Decimal] = defaultdict(Decimal)
    for fill in journal.rows(Fill):
        fees[fill.order_id] += fill.fee
    found: dict[Key, Outcome] = {}
    for row in journal.rows(Order):
        assert row.status is OrderStatus.CLOSED
        assert row.exit_price is not None
        assert row.closed_at is not None
        assert row.realized_pnl is not None
        found[row.symbol, row.opened_at] = Outcome(
            quantity=row.quantity,
            entry_price=row.entry_price,
            exit_price=row.exit_price,
            left_at=row.closed_at,
            trigger=row.close_trigger,
            fees=fees[row.id],
            net=row.realized_pnl,
        )
    return found
