"""Venue profiles: what ships, and that no cost is zero by omission."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from autonome.domain.errors import SettingError
from autonome.venue.profile import load_profile, parse_profile, profile_of

SHIPPED = ("autonome-classic", "binance-perp", "lighter-premium", "lighter-standard")
SYMBOLS = ("BNB", "BTC", "ETH", "SOL", "XRP")

WHOLE = """
maker_fee_bps = -0.5
taker_fee_bps = 5
latency_ms = 50
volume_share = 0.10
funding_interval_hours = 8
rate_interval_hours = "settlement"
funding_price = "mark"
[instruments.BTC]
tick = 0.1
lot = 0.001
min_quantity = 0.001
min_notional = 100
max_leverage = 125
maintenance_rate = 0.005
liquidation_fee_rate = 0.01
half_spread_bps = 1
slippage_bps = 0.5
"""


def without(key: str) -> str:
    """Return the profile without one line."""
    return "\n".join(line for line in WHOLE.splitlines() if not line.startswith(f"{key} ="))


def stating(key: str, value: str) -> str:
    """Return the profile with another value in one line."""
    return without(key).replace("[instruments", f"{key} = {value}\n[instruments")


def stating_of_btc(key: str, value: str) -> str:
    """Return the profile with another value in one line of its contract."""
    return f"{without(key)}\n{key} = {value}\n"


@pytest.mark.parametrize(
    ("name", "maker", "taker", "latency", "funding_hours", "funding_price", "capital"),
    [
        ("binance-perp", "2", "5", ("50", "50"), 8, "mark", None),
        ("lighter-standard", "0", "0", ("300", "300"), 1, "index", None),
        ("lighter-premium", "0.4", "2.8", ("200", "200"), 1, "index", None),
        ("autonome-classic", "2", "5", ("40", "250"), 8, "mark", Decimal(10_000)),
    ],
)
def test_a_profile_that_ships_says_what_the_accounting_rules_say(
    name: str,
    maker: str,
    taker: str,
    latency: tuple[str, str],
    funding_hours: int,
    funding_price: str,
    capital: Decimal | None,
) -> None:
    # The table "Venue profiles" of the accounting rules, row by row.
    profile = load_profile(name)
    assert (profile.maker_fee_bps, profile.taker_fee_bps) == (Decimal(maker), Decimal(taker))
    assert (profile.latency_ms.low, profile.latency_ms.high) == tuple(map(Decimal, latency))
    assert profile.volume_share == Decimal("0.10")
    assert profile.funding_interval_hours == funding_hours
    assert profile.rate_interval_hours is None
    assert profile.funding_price == funding_price
    assert profile.starting_capital == capital


@pytest.mark.parametrize("name", ["binance-perp", "lighter-standard", "lighter-premium"])
def test_large_contracts_pay_one_and_one_basis_points_and_the_others_two_and_two(name: str) -> None:
    profile = load_profile(name)
    for symbol, each in {"BTC": 1, "ETH": 1, "SOL": 2, "XRP": 2, "BNB": 2}.items():
        assert profile.half_spread_bps(symbol) == profile.slippage(symbol).low == each
        assert profile.fixed_cost_bps(symbol) == 2 * each


def test_the_classic_profile_slips_by_chance_so_that_it_has_no_fixed_cost() -> None:
    profile = load_profile("autonome-classic")
    for symbol in SYMBOLS:
        assert (profile.slippage(symbol).low, profile.slippage(symbol).high) == (0, 10)
        assert profile.half_spread_bps(symbol) == 0
        assert profile.fixed_cost_bps(symbol) is None


@pytest.mark.parametrize("name", ["lighter-standard", "lighter-premium"])
def test_ether_on_lighter_has_the_grid_and_the_margins_that_the_exchange_published(
    name: str,
) -> None:
    # orderBookDetails of its public API, 2026-05-05: size_decimals 4, price_decimals 2,
    # min_base_amount 0.0050, min_quote_amount 10, min_initial_margin_fraction 200,
    # maintenance_margin_fraction 120 (both of 10,000), liquidation_fee 1.0000 (percent).
    ether = load_profile(name).instrument("ETH")
    assert (ether.lot, ether.tick) == (Decimal("0.0001"), Decimal("0.01"))
    assert (ether.min_quantity, ether.min_notional) == (Decimal("0.005"), Decimal(10))
    assert ether.max_leverage == 10_000 // 200
    assert ether.maintenance_rate == Decimal("0.012")
    assert ether.liquidation_fee_rate == Decimal("0.01")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_profile_that_ships_lists_the_five_contracts(name: str) -> None:
    profile = load_profile(name)
    assert set(SYMBOLS) <= set(profile.instruments)
    for symbol, instrument in profile.instruments.items():
        assert instrument.symbol == symbol
        assert instrument.min_quantity % instrument.lot == 0
        # A position at the highest leverage must not be below its maintenance margin at once.
        assert instrument.maintenance_rate <= 1 / instrument.max_leverage


@pytest.mark.skipif("AUTONOME_TEST_DATA" not in os.environ, reason="AUTONOME_TEST_DATA is not set")
@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_candles_of_the_real_month_lie_on_the_ticks(name: str, symbol: str) -> None:
    frame = pl.read_parquet(Path(os.environ["AUTONOME_TEST_DATA"]) / f"{symbol}-1m.parquet")
    per_unit = int(1 / load_profile(name).instrument(symbol).tick)
    for column in ("open", "high", "low", "close"):
        ticks = frame[column].to_numpy() * per_unit
        assert np.abs(ticks - np.rint(ticks)).max() < 1e-6


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(SettingError, match="expected a venue profile, found 'mt-gox'") as caught:
        load_profile("mt-gox")
    assert ", ".join(SHIPPED) in caught.value.remedy


def test_a_symbol_that_is_not_listed_is_refused_with_those_that_are() -> None:
    profile = load_profile("binance-perp")
    for ask in (profile.instrument, profile.half_spread_bps, profile.slippage):
        with pytest.raises(SettingError, match="of binance-perp, found 'NOPE'") as caught:
            ask("NOPE")
        assert all(symbol in caught.value.remedy for symbol in SYMBOLS)


def test_a_file_of_ones_own_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(stating_of_btc("slippage_bps", "{low = 0, high = 0.3}"), encoding="utf-8")
    profile = load_profile(str(path))
    assert profile.name == "mine"
    assert profile.maker_fee_bps == Decimal("-0.5")
    assert profile.instrument("BTC").tick == Decimal("0.1")
    assert profile.slippage("BTC").high == Decimal("0.3")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_refused_by_its_path(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingError, match=r"expected a venue profile in '.*mine\.toml'"):
        load_profile(str(path))


def test_text_that_is_no_toml_is_refused_by_the_name_of_the_profile() -> None:
    with pytest.raises(SettingError, match="Venue profile 'mine' is no TOML"):
        parse_profile("mine", WHOLE + "[")


@pytest.mark.parametrize(
    "key", [line.split(" =")[0] for line in WHOLE.splitlines() if " = " in line]
)
def test_a_profile_that_leaves_a_key_out_is_refused(key: str) -> None:
    expected = rf"'mine', (instruments\.BTC\.)?{key}: expected a value, found none"
    with pytest.raises(SettingError, match=expected):
        parse_profile("mine", without(key))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (stating("taker_fee", "4"), "taker_fee: expected a known key"),
        (stating_of_btc("leverage", "4"), r"instruments\.BTC\.leverage: expected a known key"),
        (stating("taker_fee_bps", '"x"'), "taker_fee_bps: expected a number .*, found 'x'"),
        (stating("taker_fee_bps", "true"), "taker_fee_bps: expected a number .*, found True"),
        (stating("taker_fee_bps", "nan"), "taker_fee_bps: expected a number"),
        (stating("taker_fee_bps", "-1"), "taker_fee_bps: expected a number of at least 0"),
        (stating("taker_fee_bps", "5000"), "taker_fee_bps: expected a number .* below 5000"),
        (stating("taker_fee_bps", "1e-13"), "taker_fee_bps: .* at most 12 decimals"),
        (stating("starting_capital", "1e12"), "starting_capital: .* at most 12 decimals"),
        (stating("starting_capital", "0"), "starting_capital: expected a number above 0"),
        (stating("latency_ms", "0.5"), "latency_ms: expected multiples of 1, found 0.5"),
        (stating("latency_ms", "{low = 1}"), "latency_ms: expected .* found the keys low"),
        (stating("latency_ms", "{low = 9, high = 1}"), "latency_ms: expected a range"),
        (stating("volume_share", "0"), "volume_share: expected a number above 0"),
        (stating("volume_share", "1.1"), "volume_share: expected .* at most 1, found 1.1"),
        (stating("funding_interval_hours", "7"), "hours: expected .* divides 24, found 7"),
        (stating("funding_interval_hours", "0.5"), "hours: expected a whole number"),
        (stating("rate_interval_hours", "-8"), "hours: expected a whole number"),
        (stating("funding_price", '"last"'), "funding_price: expected 'mark' or 'index'"),
        (stating_of_btc("slippage_bps", "-1"), "slippage_bps: expected a number of at least 0"),
        (stating_of_btc("slippage_bps", "0.005"), "slippage_bps: expected multiples of 0.01"),
        (stating_of_btc("half_spread_bps", "5000"), "half_spread_bps: expected a number"),
        (stating_of_btc("tick", "0"), "tick: expected a number above 0, found 0"),
        (stating_of_btc("tick", "0.000001"), "BTC: .* lot x tick to be a multiple of"),
        (stating_of_btc("maintenance_rate", "1"), "maintenance_rate: expected .* below 1"),
        (stating_of_btc("max_leverage", "0.5"), "max_leverage: expected a number of at least 1"),
        (WHOLE.split("[", maxsplit=1)[0], "instruments: expected a value, found none"),
        (f"instruments = 1\n{WHOLE.split('[', maxsplit=1)[0]}", "expected at least one table"),
        (f"{WHOLE.split('[', maxsplit=1)[0]}[instruments]\nBTC = 1", "BTC: expected a table"),
    ],
)
def test_a_profile_that_breaks_a_rule_is_refused_by_its_key(text: str, problem: str) -> None:
    with pytest.raises(SettingError, match=f"Venue profile 'mine', .*{problem}"):
        parse_profile("mine", text)


def test_an_unknown_key_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(SettingError) as caught:
        parse_profile("mine", stating("taker_fee", "4"))
    assert "maker_fee_bps, taker_fee_bps, latency_ms" in caught.value.remedy


@pytest.mark.parametrize("name", SHIPPED)
def test_the_settings_go_through_json_and_make_the_same_profile(name: str) -> None:
    profile = load_profile(name)
    assert profile_of(name, json.loads(json.dumps(profile.settings()))) == profile


def test_the_settings_hold_every_number_as_text() -> None:
    settings = parse_profile("mine", WHOLE).settings()
    assert settings["taker_fee_bps"] == "5"
    assert settings["instruments"] == {
        "BTC": {
            "tick": "0.1",
            "lot": "0.001",
            "min_quantity": "0.001",
            "min_notional": "100",
            "max_leverage": "125",
            "maintenance_rate": "0.005",
            "liquidation_fee_rate": "0.01",
            "half_spread_bps": "1",
            "slippage_bps": "0.5",
        }
    }
