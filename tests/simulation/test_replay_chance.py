"""Chance comes from the seed: the same seed draws the same latency and slippage, order by order."""

from __future__ import annotations

from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Fill, Intent, Order, PortfolioSnapshot
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import load_profile
from simulation.runs import Dice, run, synthetic
from simulation.statements import check, rows_without_chance

DRAWN = with_overrides(load_profile("autonome-classic"), ["latency_ms=40..90000"])
MARKET = synthetic(seed=9, days=1)


def drawn(seed: int, *names: str) -> MemoryJournal:
    """Replay with latencies of up to a minute and a half, and slippages of up to ten bps."""
    agents = [Dice(name=name, seed=1, symbols=MARKET.symbols) for name in names]
    journal = run(MARKET, *agents, profile=DRAWN, seed=seed)
    check(journal, MARKET)
    return journal


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not() -> None:
    first, again, other = drawn(1, "Ada"), drawn(1, "Ada"), drawn(2, "Ada")
    for kind in (Fill, Intent, Order, PortfolioSnapshot):
        rows = rows_without_chance(first, kind)
        assert rows == rows_without_chance(again, kind)
        assert rows != rows_without_chance(other, kind)


def test_another_competitor_draws_nothing_away() -> None:
    alone, together = drawn(1, "Ada"), drawn(1, "Ada", "Eve")
    for kind in (Fill, Intent, Order):
        rows = [row for row in rows_without_chance(together, kind) if row.model_id == "Ada"]
        assert rows == rows_without_chance(alone, kind)


def test_two_arms_that_ask_the_same_are_drawn_for_apart() -> None:
    journal = drawn(1, "Ada", "Eve")
    ada, eve = (
        [(fill.price, fill.filled_at) for fill in journal.rows(Fill) if fill.model_id == name]
        for name in ("Ada", "Eve")
    )
    assert ada != eve


def test_latency_is_drawn_per_order_so_that_fills_wait_none_or_some_bars() -> None:
    journal = drawn(1, "Ada")
    decided = {
        intent.id: intent.created_at
        for intent in journal.rows(Intent)
        if intent.tool_call_id is not None
    }
    first = {
        fill.intent_id: (fill.filled_at - decided[fill.intent_id]).total_seconds() / 60
        for fill in reversed(list(journal.rows(Fill)))
        if fill.intent_id in decided
    }
    assert set(first.values()) == {0, 1, 2}
