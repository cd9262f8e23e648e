"""Rules that deny by time, place and manner, each at its bound and a step to either side of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from autonome.domain.money import ZERO
from autonome.domain.policy import Policy, Request, Standing, Verdict, judge
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from unit.domain.policy_requests import (
    AS_WRITTEN,
    AT,
    BOLD_STANDARD,
    BTC,
    CALM_ACCOUNT,
    CONTROL,
    LONG,
    POLICIES,
    SHORT,
    STANDARD,
    exposure,
    holding,
)


def denied_by(policy: Policy, request: Request, standing: Standing = CALM_ACCOUNT) -> str | None:
    verdict = judge(policy, request, standing)
    assert (verdict.opening == 0) == (verdict.denied is not None)
    return None if verdict.denied is None else verdict.denied.rule


def denial(policy: Policy, request: Request, standing: Standing = CALM_ACCOUNT) -> Denied:
    found = judge(policy, request, standing).denied
    assert found is not None
    return found


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("request_", [LONG, SHORT], ids=["long", "short"])
def test_a_modest_order_passes_every_policy_unchanged(policy: Policy, request_: Request) -> None:
    verdict = judge(policy, request_, CALM_ACCOUNT)
    assert verdict == Verdict(opening=Decimal("0.05"), changes=(), cost=ZERO, denied=None)


@pytest.mark.parametrize(
    ("policy", "rule"), [(STANDARD, "halted"), (CONTROL, "halted"), (AS_WRITTEN, None)]
)
def test_a_halted_arm_takes_no_new_risk(policy: Policy, rule: str | None) -> None:
    standing = changed(CALM_ACCOUNT, halted_reason="stopped by the operator")
    assert denied_by(policy, LONG, standing) == rule


def test_a_halted_arm_is_told_why() -> None:
    standing = changed(CALM_ACCOUNT, halted_reason="stopped by the operator")
    assert "stopped by the operator" in denial(STANDARD, LONG, standing).reason


@pytest.mark.parametrize(
    ("policy", "age_ms", "rule"),
    [
        (STANDARD, 120_000, None),
        (STANDARD, 120_001, "stale-data"),
        (CONTROL, 120_000, None),
        (CONTROL, 120_001, "stale-data"),
        (AS_WRITTEN, 999_999, None),
    ],
)
def test_no_new_risk_on_old_marks(policy: Policy, age_ms: int, rule: str | None) -> None:
    assert denied_by(policy, LONG, changed(CALM_ACCOUNT, mark_age_ms=age_ms)) == rule


@pytest.mark.parametrize(
    ("policy", "nav", "rule"),
    [
        (STANDARD, "7000.01", None),  # The peak is 10,000, the limit 30 %.
        (STANDARD, "7000", "max-drawdown"),
        (BOLD_STANDARD, "7000", "max-drawdown"),
        (STANDARD, "0", "max-drawdown"),
        (CONTROL, "7000", None),
        (AS_WRITTEN, "7000", None),
    ],
)
def test_the_largest_drawdown_ends_new_risk(policy: Policy, nav: str, rule: str | None) -> None:
    standing = changed(CALM_ACCOUNT, nav=Decimal(nav), day_opening_nav=Decimal(7_000))
    assert denied_by(policy, LONG, standing) == rule


def test_the_largest_drawdown_halts_the_arm_and_nothing_else_does() -> None:
    ruined = changed(CALM_ACCOUNT, nav=Decimal(7_000))
    assert denial(STANDARD, LONG, ruined).halts
    assert denial(STANDARD, LONG, ruined).until is None
    lost = changed(CALM_ACCOUNT, nav=Decimal(9_000))
    assert not denial(STANDARD, LONG, lost).halts


@pytest.mark.parametrize(
    ("policy", "nav", "rule"),
    [
        (STANDARD, "9000.01", None),  # The day began with 10,000, the limit is 10 %.
        (STANDARD, "9000", "daily-loss"),
        (CONTROL, "9000", None),
        (AS_WRITTEN, "9000", None),
    ],
)
def test_a_lost_day_takes_no_new_risk(policy: Policy, nav: str, rule: str | None) -> None:
    assert denied_by(policy, LONG, changed(CALM_ACCOUNT, nav=Decimal(nav))) == rule


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (AT, datetime(2025, 5, 8, tzinfo=UTC)),
        (datetime(2025, 5, 7, tzinfo=UTC), datetime(2025, 5, 8, tzinfo=UTC)),
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_lost_day_ends_at_the_next_utc_midnight(at: datetime, until: datetime) -> None:
    assert denial(STANDARD, LONG, changed(CALM_ACCOUNT, at=at, nav=Decimal(9_000))).until == until


@pytest.mark.parametrize(
    ("policy", "acted", "rule"),
    [
        (STANDARD, {"ETH"}, None),
        (STANDARD, {"BTC"}, "one-action-per-symbol"),
        (CONTROL, {"BTC"}, None),
        (AS_WRITTEN, {"BTC"}, None),
    ],
)
def test_a_symbol_is_acted_on_once(policy: Policy, acted: set[str], rule: str | None) -> None:
    assert denied_by(policy, LONG, changed(CALM_ACCOUNT, acted=acted)) == rule


@pytest.mark.parametrize(
    ("symbol", "seconds", "rule"),
    [
        ("BTC", 1, "cooldown"),
        ("BTC", 0, None),  # It ends at this instant.
        ("BTC", -1, None),
        ("ETH", 1, None),
    ],
)
@pytest.mark.parametrize("request_", [LONG, SHORT], ids=["long", "short"])
def test_a_symbol_cools_down_in_both_directions(
    request_: Request, symbol: str, seconds: int, rule: str | None
) -> None:
    until = AT + timedelta(seconds=seconds)
    standing = changed(CALM_ACCOUNT, cooldowns={symbol: until})
    assert denied_by(STANDARD, request_, standing) == rule
    assert denied_by(CONTROL, request_, standing) is None
    assert denied_by(AS_WRITTEN, request_, standing) is None
    if rule is not None:
        assert denial(STANDARD, request_, standing).until == until


@pytest.mark.parametrize(
    ("minutes", "rule"),
    [(None, None), (0, None), (1440, None), (1441, "cooldown"), (-1, "cooldown")],
)
def test_a_cooldown_of_more_than_a_day_is_denied(minutes: int | None, rule: str | None) -> None:
    assert denied_by(STANDARD, changed(LONG, cooldown_minutes=minutes)) == rule


@pytest.mark.parametrize(
    ("policy", "asked", "minutes"),
    [
        (STANDARD, None, 15),
        (STANDARD, 0, 0),
        (STANDARD, 90, 90),
        (CONTROL, None, 0),
        (AS_WRITTEN, 90, 0),
    ],
)
def test_a_cooldown_lasts_a_quarter_of_an_hour_unless_asked_otherwise(
    policy: Policy, asked: int | None, minutes: int
) -> None:
    assert policy.cooldown_minutes(asked) == minutes


@pytest.mark.parametrize(
    ("request_", "stop", "target", "rule"),
    [
        (LONG, None, None, "stop-required"),
        (LONG, "49999.9", None, None),  # The mark is 50,000.
        (LONG, "50000", None, "stop-required"),
        (LONG, "51000", None, "stop-required"),
        (LONG, "49000", "50000.1", None),
        (LONG, "49000", "50000", "stop-required"),
        (LONG, "49000", "48000", "stop-required"),
        (SHORT, None, None, "stop-required"),
        (SHORT, "50000.1", None, None),
        (SHORT, "50000", None, "stop-required"),
        (SHORT, "49000", None, "stop-required"),
        (SHORT, "51000", "49999.9", None),
        (SHORT, "51000", "50000", "stop-required"),
        (SHORT, "51000", "52000", "stop-required"),
    ],
)
def test_a_stop_is_on_the_losing_side_and_a_target_on_the_winning_side(
    request_: Request, stop: str | None, target: str | None, rule: str | None
) -> None:
    asked = changed(
        request_,
        opening=Decimal("0.003"),
        stop=None if stop is None else Decimal(stop),
        target=None if target is None else Decimal(target),
    )
    assert denied_by(STANDARD, asked) == rule
    assert denied_by(CONTROL, asked) is None
    assert denied_by(AS_WRITTEN, asked) is None


@pytest.mark.parametrize(
    ("request_", "size", "present", "rule"),
    [
        (LONG, "0.01", "49000.1", "stop-tightens"),  # Asked is 49,000, further away.
        (LONG, "0.01", "49000", None),
        (LONG, "0.01", "48000", None),
        (LONG, "0.01", None, None),
        (LONG, "-0.01", "50500", None),  # A flip: the old plan goes with the old position.
        (SHORT, "-0.01", "50999.9", "stop-tightens"),
        (SHORT, "-0.01", "51000", None),
        (SHORT, "0.01", "49500", None),
    ],
)
def test_an_addition_has_no_looser_stop(
    request_: Request, size: str, present: str | None, rule: str | None
) -> None:
    standing = holding({"BTC": exposure(size, stop=present)})
    assert denied_by(STANDARD, request_, standing) == rule


@pytest.mark.parametrize(
    ("policy", "asked", "venue", "rule"),
    [
        (STANDARD, "5", "20", None),
        (STANDARD, "5.01", "20", "max-leverage"),
        (STANDARD, "4.5", "4", "max-leverage"),
        (BOLD_STANDARD, "10", "20", None),
        (BOLD_STANDARD, "10.01", "20", "max-leverage"),
        (CONTROL, "20", "20", None),
        (CONTROL, "20.01", "20", "max-leverage"),
        (AS_WRITTEN, "20", "20", None),
        (AS_WRITTEN, "20.01", "20", "max-leverage"),
    ],
)
def test_leverage_is_bounded_by_policy_and_venue(
    policy: Policy, asked: str, venue: str, rule: str | None
) -> None:
    instrument = replace(BTC, max_leverage=Decimal(venue))
    assert denied_by(policy, changed(LONG, leverage=Decimal(asked), instrument=instrument)) == rule


def test_a_denial_names_the_limit_and_what_was_asked() -> None:
    found = denial(STANDARD, changed(LONG, leverage=Decimal(7)))
    assert found.reason == "expected a leverage of at most 5 for BTC, found 7"


@pytest.mark.parametrize(
    ("symbols", "rule"),
    [
        (["ETH", "SOL", "XRP", "BNB"], None),
        (["ETH", "SOL", "XRP", "BNB", "ADA"], "max-positions"),
        (["BTC", "ETH", "SOL", "XRP", "BNB"], None),  # An addition, or a flip.
    ],
)
@pytest.mark.parametrize("request_", [LONG, SHORT], ids=["long", "short"])
def test_five_positions_are_enough(request_: Request, symbols: list[str], rule: str | None) -> None:
    standing = holding({symbol: exposure("0.001") for symbol in symbols})
    assert denied_by(STANDARD, request_, standing) == rule
    assert denied_by(CONTROL, request_, standing) is None
    assert denied_by(AS_WRITTEN, request_, standing) is None


LARGEST = Decimal("9999999999.99999999")


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"opening": LARGEST + 1}, "quantity"),
        ({"opening": Decimal("1e60")}, "quantity"),
        ({"opening": Decimal("-0.001")}, "quantity"),
        ({"opening": Decimal("0.000000001")}, "quantity"),
        ({"leverage": Decimal("2.555")}, "leverage"),
        ({"leverage": Decimal(0)}, "leverage"),
        ({"leverage": Decimal("1e-40")}, "leverage"),
        ({"leverage": Decimal("NaN")}, "leverage"),
        ({"entry_price": LARGEST + 1}, "entryPrice"),
        ({"stop": Decimal("-1")}, "stop"),
        ({"target": Decimal("Infinity")}, "target"),
    ],
)
def test_what_a_column_cannot_hold_is_denied_by_every_policy(
    policy: Policy, changes: dict[str, Decimal], column: str
) -> None:
    found = denial(policy, changed(LONG, **changes))  # type: ignore[arg-type]
    assert found.rule == "column-range"
    assert f"expected {column} " in found.reason


@pytest.mark.parametrize("size", ["9999999999", "-9999999999"])
def test_the_whole_order_and_the_whole_position_fit_their_columns(size: str) -> None:
    standing = holding({"BTC": exposure(size)})
    assert denied_by(AS_WRITTEN, changed(LONG, opening=Decimal(2)), standing) == "column-range"


def test_rules_that_know_an_end_or_halt_come_before_those_that_can_be_corrected() -> None:
    hopeless = changed(
        CALM_ACCOUNT,
        nav=Decimal(6_000),
        halted_reason="stopped",
        mark_age_ms=999_999,
        acted={"BTC"},
        cooldowns={"BTC": AT + timedelta(hours=1)},
    )
    request = changed(LONG, stop=None, leverage=Decimal(50))
    order = [denied_by(STANDARD, request, hopeless)]
    for cured in (
        {"halted_reason": None},
        {"mark_age_ms": 0},
        {"peak_nav": Decimal(6_000)},
        {"day_opening_nav": Decimal(6_000)},
        {"acted": frozenset()},
        {"cooldowns": {}},
    ):
        hopeless = changed(hopeless, **cured)  # type: ignore[arg-type]
        order.append(denied_by(STANDARD, request, hopeless))
    order.append(denied_by(STANDARD, changed(request, stop=Decimal(49_000)), hopeless))
    assert order == [
        "halted",
        "stale-data",
        "max-drawdown",
        "daily-loss",
        "one-action-per-symbol",
        "cooldown",
        "stop-required",
        "max-leverage",
    ]
