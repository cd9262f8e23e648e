"""One list of events, booked three ways: the replay and a live loop write the same rows.

A live loop has no replay around it: it gives each event to ``step`` as it comes, keeps the orders
that ``step`` sends by their numbers, and books what comes back. Fed with the events of a replay,
under names of its own, it must arrive at the replay's rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import polars as pl
import pytest

from autonome.arena.account import Account
from autonome.arena.competitor import Entrant
from autonome.arena.events import (
    Ended,
    Event,
    Filled,
    Halted,
    Liquidated,
    Names,
    PlaceOrder,
    PlanEdited,
    Reset,
    Resumed,
)
from autonome.arena.step import step
from autonome.domain.policy import Policy
from autonome.domain.value import changed
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.content import content_of
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import Booking, BookingStatus, Journal
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.queries.frames import read_frames, snapshot
from autonome.ledger.tables import cycles, marks, models, portfolio_size
from simulation.arms import RICH, USUAL, World, agents, compete, ruin, synthetic, trips
from simulation.transcript import Transcript, first_difference

Recorded = list[tuple[str, Event]]

NOT_OF_EVENTS = (cycles.name, portfolio_size.name, marks.name)
"""What the clock and the market write, whatever happens to an arm."""


@dataclass(slots=True)
class LiveArm:
    """The state of an arm in a loop that knows nothing but events."""

    account: Account
    policy: Policy
    names: Names
    orders: dict[int, PlaceOrder] = field(default_factory=dict)
    """Sent to the venue, by client order index."""

    def take(self, event: Event) -> Booking | None:
        """Let an event happen and return what is to be written."""
        if isinstance(event, Filled | Ended):
            event = changed(event, order=self.orders[event.order.intent.client_order_index])
        done = step(self.account, event, self.policy, self.names)
        self.account = done.account
        for order in done.orders:
            self.orders[order.intent.client_order_index] = order
        if isinstance(event, Filled) and done.booking is not None:
            # An order that works on is known by its rows as they are now.
            index = event.order.intent.client_order_index
            calls = done.booking.tool_calls
            self.orders[index] = changed(
                event.order,
                intent=done.booking.intents[0],
                tool_call=calls[0] if calls else None,
            )
        return done.booking


def first_indexes(recorded: Recorded) -> dict[str, int]:
    """Return the first number that each arm gave to an order; the venue's fills repeat them."""
    first: dict[str, int] = {}
    for model_id, event in recorded:
        if isinstance(event, Filled | Ended):
            index = event.order.intent.client_order_index
            first[model_id] = min(index, first.get(model_id, index))
    return first


def live_arms(
    entrants: Sequence[Entrant], journal: Journal, first: Mapping[str, int]
) -> dict[str, LiveArm]:
    """Enter every competitor anew, with ids that count, and return the arms by the old ids."""
    ids = count(1)

    def new_id() -> str:
        return f"{next(ids):08d}-0000-4000-8000-000000000000"

    arms = {}
    for entrant in entrants:
        model = replace(entrant.model, id=new_id())
        arm = replace(entrant.arm, model_id=model.id)
        journal.enter(model, arm)
        epoch = journal.begin_run(model.id, at=arm.created_at)
        capital = arm.starting_capital
        arms[entrant.model.id] = LiveArm(
            account=Account(
                model_id=model.id, epoch=epoch, starting_capital=capital, cash_flow=capital
            ),
            policy=entrant.policy,
            names=Names(
                new_id=new_id, next_order_index=count(first.get(entrant.model.id, 1)).__next__
            ),
        )
    return arms


def feed(recorded: Recorded, entrants: Sequence[Entrant], journal: Journal) -> None:
    """Book a list of events through the live functions."""
    arms = live_arms(entrants, journal, first_indexes(recorded))
    for model_id, event in recorded:
        booking = arms[model_id].take(event)
        if booking is not None:
            assert journal.book(booking) is BookingStatus.BOOKED


def recorded_in(world: World, journal: Journal, *, days: int) -> tuple[Recorded, list[Entrant]]:
    """Replay into ``journal`` and return every event, in the order in which the replay told it."""
    market = synthetic(seed=3, days=days)
    competitors = agents(market, world, scripts=[trips(market, world), ruin(market, world)])
    recorded: Recorded = []
    entrants = compete(
        market,
        competitors,
        world,
        journal,
        record=lambda model_id, event: recorded.append((model_id, event)),
    )
    return recorded, entrants


@pytest.mark.parametrize("world", [USUAL, RICH], ids=["usual", "rich"])
def test_a_live_loop_books_what_the_replay_booked(world: World) -> None:
    replayed, live = Transcript(), Transcript()
    recorded, entrants = recorded_in(world, replayed, days=12)
    assert len(recorded) > 1_000
    feed(recorded, entrants, live)
    expected, found = replayed.of_arms(), live.of_arms()
    for entrant in entrants:
        name = entrant.model.name
        # What the replay writes at the end are the counters and the NAV, no events.
        *rows, counters, _nav = expected[name]
        assert counters[:-2] == ()
        assert first_difference(rows, found[name]) is None, name


def test_the_list_holds_every_kind_of_event() -> None:
    kinds = set()
    for world in (USUAL, RICH):
        recorded, _ = recorded_in(world, Transcript(), days=12)
        kinds |= {type(event) for _, event in recorded}
        if world is USUAL:
            assert any(isinstance(event, Liquidated) for _, event in recorded)
    # Operators command arenas that run; a replay has none.
    assert kinds == set(Event.__args__) - {Halted, PlanEdited, Reset, Resumed}


def without_the_clock(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables with what events write; a model's counters are the clock's too."""
    kept = {
        name: frame.clear() if name in NOT_OF_EVENTS else frame for name, frame in frames.items()
    }
    counters = [pl.lit(0).alias(name) for name in ("invocationCount", "totalMinutes")]
    kept[models.name] = kept[models.name].with_columns(counters)
    return kept


@pytest.mark.postgres
def test_a_live_loop_leaves_the_database_that_copy_leaves(database_url: str) -> None:
    """The same rows from bookings one by one and from COPY, whatever their ids."""
    with fresh_arena(database_url, "copied") as copied:
        recorded, entrants = recorded_in(USUAL, copied, days=5)
    with transaction(database_url, "booked") as connection:
        upgrade(connection, "booked")
    with connect(database_url, arena="booked", autocommit=True) as raw:
        feed(recorded, entrants, PostgresJournal(raw))
    contents = []
    for arena in ("copied", "booked"):
        with snapshot(database_url, arena) as connection:
            frames = without_the_clock(read_frames(connection))
        assert frames["Fills"].height > 300
        contents.append(content_of(frames))
    assert contents[0] == contents[1]
