"""What a rule agent is: a class, its settings, and columns that fit the market."""

from __future__ import annotations

import pickle
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest

from autonome.agents.port import Agent
from autonome.agents.rules import (
    Entries,
    Frame,
    Ratchet,
    RatchetStep,
    RuleAgent,
    Signals,
    atr,
    crosses_above,
    crosses_below,
    ema,
)
from autonome.domain.choices import ArmKind, OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS
from unit.agents.moments import account, market_of, moment
from unit.agents.rules_by_hand import ByHand, conditions, prices
from unit.market.frames import walk


class EmaCross(RuleAgent):
    """Long while the fast average is above the slow one, short while it is below."""

    risk = Decimal("0.01")
    fast_bars: int = 5

    def signals(self, frame: Frame) -> Signals:
        fast, slow = ema(frame.close, self.fast_bars), ema(frame.close, 20)
        margin = 2 * atr(frame, 14)
        return Signals(
            long=Entries(enter=crosses_above(fast, slow), stop=frame.close - margin),
            short=Entries(enter=crosses_below(fast, slow), stop=frame.close + margin),
        )


def test_a_dozen_lines_are_an_agent_that_turns_at_each_crossing() -> None:
    agent: Agent = EmaCross()
    market = walk(2_000)
    decider = agent.begin(market, cadence_minutes=1, seed=1)
    sides = []
    at_ms: int | None = 0
    while (at_ms := decider.next_wake(at_ms, account())) is not None:
        minutes = (at_ms - int(market.open_ms[0])) // 60_000
        (action,) = decider.decide(moment(market, minutes))
        sides.append(action.side)
        assert action.reason == EmaCross.__doc__
    assert len(sides) > 20
    assert all(before is not after for before, after in pairwise(sides))
    # The rule itself, by hand from the averages: a crossing is where their order changes.
    close = np.array([float(each) for each in market.candles["BTC"].close]) / 100
    ahead = ema(close, 5) > ema(close, 20)
    turns = np.flatnonzero(ahead[1:] != ahead[:-1]) + 1
    turns = turns[turns >= 300]
    assert len(sides) == len(turns)
    assert [side is OrderSide.LONG for side in sides] == ahead[turns].tolist()


def test_an_agent_is_named_by_the_words_of_its_class() -> None:
    class FadeThe4hRange(EmaCross):
        pass

    class Other(EmaCross):
        name = "My own"

    assert EmaCross().name == "Ema Cross"
    assert FadeThe4hRange().name == "Fade The4h Range"
    assert Other().name == "My own"
    assert EmaCross(name="Careful").name == "Careful"
    assert EmaCross().kind is ArmKind.RULE
    assert (EmaCross().variant, EmaCross().leader) == (None, None)


def test_every_public_attribute_is_a_recorded_setting() -> None:
    agent = EmaCross(risk=Decimal("0.02"), symbols=("BTC",))
    assert agent.settings == {
        "cooldown_minutes": None,
        "exposure": Decimal(1),
        "fast_bars": 5,
        "leverage": Decimal(5),
        "patience_minutes": None,
        "patience_r": Decimal(1),
        "ratchet": None,
        "risk": Decimal("0.02"),
        "symbols": ("BTC",),
        "time_exit_minutes": None,
        "timeframe_minutes": None,
        "warm_up_bars": 300,
    }
    assert EmaCross.risk == Decimal("0.01")


def test_an_agent_crosses_to_another_process() -> None:
    agent = pickle.loads(pickle.dumps(EmaCross(fast_bars=7)))
    assert agent.settings == EmaCross(fast_bars=7).settings


def test_a_setting_that_the_class_does_not_know_is_refused() -> None:
    with pytest.raises(SettingError, match=r"EmaCross: expected a setting.*found 'fastbars'"):
        EmaCross(fastbars=7)
    with pytest.raises(SettingError, match="found 'kind'"):
        EmaCross(kind=ArmKind.LLM)


def test_a_share_written_as_a_binary_number_is_refused() -> None:
    with pytest.raises(SettingError, match=r"expected risk as a Decimal, found 0\.01") as refused:
        EmaCross(risk=0.01)
    assert refused.value.remedy == 'Write risk = Decimal("0.01").'


LONG = Entries(enter=conditions(1, of=4), stop=prices(1, 1, 1, 1))
UNFIT = {
    "too short": (
        Signals(long=Entries(enter=conditions(1, of=3))),
        r"expected long\.enter as an array with one item for each of the 4 bars of BTC.*\(3,\)",
    ),
    "numbers to enter": (
        Signals(short=Entries(enter=prices(0, 1, 0, 0))),
        r"expected short\.enter as bool_?, found float64",
    ),
    "conditions as a stop": (
        Signals(long=Entries(enter=conditions(1, of=4), stop=conditions(1, of=4))),
        r"expected long\.stop as number, found bool",
    ),
    "one number for all": (
        Signals(long=Entries(enter=conditions(1, of=4), target=np.float64(3))),  # type: ignore[arg-type]
        r"expected long\.target as an array.*found \(\)",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_column_that_does_not_fit_is_refused_by_name(case: str) -> None:
    signals, message = UNFIT[case]
    market = market_of({"BTC": [10, 11, 12, 13]})
    with pytest.raises(SettingError, match=message):
        ByHand({"BTC": signals}).begin(market, cadence_minutes=1, seed=1)


def test_settings_that_do_not_fit_the_market_are_refused() -> None:
    market = market_of({"BTC": [10, 11, 12, 13]})
    with pytest.raises(SettingError, match=r"multiple of the cadence \(2 minutes\), found 5"):
        ByHand(timeframe_minutes=5).begin(market, cadence_minutes=2, seed=1)
    with pytest.raises(SettingError, match="found 'DOGE'"):
        ByHand(symbols=("DOGE",)).begin(market, cadence_minutes=1, seed=1)
    risky = ByHand({"BTC": Signals(long=Entries(enter=LONG.enter))}, risk=Decimal("0.01"))
    with pytest.raises(SettingError, match="expected a stop for BTC, since risk is set"):
        risky.begin(market, cadence_minutes=1, seed=1)


def test_a_ratchet_is_recorded_with_its_steps() -> None:
    ratchet = Ratchet(steps=(RatchetStep(profit=Decimal("0.1"), locked=Decimal(0)),))
    assert ByHand(ratchet=ratchet).settings["ratchet"] is ratchet


class Unlike:
    """Something that no JSON can hold."""

    def __repr__(self) -> str:
        return "Unlike()"


class Odd(EmaCross):
    """A rule with a setting of its own."""

    own: object = None
    own_bars: object = (5, 20)


ODD_SETTINGS = {
    "empty name": ({"name": ""}, "1 to 60 printable characters, found ''"),
    "blank name": ({"name": "  "}, "printable characters"),
    "name of two lines": ({"name": "a\nb"}, "printable characters"),
    "name of 61": ({"name": "a" * 61}, "printable characters"),
    "name that is a number": ({"name": 5}, "printable characters, found 5"),
    "unknown variant": ({"variant": "Foo"}, "expected variant as one of"),
    "leverage as text": ({"leverage": "5"}, "expected leverage as a Decimal, found '5'"),
    "no leverage": ({"leverage": None}, "expected leverage as a Decimal, found None"),
    "leverage of 0": ({"leverage": 0}, "expected leverage as a finite number above 0, found 0"),
    "infinite risk": ({"risk": Decimal("Infinity")}, "expected risk as a finite number"),
    "exposure NaN": ({"exposure": Decimal("NaN")}, "expected exposure as a finite number"),
    "negative warm-up": ({"warm_up_bars": -5}, "expected warm_up_bars from 0 to .* found -5"),
    "no warm-up": ({"warm_up_bars": None}, "warm_up_bars as a whole number, found None"),
    "timeframe as text": ({"timeframe_minutes": "5"}, "timeframe_minutes as a whole number"),
    "exit after ages": ({"time_exit_minutes": 10**12}, "time_exit_minutes from 0 to"),
    "own negative count": ({"own_bars": -1}, "expected own_bars from 0"),
    "one symbol as text": ({"symbols": "BTC"}, "expected symbols as a tuple of words"),
    "ratchet": ({"ratchet": 3}, "expected ratchet as a Ratchet"),
    "an object": ({"own": Unlike()}, r"own as something that JSON can hold, found Unlike\(\)"),
    "NaN within": ({"own": [Decimal("NaN")]}, "own as something that JSON can hold"),
    "a NUL": ({"own": "a\x00b"}, "own as something that JSON can hold"),
}


@pytest.mark.parametrize("case", ODD_SETTINGS)
def test_a_setting_by_which_no_agent_can_trade_is_refused(case: str) -> None:
    settings, message = ODD_SETTINGS[case]
    with pytest.raises(SettingError, match=message):
        Odd(**settings)


def test_settings_that_can_be_recorded_are_taken() -> None:
    settings = {"own": {"a": [Decimal("0.1"), None]}, "own_bars": (1, 2), "risk": None}
    agent = Odd(variant=VARIANT_IDS[0], leverage=3, **settings)
    assert agent.settings["own"] == {"a": [Decimal("0.1"), None]}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "expected signals to return Signals, found None"),
        (Signals(long=np.zeros(3)), "each side of Signals as Entries or None, found a ndarray"),  # type: ignore[arg-type]
    ],
)
def test_signals_that_are_none_are_refused(answer: Signals, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        ByHand({"BTC": answer}).begin(market_of({"BTC": [1, 2, 3]}), cadence_minutes=1, seed=1)


def test_a_failure_within_the_package_does_not_blame_the_class_alone() -> None:
    class Short(EmaCross):
        def signals(self, frame: Frame) -> Signals:
            return Signals(long=Entries(enter=frame.latest(frame, np.zeros(1)) > 0))

    class Raising(EmaCross):
        def signals(self, frame: Frame) -> Signals:
            raise ValueError("no idea")

    for rule, remedy in ((Short, "report this as a defect"), (Raising, "Correct the class.")):
        with pytest.raises(SettingError, match="signals failed for BTC in") as refused:
            rule().begin(market_of({"BTC": [1, 2, 3]}), cadence_minutes=1, seed=1)
        assert remedy in refused.value.remedy
