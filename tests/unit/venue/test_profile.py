"""Venue profiles: what ships, and that no cost is zero by omission."""

from __future__ import annotations

from decimal import Decimal

import pytest

from autonome.domain.errors import SettingError
from autonome.venue.profile import load_profile, parse_profile

WHOLE = """
maker_fee_bps = 2
taker_fee_bps = 5
latency_ms = 50
[costs.BTC]
half_spread_bps = 1
slippage_bps = 0.5
[costs.other]
half_spread_bps = 2
slippage_bps = 2
[instruments.BTC]
tick = 0.1
lot = 0.001
min_quantity = 0.001
min_notional = 100
max_leverage = 125
"""


def without(key: str, *, section: str = "") -> str:
    """Return the profile without one line, of the section that begins with this heading."""
    kept, heading = [], ""
    for line in WHOLE.strip().splitlines():
        heading = line if line.startswith("[") else heading
        if not (heading == section and line.startswith(key)):
            kept.append(line)
    return "\n".join(kept)


def test_the_default_profile_charges_what_the_table_of_profiles_says() -> None:
    # "Venue profiles" of the accounting rules, row binance-perp.
    profile = load_profile("binance-perp")
    assert (profile.maker_fee_bps, profile.taker_fee_bps) == (Decimal(2), Decimal(5))
    assert profile.latency_ms == 50
    for symbol, each in {"BTC": 1, "ETH": 1, "SOL": 2, "XRP": 2, "BNB": 2}.items():
        costs = profile.costs_of(symbol)
        assert (costs.half_spread_bps, costs.slippage_bps) == (Decimal(each), Decimal(each))
        assert costs.total_bps == Decimal(2 * each)


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(SettingError, match="expected a venue profile, found 'mt-gox'") as caught:
        load_profile("mt-gox")
    assert "binance-perp" in caught.value.remedy


def test_a_whole_profile_is_read_exactly() -> None:
    profile = parse_profile("mine", WHOLE)
    assert profile.costs_of("BTC").total_bps == Decimal("1.5")
    assert profile.instrument("BTC").tick == Decimal("0.1")


@pytest.mark.parametrize(
    ("key", "section"),
    [
        ("maker_fee_bps", ""),
        ("taker_fee_bps", ""),
        ("latency_ms", ""),
        ("half_spread_bps", "[costs.BTC]"),
        ("slippage_bps", "[costs.BTC]"),
        ("slippage_bps", "[costs.other]"),
        ("tick", "[instruments.BTC]"),
        ("min_notional", "[instruments.BTC]"),
    ],
)
def test_a_profile_that_leaves_something_out_is_refused(key: str, section: str) -> None:
    with pytest.raises(SettingError, match=f"expected a value for '{key}', found none"):
        parse_profile("mine", without(key, section=section))


def test_a_profile_without_costs_for_a_symbol_that_it_lists_is_refused() -> None:
    text = WHOLE.replace("[instruments.BTC]", "[instruments.DOGE]").replace("other", "ETH")
    with pytest.raises(SettingError, match="expected a value for 'other', found none"):
        parse_profile("mine", text)


def test_a_profile_that_names_every_symbol_needs_no_others() -> None:
    profile = parse_profile("mine", WHOLE.replace("[costs.other]", "[costs.ETH]"))
    assert profile.costs_of("BTC").total_bps == Decimal("1.5")


@pytest.mark.parametrize(
    "text", [WHOLE + "[", WHOLE.replace("tick = 0.1", "tick = 0"), WHOLE.replace("= 50", '= "x"')]
)
def test_a_profile_that_cannot_be_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingError, match="profile 'mine' cannot be read"):
        parse_profile("mine", text)
