"""Venue profiles: what ships, and that no cost is zero by omission."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from autonome.domain.errors import SettingError
from autonome.venue.profile import _profile, load_profile

WHOLE: dict[str, Any] = {
    "maker_fee_bps": 2,
    "taker_fee_bps": 5,
    "latency_ms": 50,
    "funding_interval_h": 8,
    "costs": {
        "BTC": {"half_spread_bps": 1, "slippage_bps": Decimal("0.5")},
        "other": {"half_spread_bps": 2, "slippage_bps": 2},
    },
    "instruments": {
        "BTC": {
            "tick": Decimal("0.1"),
            "lot": Decimal("0.001"),
            "min_quantity": Decimal("0.001"),
            "min_notional": 100,
            "max_leverage": 125,
        }
    },
}


def without(*path: str) -> dict[str, Any]:
    table = copy.deepcopy(WHOLE)
    inner = table
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return table


def test_the_default_profile_charges_what_the_table_of_profiles_says() -> None:
    # "Venue profiles" of the accounting rules, row binance-perp.
    profile = load_profile("binance-perp")
    assert (profile.maker_fee_bps, profile.taker_fee_bps) == (Decimal(2), Decimal(5))
    assert profile.latency_ms == 50
    assert profile.funding_interval_h == 8
    for symbol, each in {"BTC": 1, "ETH": 1, "SOL": 2, "XRP": 2, "BNB": 2}.items():
        costs = profile.costs_of(symbol)
        assert (costs.half_spread_bps, costs.slippage_bps) == (Decimal(each), Decimal(each))
        assert costs.total_bps == Decimal(2 * each)


def test_an_unknown_profile_is_refused_with_those_that_exist() -> None:
    with pytest.raises(SettingError, match="Expected a venue profile, found 'mt-gox'") as caught:
        load_profile("mt-gox")
    assert "binance-perp" in caught.value.remedy


def test_a_whole_profile_is_read() -> None:
    assert _profile("mine", WHOLE).costs_of("BTC").total_bps == Decimal("1.5")


@pytest.mark.parametrize(
    "path",
    [
        ("maker_fee_bps",),
        ("taker_fee_bps",),
        ("latency_ms",),
        ("costs",),
        ("costs", "BTC", "half_spread_bps"),
        ("costs", "BTC", "slippage_bps"),
        ("costs", "other", "slippage_bps"),
        ("instruments",),
    ],
    ids="-".join,
)
def test_a_profile_that_leaves_out_a_cost_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(SettingError, match=f"expected a value for '{path[-1]}', found none"):
        _profile("mine", without(*path))


def test_a_profile_without_costs_for_a_symbol_that_it_lists_is_refused() -> None:
    table = without("costs", "other")
    table["instruments"]["DOGE"] = table["instruments"]["BTC"]
    with pytest.raises(SettingError):
        _profile("mine", table).costs_of("DOGE")


def test_a_profile_that_names_every_symbol_needs_no_others() -> None:
    assert _profile("mine", without("costs", "other")).costs_of("BTC").total_bps == Decimal("1.5")


@pytest.mark.parametrize("name", ["tick", "min_notional"])
def test_a_profile_whose_instrument_lacks_a_value_is_refused(name: str) -> None:
    with pytest.raises(SettingError):
        _profile("mine", without("instruments", "BTC", name))
