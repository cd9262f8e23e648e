"""Limits of an arm's own: what may be changed of a policy, and how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal

from autonome.domain.money import decimal_of, exact
from autonome.domain.policy.policies import Policy

__all__ = [
    "LIMIT_RANGES",
    "LimitRange",
    "LimitRefused",
    "Unit",
    "limits_of",
    "ranges_of",
    "revised",
]

Unit = Literal["x", "fraction", "count", "minutes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRange:
    """How far one limit may be changed; beyond it nobody may go, whoever asks."""

    name: str
    """Of the field of ``Limits``."""
    key: str
    """The same in JSON."""
    unit: Unit
    """``x``: a multiple, of NAV or of margin; ``fraction``: of NAV."""
    least: Decimal
    most: Decimal
    step: Decimal
    is_looser_below: bool = False
    """Whether less of it grants more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRefused:
    """Why limits may not be what was asked."""

    key: str
    reason: str


def _range(
    name: str, unit: Unit, least: str, most: str, step: str, *, is_looser_below: bool = False
) -> LimitRange:
    first, *others = name.split("_")
    return LimitRange(
        name=name,
        key=first + "".join(word.capitalize() for word in others),
        unit=unit,
        least=Decimal(least),
        most=Decimal(most),
        step=Decimal(step),
        is_looser_below=is_looser_below,
    )


LIMIT_RANGES: Final = (
    _range("max_leverage", "x", "1", "50", "0.01"),
    _range("risk_per_trade", "fraction", "0.0001", "0.1", "0.0001"),
    _range("max_position", "x", "0.01", "10", "0.01"),
    _range("max_gross_leverage", "x", "0.01", "20", "0.01"),
    _range("max_positions", "count", "1", "50", "1"),
    _range("min_free_collateral", "fraction", "0", "0.9", "0.0001", is_looser_below=True),
    _range("default_cooldown_minutes", "minutes", "0", "1440", "1", is_looser_below=True),
    _range("max_cooldown_minutes", "minutes", "0", "10080", "1"),
    _range("daily_loss", "fraction", "0.001", "0.5", "0.0001"),
    _range("max_drawdown", "fraction", "0.01", "0.8", "0.0001"),
)
"""Every limit that operators may change. The age of a mark is none of them: it guards the figures
that all rules compare with. Leverage is bounded by the venue's, too, whatever stands here."""

_COUNTED: Final[tuple[Unit, ...]] = ("count", "minutes")


def ranges_of(policy: Policy) -> tuple[LimitRange, ...]:
    """Return the limits that a policy has and operators may change."""
    words = [rule.words for rule in policy.rules]
    return tuple(each for each in LIMIT_RANGES if any(f"{{{each.name}}}" in text for text in words))


def limits_of(policy: Policy) -> dict[str, str]:
    """Return those limits as text, by their keys in JSON."""
    return {each.key: str(getattr(policy.limits, each.name)) for each in ranges_of(policy)}


@exact
def revised(policy: Policy, asked: Mapping[str, object], *, revision: int) -> Policy | LimitRefused:
    """Return ``policy`` with limits of an arm's own; what is not named stays as it is.

    Each limit is text of decimal digits, or a whole number.
    """
    known = {each.key: each for each in ranges_of(policy)}
    found: dict[str, Any] = {}
    for key, stated in asked.items():
        if key not in known:
            reason = f"expected a limit of the policy ({', '.join(known)}), found {key!r}"
            return LimitRefused(key=key, reason=reason)
        each = known[key]
        number = _read(each, stated)
        if number is None:
            words = f"{each.least} to {each.most} in steps of {each.step}"
            return LimitRefused(key=key, reason=f"expected {words}, found {stated!r}")
        found[each.name] = int(number) if each.unit in _COUNTED else number
    limits = replace(policy.limits, **found)
    if limits.default_cooldown_minutes > limits.max_cooldown_minutes:
        reason = (
            f"expected at most maxCooldownMinutes ({limits.max_cooldown_minutes}),"
            f" found {limits.default_cooldown_minutes}"
        )
        return LimitRefused(key="defaultCooldownMinutes", reason=reason)
    return replace(policy, limits=limits, revision=revision)


def _read(bounds: LimitRange, stated: object) -> Decimal | None:
    """Return a limit, ``None`` where the range does not hold it."""
    try:
        number = decimal_of(stated)  # type: ignore[arg-type]  # It refuses every other type.
    except (TypeError, ValueError):
        return None
    # The limits come first: the remainder of a monstrous number cannot be taken.
    is_within = bounds.least <= number <= bounds.most
    return number if is_within and not number % bounds.step else None
