"""A run in the words of the slow simulator: its market, its venue, its decisions, its fills."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from autonome.domain.instants import ms_of
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, ToolCall
from autonome.market.candles import Candles
from autonome.market.market import Market
from autonome.venue.profile import VenueProfile
from simulation.slow.account import Plan
from simulation.slow.market import Bar, SlowMarket
from simulation.slow.orders import Asked, SlowFill, Updated
from simulation.slow.simulator import Decision
from simulation.slow.venue import Contract, SlowVenue

__all__ = ["decisions_of", "fills_of", "market_of", "venue_of"]


def market_of(market: Market) -> SlowMarket:
    """Return the bars and rates of a market, in quote."""
    return SlowMarket(
        open_ms=market.open_ms.tolist(),
        bars={symbol: _bars(each) for symbol, each in market.candles.items()},
        rates={
            symbol: [
                (at_ms, Fraction(rate)) for at_ms, rate in zip(each.at_ms, each.rate, strict=True)
            ]
            for symbol, each in market.funding.items()
        },
    )


def _bars(candles: Candles) -> list[Bar]:
    tick = Fraction(candles.tick)
    columns = (candles.open, candles.high, candles.low, candles.close)
    prices = zip(*(column.tolist() for column in columns), strict=True)
    return [
        Bar._make((*(tick * price for price in row), Fraction(str(volume))))
        for row, volume in zip(prices, candles.volume.tolist(), strict=True)
    ]


def venue_of(profile: VenueProfile, market: Market) -> SlowVenue:
    """Return the terms of a profile that draws nothing and has one spread for all symbols."""
    first, *_ = market.symbols
    cost_bps = profile.half_spread_bps(first) + profile.slippage(first).high
    contracts = {}
    for symbol in market.symbols:
        listed = profile.instrument(symbol)
        contracts[symbol] = Contract(
            tick=Fraction(listed.tick),
            lot=Fraction(listed.lot),
            maintenance_rate=Fraction(listed.maintenance_rate),
            liquidation_fee_rate=Fraction(listed.liquidation_fee_rate),
        )
    return SlowVenue(
        contracts=contracts,
        fee_rate=Fraction(profile.taker_fee_bps) / 10_000,
        cost_rate=Fraction(cost_bps) / 10_000,
        volume_share=Fraction(profile.volume_share),
        latency_ms=int(profile.latency_ms.high),
    )


def decisions_of(journal: MemoryJournal, venue: SlowVenue) -> dict[int, list[Decision]]:
    """Return what the arm decided and its policy let through, by instant (ms)."""
    intents = {each.tool_call_id: each for each in journal.rows(Intent) if each.tool_call_id}
    decisions: dict[int, list[Decision]] = defaultdict(list)
    for call in journal.rows(ToolCall):
        if "denied" not in call.metadata:
            intent = intents.get(call.id)
            decisions[ms_of(call.created_at)].append(_decision(call, intent, venue))
    return decisions


def _decision(call: ToolCall, intent: Intent | None, venue: SlowVenue) -> Decision:
    asked: Any = call.metadata["asked"]
    allowed: Any = call.metadata["allowed"]
    symbol = asked["symbol"]
    contract = venue.contracts[symbol]
    if intent is None:
        return Updated(symbol=symbol, plan=_plan(allowed["exitPlan"], contract))
    return Asked(
        symbol=symbol,
        sign=intent.side.sign,
        quantity=Fraction(intent.quantity),
        purpose=intent.purpose.value,
        plan=_plan(asked["exitPlan"], contract) if "exitPlan" in asked else Plan(),
        leverage=Fraction(asked.get("leverage", 1)),
    )


def _plan(written: dict[str, Any], contract: Contract) -> Plan:
    def trigger(price: Decimal | None) -> Fraction | None:
        return None if price is None else contract.triggers_at(Fraction(price))

    invalidation, timed = written["invalidationPrice"], written["timeExit"]
    return Plan(
        stop=trigger(written["stop"]),
        target=trigger(written["target"]),
        invalidation=None if invalidation is None else Fraction(invalidation),
        time_ms=None if timed is None else ms_of(datetime.fromisoformat(timed)),
    )


def fills_of(journal: MemoryJournal) -> list[SlowFill]:
    """Return the venue's fills: the parts of one that closed and opened are put together."""
    purposes = {each.id: each.purpose.value for each in journal.rows(Intent)}
    parts: dict[str, list[Fill]] = defaultdict(list)
    for fill in journal.rows(Fill):
        parts[fill.venue_fill_id].append(fill)
    return [
        SlowFill(
            at_ms=ms_of(first.filled_at),
            symbol=first.symbol,
            sign=first.side.sign,
            quantity=sum((Fraction(each.quantity) for each in (first, *rest)), Fraction(0)),
            price=Fraction(first.price),
            purpose=purposes[first.intent_id or ""],
        )
        for first, *rest in parts.values()
    ]
