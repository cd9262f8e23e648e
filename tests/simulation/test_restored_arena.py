"""An arena read back at any moment is the one that its events made."""

from __future__ import annotations

import random

import pytest

from autonome.arena.account import Account
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.port import BookingStatus
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.frames import snapshot
from autonome.ledger.queries.restoring import RestoredArm, restore_arena
from simulation.arms import RICH, USUAL, World
from simulation.test_event_list import first_indexes, live_arms, recorded_in
from simulation.transcript import Transcript

MOMENTS = 12


@pytest.mark.postgres
@pytest.mark.parametrize("world", [USUAL, RICH], ids=["usual", "rich"])
def test_positions_and_cash_come_back_to_the_last_digit(world: World, database_url: str) -> None:
    recorded, entrants = recorded_in(world, Transcript(), days=5)
    moments = set(random.Random(5).sample(range(len(recorded)), MOMENTS)) | {len(recorded) - 1}
    held = 0
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with connect(database_url, autocommit=True) as raw:
        journal = PostgresJournal(raw)
        arms = live_arms(entrants, journal, first_indexes(recorded))
        for number, (model_id, event) in enumerate(recorded):
            booking = arms[model_id].take(event)
            assert booking is None or journal.book(booking) is BookingStatus.BOOKED
            if number in moments:
                with snapshot(database_url, "public") as connection:
                    restored = restore_arena(connection, at=event.at)
                found = {each.model.id: each for each in restored.arms}
                for arm in arms.values():
                    held += same(found[arm.account.model_id], arm.account)
    assert held > MOMENTS


def same(found: RestoredArm, account: Account) -> int:
    """Require that an arm came back as it stands, and return how many positions it holds."""
    assert found.figures.cash_flow == account.cash_flow
    assert found.arm.halted_reason == account.halted_reason
    positions = {order.symbol: (order, position) for order, position in found.positions}
    assert positions == {
        symbol: (holding.order, holding.position) for symbol, holding in account.holdings.items()
    }
    return len(positions)
