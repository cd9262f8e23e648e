"""What the scripted arm asks for, and when: numbers by hand."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from autonome.agents.actions import Action, ClosePosition, CreatePosition, Holding
from autonome.agents.port import AccountView, Decider, PositionView
from autonome.agents.scripted.agent import Scripted
from autonome.agents.scripted.reading import read_script
from autonome.domain.choices import ArmKind, OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import round_down
from unit.agents.moments import account, after, market_of, moment, position

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT
HEADER = "ts,symbol,action,side,quantity,leverage,stop,target\n"
MARKET = market_of({"BTC": [1_000] * 20, "ETH": [100] * 20})
"""From 2025-05-05 00:00 UTC, twenty minutes."""


def script(folder: Path, *rows: str) -> Scripted:
    path = folder / "plan.csv"
    path.write_text(HEADER + "".join(f"2025-05-05T00:{row}\n" for row in rows), encoding="utf-8")
    return read_script(path)


def begun(agent: Scripted, *, cadence_minutes: int = 5) -> Decider:
    return agent.begin(MARKET, cadence_minutes=cadence_minutes, seed=1)


def asked(agent: Scripted, own: AccountView, *, minutes: int = 5) -> list[Action]:
    return list(begun(agent).decide(moment(MARKET, minutes, own)))


def opening(row: int, side: OrderSide = LONG, quantity: str = "0.5") -> CreatePosition:
    return CreatePosition(
        symbol="BTC",
        side=side,
        quantity=Decimal(quantity),
        leverage=Decimal(1),
        exit_plan=ExitPlan(),
        reason=f"Row {row} of the script.",
    )


def closing(row: int, fraction: str = "1") -> ClosePosition:
    return ClosePosition(
        symbol="BTC", fraction=Decimal(fraction), reason=f"Row {row} of the script."
    )


def test_a_row_that_opens_asks_for_just_what_it_says(tmp_path: Path) -> None:
    agent = script(tmp_path, "05:00Z,BTC,open,SHORT,0.25,3,1010.5,980")
    assert asked(agent, account()) == [
        CreatePosition(
            symbol="BTC",
            side=SHORT,
            quantity=Decimal("0.25"),
            leverage=Decimal(3),
            exit_plan=ExitPlan(stop=Decimal("1010.5"), target=Decimal(980)),
            reason="Row 2 of the script.",
        )
    ]


@pytest.mark.parametrize(
    ("cells", "held", "expected"),
    [
        ("close,,,,,", position(), closing(2)),
        ("close,LONG,,,,", position(), closing(2)),
        ("close,,0.25,,,", position(), closing(2, "0.25")),
        ("close,SHORT,0.25,,,", position(side=SHORT, quantity="2"), closing(2, "0.125")),
        ("close,,1,,,", position(), closing(2)),
        # More than is held, and nothing held: all of it; the arena records what becomes of it.
        ("close,,7,,,", position(), closing(2)),
        ("close,,0.25,,,", None, closing(2)),
        ("close,LONG,,,,", None, closing(2)),
    ],
)
def test_a_row_that_closes_asks_for_its_part(
    cells: str, held: PositionView | None, expected: Action, tmp_path: Path
) -> None:
    own = account() if held is None else account(held)
    assert asked(script(tmp_path, f"05:00Z,BTC,{cells}"), own) == [expected]


@pytest.mark.parametrize(
    ("part", "held", "lot"),
    [
        ("0.1", "0.3", "0.001"),
        ("0.002", "0.007", "0.001"),
        ("0.00000001", "123456789.00000003", "0.00000001"),
        ("98765432.10987654", "123456789.00000003", "0.00000001"),
    ],
)
def test_a_part_becomes_the_very_lots_that_were_asked_for(
    part: str, held: str, lot: str, tmp_path: Path
) -> None:
    agent = script(tmp_path, f"05:00Z,BTC,close,,{part},,,")
    (action,) = asked(agent, account(position(quantity=held)))
    assert isinstance(action, ClosePosition)
    # As the port says: the fraction of what is held, in whole lots, rounded down.
    assert round_down(Decimal(held) * action.fraction, step=Decimal(lot)) == Decimal(part)


def test_a_close_of_the_side_that_is_not_held_holds_and_says_why(tmp_path: Path) -> None:
    agent = script(tmp_path, "05:00Z,BTC,close,SHORT,,,,", "05:00Z,ETH,open,LONG,2,,,")
    entry, holding = asked(agent, account(position("BTC", LONG)))
    assert isinstance(entry, CreatePosition)
    assert entry.symbol == "ETH"
    expected = "Row 2 of the script closes a SHORT of BTC, but a LONG is held."
    assert holding == Holding(reason=expected)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Each row starts from where the one before it leads.
        (
            ["open,LONG,0.5,,,", "close,,0.25,,,", "close,,0.125,,,", "close,,,,,"],
            [opening(2), closing(3, "0.5"), closing(4, "0.5"), closing(5)],
        ),
        (
            ["open,SHORT,0.5,,,", "close,,0.25,,,", "close,,0.125,,,"],
            [opening(2, SHORT), closing(3, "0.5"), closing(4, "0.5")],
        ),
        (
            ["open,LONG,0.5,,,", "open,LONG,0.5,,,", "close,LONG,0.25,,,"],
            [opening(2), opening(3), closing(4, "0.25")],
        ),
        # A turn closes first: 0.5 SHORT is left, not 0.
        (
            ["open,LONG,0.5,,,", "open,SHORT,0.5,,,", "close,SHORT,0.25,,,"],
            [opening(2), opening(3, SHORT), closing(4, "0.5")],
        ),
    ],
)
def test_several_rows_of_one_instant_are_asked_in_their_order(
    rows: list[str], expected: list[Action], tmp_path: Path
) -> None:
    agent = script(tmp_path, *(f"05:00Z,BTC,{row}" for row in rows))
    assert asked(agent, account()) == expected


def test_it_wakes_at_its_rows_and_only_there(tmp_path: Path) -> None:
    rows = ("05:00Z,BTC,open,LONG,1,,,", "05:00Z,ETH,open,LONG,1,,,", "15:00Z,BTC,close,,,,,")
    decider = begun(script(tmp_path, *rows))
    assert decider.next_wake(after(0), account()) == after(5)
    assert decider.next_wake(after(5), account()) == after(15)
    assert decider.next_wake(after(15), account()) is None
    assert decider.decide(moment(MARKET, 10)) == []


def test_an_offset_names_the_same_instant(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(HEADER + "2025-05-05T02:05:00+02:00,BTC,close,,,,,\n", encoding="utf-8")
    assert begun(read_script(path)).next_wake(after(0), account()) == after(5)


@pytest.mark.parametrize("minute", ["05", "10", "15"])
def test_a_row_on_a_tick_is_accepted(minute: str, tmp_path: Path) -> None:
    begun(script(tmp_path, f"{minute}:00Z,BTC,close,,,,,"))


@pytest.mark.parametrize(
    ("ts", "found"),
    [
        # Off the cadence; nothing has closed; no bar is left that could fill.
        ("2025-05-05T00:07:00Z", "2025-05-05T00:07:00Z"),
        ("2025-05-05T00:00:00Z", "2025-05-05T00:00:00Z"),
        ("2025-05-05T00:20:00Z", "2025-05-05T00:20:00Z"),
        ("2025-05-04T23:55:00Z", "2025-05-04T23:55:00Z"),
        ("2025-05-05T00:10:00+01:00", "2025-05-04T23:10:00Z"),
    ],
)
def test_a_row_off_the_clock_is_refused_by_its_number(ts: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    path.write_text(f"{HEADER}{ts},BTC,close,,,,,\n", encoding="utf-8")
    with pytest.raises(SettingError) as refused:
        begun(read_script(path))
    assert refused.value.problem == (
        f"{path}, row 2, column ts: expected a tick (every 5 minutes from 2025-05-05T00:05:00Z"
        f" to 2025-05-05T00:15:00Z), found {found}."
    )


def test_a_symbol_that_is_not_traded_is_refused(tmp_path: Path) -> None:
    agent = script(tmp_path, "05:00Z,BTC,close,,,,,", "05:00Z,DOGE,open,LONG,1,,,")
    with pytest.raises(SettingError, match=r"row 3, column symbol: .* BTC, ETH, found 'DOGE'"):
        begun(agent)


def test_it_is_named_after_its_file_and_proves_which_script_ran(tmp_path: Path) -> None:
    agent = script(tmp_path, "05:00Z,BTC,close,,,,,")
    assert (agent.name, agent.kind, agent.variant) == ("Scripted plan", ArmKind.RULE, None)
    digest = hashlib.sha256((tmp_path / "plan.csv").read_bytes()).hexdigest()
    assert agent.settings == {"script": "plan.csv", "sha256": digest, "rows": 1}
