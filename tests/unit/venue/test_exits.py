"""Exits, bar by bar: the three rules of the accounting text as tables, LONG and SHORT."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from autonome.domain.choices import CloseTrigger, OrderSide
from autonome.venue.simulated.exits import Touch, Triggers, first_close_beyond
from unit.market.bars import Bar, candles
from unit.venue.touches import touch_in

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
STOP, TARGET = CloseTrigger.STOP, CloseTrigger.TARGET
CALM: Bar = (100, 101, 99, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One bar after a calm one, for a LONG with stop 90 and target 110, and what must happen."""

    bar: Bar
    trigger: CloseTrigger | None
    price: int = 0
    at_open: bool = False


LONG_CASES = {
    "opens beyond the stop: the gap hurts": Case(
        bar=(85, 95, 80, 90), trigger=STOP, price=85, at_open=True
    ),
    "opens exactly at the stop": Case(bar=(90, 95, 88, 92), trigger=STOP, price=90, at_open=True),
    "opens beyond the target: the gap helps": Case(
        bar=(115, 120, 112, 118), trigger=TARGET, price=115, at_open=True
    ),
    "opens exactly at the target": Case(
        bar=(110, 112, 105, 108), trigger=TARGET, price=110, at_open=True
    ),
    "opens beyond the target and falls to the stop": Case(
        bar=(115, 115, 85, 88), trigger=TARGET, price=115, at_open=True
    ),
    "opens beyond the stop and rises to the target": Case(
        bar=(85, 115, 85, 112), trigger=STOP, price=85, at_open=True
    ),
    "both inside: the stop came first": Case(bar=(100, 112, 88, 105), trigger=STOP, price=90),
    "both touched exactly: the stop came first": Case(
        bar=(100, 110, 90, 100), trigger=STOP, price=90
    ),
    "only the stop": Case(bar=(100, 105, 85, 95), trigger=STOP, price=90),
    "the stop exactly": Case(bar=(100, 105, 90, 95), trigger=STOP, price=90),
    "only the target": Case(bar=(100, 115, 95, 105), trigger=TARGET, price=110),
    "the target exactly": Case(bar=(100, 110, 95, 105), trigger=TARGET, price=110),
    "one tick short of both": Case(bar=(100, 109, 91, 100), trigger=None),
}


def mirrored(bar: Bar) -> Bar:
    """Return the bar upside down around 100: what is true of a LONG there is true of a SHORT."""
    opened, high, low, close = (200 - price for price in bar)
    return opened, low, high, close


@pytest.mark.parametrize("case", LONG_CASES.values(), ids=LONG_CASES.keys())
@pytest.mark.parametrize("side", [LONG, SHORT], ids=["long", "short"])
@pytest.mark.parametrize("first_bar", [0, 1], ids=["bar before it", "fill bar itself"])
def test_each_rule_of_an_exit(case: Case, side: OrderSide, first_bar: int) -> None:
    long = side is LONG
    bar = case.bar if long else mirrored(case.bar)
    triggers = Triggers(side=side, stop=90 if long else 110, target=110 if long else 90)
    touch = touch_in(candles([CALM, bar]), triggers, first_bar=first_bar)
    if case.trigger is None:
        assert touch is None
        return
    price = case.price if long else 200 - case.price
    assert touch == Touch(bar=1, trigger=case.trigger, price=price, at_open=case.at_open)


@pytest.mark.parametrize("side", [LONG, SHORT], ids=["long", "short"])
def test_a_bar_before_the_fill_does_not_count(side: OrderSide) -> None:
    wild: Bar = (100, 150, 50, 100)
    triggers = Triggers(side=side, stop=90 if side is LONG else 110, target=None)
    assert touch_in(candles([wild, CALM]), triggers, first_bar=1) is None


@pytest.mark.parametrize("after", [0, 1, 254, 255, 256, 257, 511, 512, 1_024, 2_047])
@pytest.mark.parametrize("first_bar", [0, 3, 255, 256])
@pytest.mark.parametrize("trigger", [STOP, TARGET])
def test_the_first_touch_is_found_wherever_it_lies(
    after: int, first_bar: int, trigger: CloseTrigger
) -> None:
    bars = [CALM] * 2_400
    touching: Bar = (100, 101, 89, 100) if trigger is STOP else (100, 111, 99, 100)
    bars[first_bar + after] = touching
    bars[first_bar + after + 1] = (100, 150, 50, 100)
    found = touch_in(candles(bars), Triggers(side=LONG, stop=90, target=110), first_bar=first_bar)
    price = 90 if trigger is STOP else 110
    assert found == Touch(bar=first_bar + after, trigger=trigger, price=price, at_open=False)


@pytest.mark.parametrize("first_bar", [1, 2, 5])
def test_after_the_last_bar_nothing_is_touched(first_bar: int) -> None:
    triggers = Triggers(side=LONG, stop=90, target=110)
    assert touch_in(candles([(100, 150, 50, 100)]), triggers, first_bar=first_bar) is None


def test_without_triggers_nothing_is_touched() -> None:
    triggers = Triggers(side=LONG, stop=None, target=None)
    assert touch_in(candles([(100, 150, 50, 100)]), triggers, first_bar=0) is None


@pytest.mark.parametrize(
    ("stop", "target", "trigger", "price"), [(90, None, STOP, 90), (None, 110, TARGET, 110)]
)
def test_one_trigger_alone_is_enough(
    stop: int | None, target: int | None, trigger: CloseTrigger, price: int
) -> None:
    triggers = Triggers(side=LONG, stop=stop, target=target)
    touch = touch_in(candles([(100, 150, 50, 100)]), triggers, first_bar=0)
    assert touch == Touch(bar=0, trigger=trigger, price=price, at_open=False)


def test_a_touch_in_the_last_block_which_is_short_is_found() -> None:
    bars = [CALM] * 600 + [(100, 101, 89, 100)]
    touch = touch_in(candles(bars), Triggers(side=LONG, stop=90, target=None), first_bar=0)
    assert touch == Touch(bar=600, trigger=STOP, price=90, at_open=False)


def test_a_block_that_was_touched_before_the_fill_only_does_not_count() -> None:
    bars = [(100, 101, 89, 100)] + [CALM] * 600
    triggers = Triggers(side=LONG, stop=90, target=None)
    assert touch_in(candles(bars), triggers, first_bar=1) is None


@pytest.mark.parametrize(
    ("side", "price", "bar"),
    [
        # Closes: 100, 95, 90, 105, 110.
        (LONG, "96", 1),
        (LONG, "95", 2),  # A close at the price itself is not beyond it.
        (LONG, "95.5", 1),  # Between two ticks.
        (LONG, "94.5", 2),
        (LONG, "90", None),
        (SHORT, "100", 3),
        (SHORT, "105", 4),
        (SHORT, "104.5", 3),
        (SHORT, "105.5", 4),
        (SHORT, "110", None),
    ],
)
def test_a_plan_is_invalid_once_a_bar_closes_beyond_its_price(
    side: OrderSide, price: str, bar: int | None
) -> None:
    """Highs and lows do not matter: every bar reaches from 50 to 150."""
    bars = candles([(100, 150, 50, close) for close in (100, 95, 90, 105, 110)])
    assert first_close_beyond(bars, side, Decimal(price), first_bar=0) == bar
    again = first_close_beyond(bars, side, Decimal(price), first_bar=2)
    assert again == {1: 2 if side is LONG else None}.get(bar or -1, bar)


def test_a_price_of_invalidation_after_the_last_bar_is_never_reached() -> None:
    bars = candles([CALM])
    assert first_close_beyond(bars, LONG, Decimal(200), first_bar=1) is None
