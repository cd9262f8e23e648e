"""Random entries: matched in number, size and holding time, blind in all else, never ahead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from autonome.agents.actions import CreatePosition
from autonome.agents.controls.random_entries import RandomEntries
from autonome.agents.port import AccountView, Decider, Leader
from autonome.domain.choices import OrderSide
from autonome.domain.errors import InvariantBroken
from autonome.domain.exit_plan import ExitPlan
from autonome.market.market import Market
from unit.agents.moments import account, after, leader, market_of, moment, position

CADENCE = 60
"""Minutes between ticks."""
WEEK = 168
"""Ticks in the 7 days over which the source is matched."""
TICKS = 10 * WEEK
SYMBOLS = ("BTC", "ETH", "SOL")
SEED = 20_250_505


class Entered(NamedTuple):
    """An entry of the random arm."""

    tick: int
    action: CreatePosition
    ends: int
    """Tick at which it ends by time."""


Source = Callable[[int], Leader]
"""What the source does and holds at a tick, counted from 1."""


def flat_market(ticks: int) -> Market:
    return market_of({symbol: [1_000] * (ticks * CADENCE) for symbol in SYMBOLS})


@pytest.fixture(scope="module")
def market() -> Market:
    return flat_market(TICKS)


def entry(quantity: str = "3", leverage: str = "2") -> CreatePosition:
    return CreatePosition(
        symbol="BTC",
        side=OrderSide.LONG,
        quantity=Decimal(quantity),
        leverage=Decimal(leverage),
        exit_plan=ExitPlan(),
        reason="The source enters.",
    )


def at_tick(tick: int) -> int:
    return after(tick * CADENCE)


def regular(*, until: int = TICKS) -> Source:
    """Return a source that enters every 10th tick and holds for 5, by turns 0.3 and 0.15 of NAV."""

    def source(tick: int) -> Leader:
        last = (tick - 1) // 10 * 10
        holds = 0 < last <= until and tick - last <= 5
        sizes = ("3", "2") if tick % 20 else ("1.5", "4")
        enters = [entry(*sizes)] if tick % 10 == 0 and tick <= until else []
        return leader(*enters, held=[position("BTC", opened_ms=at_tick(last))] if holds else [])

    return source


def play(market: Market, source: Source, *, ticks: int, seed: int, replica: int) -> list[Entered]:
    """Return what the random arm enters when each of its orders fills and ends by time."""
    decider = RandomEntries(source="S", replica=replica).begin(
        market, cadence_minutes=CADENCE, seed=seed
    )
    entered: list[Entered] = []
    for tick in range(1, ticks + 1):
        own = account(*(position(each.action.symbol) for each in entered if each.ends > tick))
        now = moment(market, tick * CADENCE, own, following=source(tick))
        entered += [Entered(tick, each, _end(each)) for each in decider.decide(now)]
    return entered


def _end(action: object) -> int:
    assert isinstance(action, CreatePosition)
    assert action.exit_plan.time_exit is not None
    end = datetime.fromisoformat(action.exit_plan.time_exit).timestamp() * 1_000
    return int(end - after(0)) // (CADENCE * 60_000)


def test_it_matches_the_number_sizes_and_holding_times_of_its_source(market: Market) -> None:
    entered = play(market, regular(), ticks=TICKS, seed=SEED, replica=1)
    # Binomial: 1,680 throws at 1/10 are 168 entries, standard deviation 12.3; four of those.
    assert abs(len(entered) - 168) <= 49
    sizes = Counter((each.action.notional, each.action.leverage) for each in entered)
    # 3 and 1.5 at 1,000 are 0.3 and 0.15 of the source's 10,000; the own NAV is the same.
    assert set(sizes) == {(Decimal(3_000), Decimal(2)), (Decimal(1_500), Decimal(4))}
    assert {each.ends - each.tick for each in entered} == {5}
    # Fair coins and dice: within four standard deviations of their share of the entries.
    count = len(entered)
    longs = sum(each.action.side is OrderSide.LONG for each in entered)
    assert abs(longs - count / 2) <= 4 * (count / 4) ** 0.5
    assert abs(sizes[Decimal(3_000), Decimal(2)] - count / 2) <= 4 * (count / 4) ** 0.5
    symbols = Counter(each.action.symbol for each in entered)
    for symbol in SYMBOLS:
        assert abs(symbols[symbol] - count / 3) <= 4 * (count * 2 / 9) ** 0.5


def test_the_same_seed_and_replica_repeat_and_others_differ(market: Market) -> None:
    def run(*, seed: int = SEED, replica: int = 1) -> list[Entered]:
        return play(market, regular(), ticks=2 * WEEK, seed=seed, replica=replica)

    assert run() == run()
    assert run(replica=2) != run()
    assert run(seed=SEED + 1) != run()


def test_what_the_source_does_later_changes_nothing_before(market: Market) -> None:
    def run(until: int) -> list[Entered]:
        return play(market, regular(until=until), ticks=3 * WEEK, seed=SEED, replica=1)

    changed = 200  # The next entry of the unchanged source comes at tick 210.
    whole, stopped = run(TICKS), run(changed)
    early = [each for each in whole if each.tick < changed + 10]
    assert early == [each for each in stopped if each.tick < changed + 10]
    assert early
    assert whole != stopped


def test_it_falls_silent_a_week_after_its_source(market: Market) -> None:
    entered = play(market, regular(until=WEEK), ticks=3 * WEEK, seed=SEED, replica=1)
    # The last entry of the source, at tick 160, is forgotten at tick 160 + 168.
    assert 160 < entered[-1].tick < 160 + WEEK


def every_tick(tick: int) -> Leader:
    """Return a source that turns its position around at every tick."""
    held = [position("BTC", opened_ms=at_tick(tick - 1))] if tick > 1 else []
    return leader(entry(), held=held)


def begun(market: Market) -> Decider:
    return RandomEntries(source="S").begin(market, cadence_minutes=CADENCE, seed=SEED)


def at_third_tick(source: Source, own: AccountView) -> tuple[object, ...]:
    """Return what is asked at tick 3, when the probability of an entry is 1."""
    market = flat_market(3)
    decider = begun(market)
    for tick in (1, 2):
        now = moment(market, tick * CADENCE, following=source(tick))
        # Nothing is known of holding times before the first position has ended.
        assert decider.decide(now) == ()
    return tuple(decider.decide(moment(market, 3 * CADENCE, own, following=source(3))))


def test_a_source_that_enters_at_each_tick_makes_the_entry_certain() -> None:
    (action,) = at_third_tick(every_tick, account(nav="5000"))
    assert isinstance(action, CreatePosition)
    assert (action.notional, action.leverage) == (Decimal(1_500), Decimal(2))  # 0.3 x 5,000.
    # Opened at the first tick, last seen at the second: one hour.
    assert action.exit_plan == ExitPlan(time_exit="2025-05-05T04:00:00Z")
    assert action.reason == "By chance: S made 3 entries in the last 3 ticks."


def test_a_holding_time_is_at_least_one_tick() -> None:
    def late(tick: int) -> Leader:
        held = [position("BTC", opened_ms=at_tick(tick - 1) + 50)] if tick > 1 else []
        return leader(entry(), held=held)

    (action,) = at_third_tick(late, account())
    assert _end(action) == 4


def far_tick(tick: int, source: Leader) -> list[object]:
    """Return what is asked at a later tick, after three ticks of a source that always turns."""
    market = flat_market(tick)
    decider = begun(market)
    for early in (1, 2, 3):
        decider.decide(moment(market, early * CADENCE, following=every_tick(early)))
    return list(decider.decide(moment(market, tick * CADENCE, following=source)))


CERTAIN = leader(*[entry()] * WEEK, held=[position("BTC", opened_ms=at_tick(2))])
"""Enough entries at once for the whole window, and the position that was held at tick 3."""


def test_what_is_seven_days_old_is_forgotten() -> None:
    # At tick 170 the window begins after tick 2: the entry of tick 3 counts, with its holding time.
    (action,) = far_tick(WEEK + 2, CERTAIN)
    assert isinstance(action, CreatePosition)
    assert action.reason == "By chance: S made 169 entries in the last 168 ticks."
    # At tick 171 nothing that ended is known any more.
    assert far_tick(WEEK + 3, CERTAIN) == []


def test_an_entry_of_a_source_without_nav_has_no_size_and_does_not_count() -> None:
    ruined = leader(*CERTAIN.accepted, nav="0", held=[*CERTAIN.positions.values()])
    assert far_tick(WEEK + 4, ruined) == []


def test_an_entry_given_as_a_notional_counts_with_it() -> None:
    def source(tick: int) -> Leader:
        amount = CreatePosition(
            symbol="BTC",
            side=OrderSide.LONG,
            notional=Decimal(2_000),
            leverage=Decimal(1),
            exit_plan=ExitPlan(),
            reason="The source enters.",
        )
        return leader(amount, nav="8000", held=[*every_tick(tick).positions.values()])

    (action,) = at_third_tick(source, account(nav="1000"))
    assert isinstance(action, CreatePosition)
    assert action.notional == Decimal(250)  # 2,000 / 8,000 of 1,000.


def test_it_takes_a_symbol_that_is_free() -> None:
    (action,) = at_third_tick(every_tick, account(position("BTC"), under_way=["SOL"]))
    assert isinstance(action, CreatePosition)
    assert action.symbol == "ETH"


@pytest.mark.parametrize(
    "own",
    [
        account(*(position(symbol) for symbol in SYMBOLS)),
        account(position("BTC"), under_way=["ETH", "SOL"]),
        account(nav="0"),
        account(nav="-5"),
    ],
    ids=["all held", "held or ordered", "no NAV", "negative NAV"],
)
def test_it_waits_without_a_free_symbol_or_money(own: AccountView) -> None:
    assert at_third_tick(every_tick, own) == ()


def test_it_asks_to_see_every_tick() -> None:
    wake = begun(flat_market(1)).next_wake(at_tick(1), account())
    assert wake is not None
    assert at_tick(1) < wake <= at_tick(2)  # The arena rounds up to its next tick.


def test_it_never_runs_without_its_source() -> None:
    market = flat_market(1)
    with pytest.raises(InvariantBroken, match="without its leader"):
        begun(market).decide(moment(market, CADENCE))


def test_it_is_numbered_by_replica() -> None:
    agent = RandomEntries(source="S", replica=3)
    assert (agent.name, agent.leader) == ("Random entries 3", "S")
    assert agent.settings == {"source": "S", "replica": 3}
