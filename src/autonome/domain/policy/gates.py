"""Rules that deny new risk because of when, where or how it is asked for."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from autonome.domain.money import round_cents
from autonome.domain.policy.case import Case
from autonome.domain.policy.columns import out_of_range
from autonome.domain.policy.exits import looser_stop, misplaced_exit, missing_stop
from autonome.domain.policy.limits import in_percent
from autonome.domain.policy.rule import rule
from autonome.domain.refusals import Denied

__all__ = [
    "column_range",
    "cooldown",
    "daily_loss",
    "halted",
    "max_drawdown",
    "max_leverage",
    "max_positions",
    "one_action_per_symbol",
    "second_action",
    "stale_data",
    "stop_required",
    "stop_tightens",
    "venue_max_leverage",
    "was_drawdown",
]


_LESS: Final = "expected a NAV less than "
_BELOW_PEAK: Final = " below its peak"


@rule("halted", "no new risk while the arm or the arena is halted")
def halted(case: Case) -> Denied | None:
    """Deny while halted."""
    reason = case.standing.halted_reason
    if reason is None:
        return None
    return Denied(rule="halted", reason=f"expected an arm that is not halted; it is: {reason}")


@rule("stale-data", "no new risk on a mark older than {max_mark_age_ms} ms")
def stale_data(case: Case) -> Denied | None:
    """Deny on old marks."""
    age, most = case.standing.mark_age_ms, case.limits.max_mark_age_ms
    if age <= most:
        return None
    return Denied(rule="stale-data", reason=f"expected marks of at most {most} ms, found {age} ms")


@rule(
    "max-drawdown",
    "NAV that is {max_drawdown} below its peak halts the arm; an operator who resumes it begins a"
    " new peak",
)
def max_drawdown(case: Case) -> Denied | None:
    """Deny, and halt the arm, at the largest drawdown."""
    standing, limit = case.standing, case.limits.max_drawdown
    if standing.nav > standing.peak_nav * (1 - limit):
        return None
    reason = (
        f"{_LESS}{in_percent(limit)}{_BELOW_PEAK}"
        f" {round_cents(standing.peak_nav)}, found {round_cents(standing.nav)}"
    )
    return Denied(rule="max-drawdown", reason=reason, halts=True)


def was_drawdown(reason: str | None) -> bool:
    """Say whether a halt has the words of ``max-drawdown``."""
    return reason is not None and reason.startswith(_LESS) and _BELOW_PEAK in reason


@rule(
    "daily-loss",
    "no new risk until the next UTC day once NAV is {daily_loss} below the day's opening",
)
def daily_loss(case: Case) -> Denied | None:
    """Deny for the rest of a day that has lost too much."""
    standing, limit = case.standing, case.limits.daily_loss
    if standing.nav > standing.day_opening_nav * (1 - limit):
        return None
    reason = (
        f"expected a NAV less than {in_percent(limit)} below the day's opening"
        f" {round_cents(standing.day_opening_nav)}, found {round_cents(standing.nav)}"
    )
    midnight = standing.at.replace(hour=0, minute=0, second=0, microsecond=0)
    return Denied(rule="daily-loss", reason=reason, until=midnight + timedelta(days=1))


@rule("one-action-per-symbol", "one action per symbol and invocation; a flip is one")
def one_action_per_symbol(case: Case) -> Denied | None:
    """Deny a second action on the same symbol."""
    symbol = case.request.symbol
    return second_action(symbol) if symbol in case.standing.acted else None


def second_action(symbol: str) -> Denied:
    """Return the refusal of a second action on ``symbol`` in one invocation."""
    reason = f"expected one action per symbol and invocation, found another one on {symbol}"
    return Denied(rule="one-action-per-symbol", reason=reason)


@rule("column-range", "every price, quantity and leverage fits its column")
def column_range(case: Case) -> Denied | None:
    """Deny what could not be stored."""
    request = case.request
    quantity = case.held + case.closing + case.opening
    return out_of_range(
        {
            "quantity": quantity,
            "leverage": request.leverage,
            "entryPrice": request.entry_price,
            "stop": request.stop,
            "target": request.target,
        }
    )


@rule(
    "cooldown",
    "no entry for {default_cooldown_minutes} minutes after a close, or as long as the agent asked,"
    " at most {max_cooldown_minutes}",
)
def cooldown(case: Case) -> Denied | None:
    """Deny while the symbol cools down, and a cooldown that would be too long."""
    asked, most = case.request.cooldown_minutes, case.limits.max_cooldown_minutes
    if asked is not None and not 0 <= asked <= most:
        reason = f"expected a cooldown of 0 to {most} minutes, found {asked}"
        return Denied(rule="cooldown", reason=reason)
    until = case.standing.cooldowns.get(case.request.symbol)
    if until is None or until <= case.standing.at:
        return None
    reason = f"expected no entry in {case.request.symbol} before {until.isoformat()}"
    return Denied(rule="cooldown", reason=reason, until=until)


@rule("stop-required", "a stop on the losing side of the mark; a target only on the winning side")
def stop_required(case: Case) -> Denied | None:
    """Deny a position without a stop, and triggers on the wrong side of the mark."""
    request = case.request
    if request.stop is None:
        return missing_stop(side=request.side, mark_price=request.mark_price)
    return misplaced_exit(
        side=request.side, stop=request.stop, target=request.target, mark_price=request.mark_price
    )


@rule("stop-tightens", "an order that adds to a position has no looser stop than the present one")
def stop_tightens(case: Case) -> Denied | None:
    """Deny an addition whose stop is looser than the one that stands."""
    if case.present is None:
        return None
    request = case.request
    return looser_stop(side=request.side, present=case.present.stop, asked=request.stop)


@rule("max-leverage", "leverage at most {max_leverage} and the venue's")
def max_leverage(case: Case) -> Denied | None:
    """Deny leverage above the policy's, or the venue's."""
    most = min(case.limits.max_leverage, case.request.instrument.max_leverage)
    return _too_much_leverage(case, most)


@rule("max-leverage", "leverage at most the venue's")
def venue_max_leverage(case: Case) -> Denied | None:
    """Deny leverage above the venue's."""
    return _too_much_leverage(case, case.request.instrument.max_leverage)


def _too_much_leverage(case: Case, most: Decimal) -> Denied | None:
    asked = case.request.leverage
    if asked <= most:
        return None
    reason = f"expected a leverage of at most {most} for {case.request.symbol}, found {asked}"
    return Denied(rule="max-leverage", reason=reason)


@rule("max-positions", "at most {max_positions} open positions")
def max_positions(case: Case) -> Denied | None:
    """Deny one more symbol when there are enough."""
    exposures, most = case.standing.exposures, case.limits.max_positions
    if case.request.symbol in exposures or len(exposures) < most:
        return None
    reason = f"expected at most {most} open positions, found {len(exposures)} already"
    return Denied(rule="max-positions", reason=reason)
