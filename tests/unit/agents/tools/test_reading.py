"""Calls of models: what becomes an action, and what every unusable one is told."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonome.agents.actions import ClosePosition, CreatePosition, Holding, UpdateExitPlan
from autonome.agents.tools import MarketDataRequest, Unusable, read_call, tools_of
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import EXACT

SYMBOLS = ("BTC", "ETH")
ENTRY: dict[str, object] = {
    "symbol": "BTC",
    "side": "LONG",
    "quantity": 0.25,
    "leverage": 5,
    "stop_loss": 90_000,
    "confidence": 0.6,
    "reason": "Breaks out.",
}


def read(name: str, arguments: str) -> object:
    return read_call(name, arguments, symbols=SYMBOLS)


def entry(**changes: object) -> str:
    """Return the arguments of an entry with these in place of its own; ``...`` leaves one out."""
    return json.dumps({key: each for key, each in (ENTRY | changes).items() if each is not ...})


def refused(name: str, arguments: str) -> str:
    found = read(name, arguments)
    assert isinstance(found, Unusable)
    return found.reason


def test_an_entry_becomes_an_action_with_every_number_from_its_text() -> None:
    arguments = (
        '{"symbol": "ETH", "side": "SHORT", "quantity": null, "notional": 1000.10,'
        ' "leverage": 2.50, "stop_loss": "1900.00000000000000001", "profit_target": 17e2,'
        ' "invalidation_condition": "Closes above 1,880.", "invalidation_price": 1880,'
        ' "time_exit": "2025-05-31T16:30:00+02:00", "cooldown_minutes": 30, "confidence": 0,'
        ' "reason": "Fades."}'
    )
    assert read("create_position", arguments) == CreatePosition(
        symbol="ETH",
        side=OrderSide.SHORT,
        notional=Decimal("1000.10"),
        leverage=Decimal("2.50"),
        exit_plan=ExitPlan(
            stop=Decimal("1900.00000000000000001"),
            target=Decimal("17e2"),
            invalidation="Closes above 1,880.",
            invalidation_price=Decimal(1880),
            confidence=Decimal(0),
            time_exit="2025-05-31T14:30:00Z",
        ),
        cooldown_minutes=30,
        reason="Fades.",
    )


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("holding", "", Holding(reason="")),
        ("holding", '{"reason": " Quiet. "}', Holding(reason="Quiet.")),
        ("close_position", '{"symbol": "BTC"}', ClosePosition(symbol="BTC", reason="")),
        (
            "close_position",
            '{"symbol": "BTC", "fraction": 0.50, "reason": "Half."}',
            ClosePosition(symbol="BTC", fraction=Decimal("0.5"), reason="Half."),
        ),
        (
            "update_exit_plan",
            '{"symbol": "BTC", "stop_loss": 91000, "reason": "Breaks even."}',
            UpdateExitPlan(symbol="BTC", stop=Decimal(91_000), reason="Breaks even."),
        ),
        (
            "market_data",
            '{"symbol": "ETH", "timeframe": "4h", "indicators": ["rsi14", "rsi14"], "length": 200}',
            MarketDataRequest(
                symbol="ETH", timeframe_minutes=240, indicators=("rsi14",), length=200
            ),
        ),
        (
            "market_data",
            '{"symbol": "ETH", "timeframe": "1d"}',
            MarketDataRequest(symbol="ETH", timeframe_minutes=1_440, indicators=(), length=50),
        ),
    ],
)
def test_a_call_becomes_what_it_asks_for(name: str, arguments: str, expected: object) -> None:
    assert read(name, arguments) == expected


@pytest.mark.parametrize("leverage", [1000, 0.01, "1000"])
def test_a_number_that_only_the_policy_may_judge_is_well_formed(leverage: object) -> None:
    action = read("create_position", entry(leverage=leverage))
    assert isinstance(action, CreatePosition)
    assert action.leverage == Decimal(str(leverage))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"symbol": "DOGE"}, "expected symbol as one of BTC, ETH, found 'DOGE'"),
        ({"symbol": ["BTC"]}, "expected symbol as one of BTC, ETH, found a list"),
        ({"side": "BUY"}, "expected side as one of LONG, SHORT, found 'BUY'"),
        ({"stop_loss": ...}, "expected the argument stop_loss, found none"),
        ({"stop_loss": None}, "expected stop_loss as a number above 0, found null"),
        ({"stop_loss": "below"}, "expected stop_loss as a number above 0, found 'below'"),
        ({"stop_loss": "9e99"}, "expected stop_loss as a number above 0, found '9e99'"),
        ({"stop_loss": "NaN"}, "expected stop_loss as a number above 0, found 'NaN'"),
        ({"stop_loss": "٩"}, "expected stop_loss as a number above 0, found '٩'"),
        ({"stop_loss": 1e-40}, "expected stop_loss as a number above 0, found 1E-40"),
        ({"quantity": 0}, "expected quantity as a number above 0, found 0"),
        ({"quantity": -1}, "expected quantity as a number above 0, found -1"),
        ({"quantity": True}, "expected quantity as a number above 0, found true"),
        ({"quantity": {}}, "expected quantity as a number above 0, found an object"),
        ({"quantity": ...}, "expected either quantity or notional, found neither"),
        ({"notional": 5}, "expected either quantity or notional, found both"),
        (
            {"confidence": 1.01},
            "expected confidence as a number at least 0 and at most 1, found 1.01",
        ),
        (
            {"cooldown_minutes": 1.5},
            "expected cooldown_minutes as a whole number from 0 to 1000000, found 1.5",
        ),
        (
            {"time_exit": "in two hours"},
            "expected time_exit as an instant such as 2025-05-31T14:30:00Z, found 'in two hours'",
        ),
        (
            {"time_exit": "0001-01-01T00:00:00+14:00"},
            "expected time_exit as an instant such as 2025-05-31T14:30:00Z,"
            " found '0001-01-01T00:00:00+14:00'",
        ),
        ({"reason": "  "}, "expected reason as text that is not empty, found '  '"),
        ({"take_profit": 1}, "expected no argument 'take_profit'"),
    ],
)
def test_an_unusable_entry_is_told_what_was_expected(
    changes: dict[str, object], reason: str
) -> None:
    assert refused("create_position", entry(**changes)) == reason


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("holding", '{"reason"', "expected arguments as a JSON object: "),
        ("holding", "[]", "expected arguments as a JSON object, found a list"),
        ("holding", "[" * 19_000, "expected arguments as a JSON object: "),
        ("holding", '"' + "a" * 3_000_000, "expected arguments of at most 20000 characters, found"),
        ("holding", '{"reason": NaN}', "expected finite numbers, found NaN"),
        ("holding", '{"reason": "a", "reason": "b"}', "expected each argument once"),
        ("close_position", '{"symbol": "BTC", "fraction": -Infinity}', "expected finite numbers"),
        ("close_position", '{"symbol": "BTC", "fraction": 1e999}', "expected fraction as a number"),
        ("close_position", '{"symbol": "BTC", "fraction": 1.0001}', "expected fraction as a num"),
        ("update_exit_plan", '{"symbol": "BTC", "reason": "x"}', "expected at least one change"),
        ("market_data", '{"symbol": "BTC", "timeframe": "2h"}', "expected timeframe as one of 1m"),
        (
            "market_data",
            '{"symbol": "BTC", "timeframe": "1h", "length": 201}',
            "expected length as a whole number from 1 to 200, found 201",
        ),
        (
            "market_data",
            '{"symbol": "BTC", "timeframe": "1h", "indicators": ["hindsight"]}',
            "expected indicators among ema20, ",
        ),
        ("transfer_funds", "{}", "expected a tool among create_position, close_position, "),
    ],
)
def test_an_unusable_call_is_told_what_was_expected(name: str, arguments: str, reason: str) -> None:
    assert refused(name, arguments).startswith(reason)


def test_every_mistake_of_a_call_is_named_at_once() -> None:
    reason = refused("create_position", entry(symbol="DOGE", stop_loss=..., size=1))
    assert reason.split("; ") == [
        "expected no argument 'size'",
        "expected symbol as one of BTC, ETH, found 'DOGE'",
        "expected the argument stop_loss, found none",
    ]


def test_an_unusable_call_is_kept_as_it_came_and_cut() -> None:
    found = read("x" * 100, "\0" + "y" * 3_000_000)
    assert isinstance(found, Unusable)
    assert found.tool == "x" * 64
    assert found.arguments == "\ufffd" + "y" * 1_999


def test_words_that_cannot_be_stored_are_made_fit() -> None:
    assert read("holding", r'{"reason": "a\u0000b\ud800"}') == Holding(reason="a\ufffdb\ufffd")


def test_long_words_are_cut_and_not_refused() -> None:
    found = read("holding", json.dumps({"reason": "z" * 5_000}))
    assert found == Holding(reason="z" * 2_000)


def test_arguments_that_were_read_already_mean_the_same() -> None:
    given = {"symbol": "BTC", "fraction": Decimal("0.1"), "reason": None}
    expected = ClosePosition(symbol="BTC", fraction=Decimal("0.1"), reason="")
    assert read_call("close_position", given, symbols=SYMBOLS) == expected


def test_a_binary_number_is_refused() -> None:
    found = read_call("close_position", {"symbol": "BTC", "fraction": 0.1}, symbols=SYMBOLS)
    assert isinstance(found, Unusable)


def test_the_schema_demands_what_the_reader_demands() -> None:
    least = {
        "create_position": {key: each for key, each in ENTRY.items() if key != "quantity"},
        "close_position": {"symbol": "BTC"},
        "update_exit_plan": {"symbol": "BTC", "reason": "x"},
        "holding": {},
        "market_data": {"symbol": "BTC", "timeframe": "1h"},
    }
    for tool in tools_of(SYMBOLS):
        required = tool.parameters["required"]
        assert isinstance(required, list)
        assert set(required) == set(least[tool.name])
        for key in required:
            rest = {name: each for name, each in least[tool.name].items() if name != key}
            wanted = f"expected the argument {key}, found none"
            assert wanted in refused(tool.name, json.dumps(rest))


def test_only_the_symbols_of_the_arena_are_offered() -> None:
    for tool in tools_of(SYMBOLS):
        properties = tool.parameters["properties"]
        assert isinstance(properties, dict)
        if tool.name != "holding":
            assert properties["symbol"]["enum"] == ["BTC", "ETH"]
        assert tool.parameters["additionalProperties"] is False
        json.dumps(tool.parameters, allow_nan=False)


NAMES = st.sampled_from([tool.name for tool in tools_of(SYMBOLS)]) | st.text()
KEYS = st.sampled_from([*ENTRY, "notional", "fraction", "time_exit", "timeframe", "indicators"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(SYMBOLS),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS | st.text(), inner),
    max_leaves=20,
)


@given(name=NAMES, arguments=st.text() | st.dictionaries(KEYS, JSON_VALUES).map(json.dumps))
def test_no_text_raises(name: str, arguments: str) -> None:
    found = read_call(name, arguments, symbols=SYMBOLS)
    if isinstance(found, Unusable):
        assert found.reason
        found.reason.encode()
        found.arguments.encode()


@given(name=NAMES, arguments=st.dictionaries(KEYS | st.text(), JSON_VALUES | st.decimals()))
def test_no_object_raises(name: str, arguments: dict[str, object]) -> None:
    with localcontext(EXACT):
        read_call(name, arguments, symbols=SYMBOLS)


def test_the_guide_lists_every_tool_and_its_arguments() -> None:
    guide = (Path(__file__).parents[4] / "docs" / "prompts.md").read_text(encoding="utf-8")
    for tool in tools_of(SYMBOLS):
        row = next(line for line in guide.splitlines() if line.startswith(f"| `{tool.name}` |"))
        properties, required = tool.parameters["properties"], tool.parameters["required"]
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        expected = [name if name in required else f"{name}?" for name in properties]
        assert row.split("|")[2].replace(" or ", ", ").strip().split(", ") == expected
