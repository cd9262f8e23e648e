"""Settings of a venue changed by hand: to every contract, or to one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from autonome.domain.errors import SettingError
from autonome.venue.overrides import with_overrides
from autonome.venue.profile import VenueProfile, load_profile

PROFILE = load_profile("binance-perp")


@pytest.mark.parametrize(
    ("override", "read", "expected"),
    [
        ("taker_fee_bps=4.5", lambda it: it.taker_fee_bps, "4.5"),
        ("maker_fee_bps = -0.5", lambda it: it.maker_fee_bps, "-0.5"),
        ("latency_ms=0", lambda it: it.latency_ms.high, "0"),
        ("latency_ms=40..250", lambda it: it.latency_ms.high, "250"),
        ("volume_share=1", lambda it: it.volume_share, "1"),
        ("funding_interval_hours=1", lambda it: it.funding_interval_hours, "1"),
        ("rate_interval_hours=8", lambda it: it.rate_interval_hours, "8"),
        ("starting_capital=5000", lambda it: it.starting_capital, "5000"),
        ("spread_bps=1", lambda it: it.half_spread_bps("SOL"), "1"),
        ("half_spread_bps=1", lambda it: it.half_spread_bps("SOL"), "1"),
        ("slippage_bps=0..10", lambda it: it.slippage("XRP").high, "10"),
        ("SOL.spread_bps=3", lambda it: it.half_spread_bps("SOL"), "3"),
        ("BTC.tick=0.5", lambda it: it.instrument("BTC").tick, "0.5"),
        ("SOL.maintenance_rate=0.01", lambda it: it.instrument("SOL").maintenance_rate, "0.01"),
    ],
)
def test_an_override_replaces_the_value_of_the_profile(
    override: str, read: Callable[[VenueProfile], Decimal], expected: str
) -> None:
    assert read(PROFILE) != Decimal(expected)
    assert read(with_overrides(PROFILE, [override])) == Decimal(expected)


def test_an_override_of_one_contract_leaves_the_others() -> None:
    changed = with_overrides(PROFILE, ["BTC.slippage_bps=7"])
    assert changed.slippage("BTC").low == 7
    for symbol in ("BNB", "ETH", "SOL", "XRP"):
        assert changed.terms[symbol] == PROFILE.terms[symbol]


def test_overrides_are_put_in_one_after_the_other() -> None:
    changed = with_overrides(PROFILE, ["spread_bps=5", "BTC.spread_bps=3", "latency_ms=1"])
    assert changed.half_spread_bps("BTC") == 3
    assert changed.half_spread_bps("ETH") == 5
    assert with_overrides(changed, ["spread_bps=5"]).half_spread_bps("BTC") == 5


def test_a_venue_can_be_made_free_of_costs() -> None:
    free = with_overrides(PROFILE, ["spread_bps=0", "slippage_bps=0", "taker_fee_bps=0"])
    assert all(free.fixed_cost_bps(symbol) == 0 for symbol in free.instruments)


def test_no_override_changes_nothing_and_the_profile_itself_is_never_changed() -> None:
    before = PROFILE.settings()
    assert with_overrides(PROFILE, []) == PROFILE
    with_overrides(PROFILE, ["BTC.tick=0.5", "taker_fee_bps=1"])
    assert PROFILE.settings() == before


def test_rate_interval_goes_back_to_the_settlement_by_name() -> None:
    eight = with_overrides(PROFILE, ["rate_interval_hours=8"])
    assert with_overrides(eight, ["rate_interval_hours=settlement"]).rate_interval_hours is None


@pytest.mark.parametrize("text", ["taker_fee_bps", "taker_fee_bps=", "=", ""])
def test_an_override_without_key_and_value_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="expected a setting of the venue as key=value"):
        with_overrides(PROFILE, [text])


@pytest.mark.parametrize("key", ["taker_fee", "BTC.taker_fee_bps", "BTC.symbol", "instruments"])
def test_an_unknown_key_is_refused_with_those_that_are_known(key: str) -> None:
    with pytest.raises(SettingError, match=f"found '{key}'") as caught:
        with_overrides(PROFILE, [f"{key}=1"])
    for known in ("taker_fee_bps", "latency_ms", "tick", "spread_bps"):
        assert known in caught.value.remedy


def test_a_symbol_that_is_not_listed_is_refused() -> None:
    with pytest.raises(SettingError, match="found 'NOPE'"):
        with_overrides(PROFILE, ["NOPE.tick=1"])


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("taker_fee_bps=x", "taker_fee_bps: expected a number .*, found 'x'"),
        ("taker_fee_bps=1..2", "taker_fee_bps: expected a number"),
        ("volume_share=0", "volume_share: expected a number above 0"),
        ("slippage_bps=10..", "slippage_bps: expected a number"),
        ("slippage_bps=10..0", "slippage_bps: expected a range"),
        ("latency_ms=1.5..3", "latency_ms: expected multiples of 1"),
        ("BTC.tick=0.000001", "instruments.BTC: .* multiple of"),
    ],
)
def test_a_value_is_held_to_the_rules_of_the_files(override: str, problem: str) -> None:
    with pytest.raises(SettingError, match=f"Venue profile 'binance-perp', .*{problem}"):
        with_overrides(PROFILE, [override])
