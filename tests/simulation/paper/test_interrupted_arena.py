"""An arena that dies again and again does what one does that never dies."""

from __future__ import annotations

from typing import Any

import pytest

from autonome.domain.choices import ArmKind
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Arm, Fill, Model, Payment, PortfolioSnapshot
from simulation.paper.wild_arena import live

_ODDS = 0.01
_HOURS = 8


def coded(journal: MemoryJournal) -> dict[str, str]:
    """Return the names, by model id, of arms that ask no model.

    What a model was asked before its process died is never answered.
    """
    kinds = {each.model_id: each.kind for each in journal.rows(Arm)}
    return {each.id: each.name for each in journal.rows(Model) if kinds[each.id] is not ArmKind.LLM}


def _traded(fill: Fill) -> tuple[Any, ...]:
    return fill.symbol, fill.quantity, fill.price, fill.fee


def happened(journal: MemoryJournal) -> list[tuple[Any, ...]]:
    """Return what traded and was paid, and the NAV of every minute, without identifiers."""
    names = coded(journal)
    traded = [
        (names[each.model_id], each.filled_at, each.part, each.side.value, *_traded(each))
        for each in journal.rows(Fill)
        if each.model_id in names
    ]
    paid = [
        (names[each.model_id], each.occurred_at, each.kind.value, each.amount)
        for each in journal.rows(Payment)
        if each.model_id in names
    ]
    worth = [
        (names[each.model_id], each.created_at, each.net_portfolio)
        for each in journal.rows(PortfolioSnapshot)
        if each.model_id in names
    ]
    return [*sorted(traded), *sorted(paid), *sorted(worth)]


@pytest.mark.parametrize("seed", range(3))
def test_deaths_change_nothing_that_trades(seed: int) -> None:
    whole = live(seed, hours=_HOURS, odds=0.0)
    died = live(seed, hours=_HOURS, odds=_ODDS)
    assert died.lives > 10
    assert happened(died.journal) == happened(whole.journal)
