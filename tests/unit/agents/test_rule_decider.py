"""When a rule wakes, and what it asks for, by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from autonome.agents.actions import ClosePosition, CreatePosition
from autonome.agents.port import AccountView, Moment, PositionView
from autonome.agents.rules import Entries, RuleAgent, Signals
from autonome.agents.rules.decider import RuleDecider
from autonome.domain.choices import OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.value import changed
from unit.agents.moments import account, after, market_of, position
from unit.agents.rules_by_hand import ByHand, conditions, prices

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
CLOSES = [1_000] * 8
"""Row r closes r + 1 minutes after the first bar opens."""
STOP = np.full(8, 980.0)


def begun(signals: Signals, *, cadence_minutes: int = 1, **settings: object) -> RuleDecider:
    market = market_of({"BTC": CLOSES * cadence_minutes})
    return ByHand({"BTC": signals}, **settings).begin(
        market, cadence_minutes=cadence_minutes, seed=1
    )


def wakes(decider: RuleDecider, own: AccountView | None = None) -> list[int]:
    """Return the minutes at which a decider wakes, as long as nothing changes."""
    found: list[int] = []
    at_ms: int | None = after(0)
    while len(found) < 20 and (at_ms := decider.next_wake(at_ms, own or account())) is not None:
        found.append((at_ms - after(0)) // 60_000)
    return found


def asked(decider: RuleDecider, minutes: int, own: AccountView | None = None) -> list[object]:
    """Return the actions at a moment; the observation is not looked at."""
    moment = Moment(at_ms=after(minutes), observation=None, account=own or account())  # type: ignore[arg-type]
    return list(decider.decide(moment))


EDGES = {
    "a condition that lasts": (Entries(enter=conditions(2, 3, 4, of=8)), None, [3]),
    "a condition that comes back": (Entries(enter=conditions(2, 4, of=8)), None, [3, 5]),
    "true from the first row": (Entries(enter=conditions(0, 1, of=8)), None, [1]),
    "no stop there": (
        Entries(enter=conditions(2, 4, of=8), stop=prices(*[980.0] * 4, None, *[980.0] * 3)),
        None,
        [3],
    ),
    "a stop beyond the close": (
        Entries(enter=conditions(2, 4, of=8), stop=prices(*[980.0] * 4, 1_000, *[980.0] * 3)),
        None,
        [3],
    ),
    "its own exit holds": (
        Entries(enter=conditions(2, 4, of=8), exit=conditions(4, of=8)),
        None,
        [3],
    ),
    "both sides at once": (
        Entries(enter=conditions(2, 4, of=8)),
        Entries(enter=conditions(4, 6, of=8)),
        [3, 7],
    ),
}


@pytest.mark.parametrize("case", EDGES)
def test_it_wakes_at_edges_that_can_be_taken(case: str) -> None:
    long, short, minutes = EDGES[case]
    decider = begun(Signals(long=long, short=short))
    assert wakes(decider) == minutes
    assert [row for row in range(1, 9) if asked(decider, row)] == minutes


def test_the_warm_up_enters_nothing() -> None:
    signals = Signals(long=Entries(enter=conditions(2, 4, of=8)))
    assert wakes(begun(signals, warm_up_bars=2)) == [3, 5]
    assert wakes(begun(signals, warm_up_bars=3)) == [5]


def test_a_longer_bar_is_acted_on_when_it_closes() -> None:
    signals = Signals(long=Entries(enter=conditions(2, of=8)))
    decider = begun(signals, cadence_minutes=5)
    assert wakes(decider) == [15]
    assert len(asked(decider, 15)) == 1


def test_an_edge_that_was_missed_is_not_taken_later() -> None:
    decider = begun(Signals(long=Entries(enter=conditions(2, of=8))))
    assert asked(decider, 4) == []


def test_an_entry_asks_for_all_that_the_settings_say() -> None:
    signals = Signals(
        long=Entries(
            enter=conditions(2, of=8), stop=STOP, target=STOP + 70, reason="Because of the test."
        )
    )
    decider = begun(
        signals,
        risk=Decimal("0.01"),
        leverage=Decimal(5),
        time_exit_minutes=90,
        cooldown_minutes=45,
    )
    assert asked(decider, 3) == [
        CreatePosition(
            symbol="BTC",
            side=LONG,
            # 1 % of 10,000 is lost over a distance of 2 %.
            notional=Decimal("5000.00000000"),
            leverage=Decimal(5),
            exit_plan=ExitPlan(
                stop=Decimal("980.0"), target=Decimal("1050.0"), time_exit="2025-05-05T01:33:00Z"
            ),
            cooldown_minutes=45,
            reason="Because of the test.",
        )
    ]


SIZES = [
    # side, stop, risk, exposure, notional of a NAV of 10,000 at a close of 1,000
    (LONG, 980.0, None, "1", "10000"),
    (LONG, 980.0, "0.01", "1", "5000"),
    (LONG, 980.0, "0.02", "1", "10000"),
    (LONG, 999.0, "0.01", "1", "10000"),  # 100,000 would risk 1 %.
    (LONG, 999.0, "0.01", "2", "20000"),
    (SHORT, 1_030.0, "0.01", "1", "3333.33333333"),
    (LONG, None, None, "0.5", "5000"),
]


@pytest.mark.parametrize(("side", "stop", "risk", "exposure", "notional"), SIZES)
def test_a_size_is_the_exposure_or_what_the_risk_allows(
    side: OrderSide, stop: float | None, risk: str | None, exposure: str, notional: str
) -> None:
    column = None if stop is None else np.full(8, stop)
    entries = Entries(enter=conditions(2, of=8), stop=column)
    signals = Signals(long=entries) if side is LONG else Signals(short=entries)
    share = None if risk is None else Decimal(risk)
    (action,) = asked(begun(signals, risk=share, exposure=Decimal(exposure)), 3)
    assert isinstance(action, CreatePosition)
    assert (action.side, action.notional) == (side, Decimal(notional))


def test_an_arm_without_money_asks_for_nothing() -> None:
    decider = begun(Signals(long=Entries(enter=conditions(2, of=8))))
    assert asked(decider, 3, account(nav="0")) == []
    assert asked(decider, 3, account(nav="-5")) == []


def test_the_same_side_is_left_alone_and_the_other_is_turned() -> None:
    decider = begun(Signals(long=Entries(enter=conditions(2, of=8))))
    assert asked(decider, 3, account(position(side=LONG))) == []
    (action,) = asked(decider, 3, account(position(side=SHORT)))
    assert isinstance(action, CreatePosition)
    assert action.side is LONG
    assert asked(decider, 3, account(under_way=("BTC",))) == []


def test_a_price_reaches_the_action_as_the_text_of_the_number() -> None:
    stop = np.full(8, 0.1) + 0.2  # 0.30000000000000004
    (action,) = asked(begun(Signals(long=Entries(enter=conditions(2, of=8), stop=stop))), 3)
    assert isinstance(action, CreatePosition)
    assert str(action.exit_plan.stop) == "0.3"


def test_symbols_of_one_instant_are_asked_for_by_name() -> None:
    market = market_of({"ETH": CLOSES, "BTC": CLOSES})
    signals = Signals(long=Entries(enter=conditions(2, of=8)))
    decider = ByHand({"BTC": signals, "ETH": signals}).begin(market, cadence_minutes=1, seed=1)
    assert [action.symbol for action in asked(decider, 3)] == ["BTC", "ETH"]  # type: ignore[attr-defined]


EXITS = Signals(
    long=Entries(enter=conditions(0, of=8), exit=conditions(3, 4, 6, of=8)),
    short=Entries(enter=conditions(6, of=8)),
)


def test_an_exit_closes_its_own_side_at_every_row_where_it_holds() -> None:
    decider = begun(EXITS)
    held = account(position(side=LONG))
    assert wakes(decider, held) == [1, 4, 5, 7]
    assert asked(decider, 3, held) == []
    for minutes in (4, 5):
        assert asked(decider, minutes, held) == [
            ClosePosition(symbol="BTC", reason="The exit rule holds.")
        ]
    # Turning is one action: it closes first.
    (turn,) = asked(decider, 7, held)
    assert isinstance(turn, CreatePosition)


def test_an_exit_is_nothing_to_the_other_side_and_to_nobody() -> None:
    decider = begun(EXITS)
    assert wakes(decider) == [1, 7]
    short = account(position(side=SHORT))
    assert wakes(decider, short) == [1, 7]
    assert asked(decider, 4, short) == []
    assert asked(decider, 4, account(position(side=LONG), under_way=("BTC",))) == []


def gained(side: OrderSide, price: str, first_stop: str | None) -> PositionView:
    stop = None if first_stop is None else Decimal(first_stop)
    return changed(position(side=side), mark_price=Decimal(price), first_stop=stop)


PATIENCE = [
    # side, mark after an entry at 1,000, first stop, whether it is under 1 R
    (LONG, "1019", "980", True),
    (LONG, "1020", "980", False),
    (LONG, "990", "980", True),
    (SHORT, "981", "1020", True),
    (SHORT, "980", "1020", False),
    (LONG, "990", None, False),
]


@pytest.mark.parametrize(("side", "mark", "first_stop", "closes"), PATIENCE)
def test_patience_ends_with_what_has_gained_too_little(
    side: OrderSide, mark: str, first_stop: str | None, closes: bool
) -> None:
    decider = begun(Signals(), patience_minutes=5)
    held = account(gained(side, mark, first_stop))
    assert asked(decider, 4, held) == []
    for minutes in (5, 7):
        expected = [ClosePosition(symbol="BTC", reason="Under 1 R after 5 minutes.")]
        assert asked(decider, minutes, held) == (expected if closes else [])


def test_patience_wakes_when_it_ends_and_again_after_that() -> None:
    decider = begun(Signals(), patience_minutes=5)
    held = account(position())
    assert decider.next_wake(after(1), held) == after(5)
    # The arena rounds up to the next tick of its clock.
    assert decider.next_wake(after(5), held) == after(5) + 1
    assert decider.next_wake(after(5), account()) is None


class Halved(RuleAgent):
    """Enter at the third row with half of what there is."""

    warm_up_bars = 0

    def signals(self, frame):  # type: ignore[no-untyped-def]
        return Signals(long=Entries(enter=conditions(2, of=len(frame))))

    def notional(self, entry, account):  # type: ignore[no-untyped-def]
        assert (entry.symbol, entry.side, entry.close) == ("BTC", LONG, 1_000)
        return account.nav / 2


def test_a_class_may_size_its_entries_itself() -> None:
    decider = Halved().begin(market_of({"BTC": CLOSES}), cadence_minutes=1, seed=1)
    (action,) = asked(decider, 3)
    assert isinstance(action, CreatePosition)
    assert action.notional == Decimal(5_000)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda: 0.5, r"Halved: expected notional as a Decimal, found 0\.5\."),
        (lambda: Decimal("NaN"), r"Halved: expected notional as a Decimal, found Decimal\('NaN'\)"),
        (lambda: None, "expected notional as a Decimal, found None"),
        (lambda: 1 // 0, "notional failed for BTC in .*test_rule_decider.py, line .*ZeroDivision"),
        (lambda: Decimal(1) * 0.5, "notional failed for BTC in .*TypeError"),  # type: ignore[operator]
    ],
)
def test_a_size_that_is_none_is_refused(answer: Callable[[], object], message: str) -> None:
    class Sized(Halved):
        name = "Halved"

        def notional(self, entry, account):  # type: ignore[no-untyped-def]
            return answer()

    decider = Sized().begin(market_of({"BTC": CLOSES}), cadence_minutes=1, seed=1)
    with pytest.raises(SettingError, match=message):
        asked(decider, 3)
