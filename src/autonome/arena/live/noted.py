"""What the market says between the minutes, as pages are shown it: funding, and a live book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autonome.arena.live.present import Present
from autonome.arena.stage import Stage
from autonome.domain.instants import ms_of, utc, zulu
from autonome.market.book import Level
from autonome.market.snapshot import funding_facts

__all__ = ["MOST_LEVELS", "market_said"]

MOST_LEVELS: Final = 20
"""Of each side of a book."""


def market_said(stage: Stage) -> dict[str, object]:
    """Return what is known of each symbol now, as JSON: rates and prices as plain text.

    The last settlement and the next instant are those that models are shown.
    """
    return {symbol: _said(stage, symbol) for symbol in stage.symbols}


def _said(stage: Stage, symbol: str) -> dict[str, object]:
    present = stage.present
    quoted = None if present is None else present.quoted(symbol)
    facts = funding_facts(stage.seen.funding.get(symbol), ms_of(stage.now), quoted)
    next_ms = None if quoted is None else quoted.next_funding_ms
    said: dict[str, object] = {}
    if facts is not None:
        said["funding"] = {"rate": f"{facts.rate:f}", "settledAt": zulu(utc(facts.settled_ms))}
        next_ms = facts.next_ms
    if next_ms is not None:
        said["nextFundingAt"] = zulu(utc(next_ms))
    return said if present is None else {**said, **_live(present, symbol)}


def _live(present: Present, symbol: str) -> dict[str, object]:
    said: dict[str, object] = {}
    expected, book = present.expected_rate(symbol), present.book(symbol)
    if expected is not None:
        said["predictedFundingRate"] = f"{expected:f}"
    if book is not None:
        at = zulu(utc(book.at_ms))
        said["book"] = {"at": at, "bids": _levels(book.bids), "asks": _levels(book.asks)}
    return said


def _levels(levels: Sequence[Level]) -> list[dict[str, str]]:
    return [{"price": f"{each.price:f}", "size": f"{each.size:f}"} for each in levels[:MOST_LEVELS]]
