"""Figures as the dashboard is to write them, by rules written down here a second time."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

__all__ = ["money", "plain", "read", "signed", "whole"]

MINUS = "\u2212"
CENT = Decimal("0.01")


def money(amount: Decimal, unit: Decimal = CENT) -> str:
    """Write thousands apart, rounded half to even, with a minus that is one."""
    return f"{amount.quantize(unit, ROUND_HALF_EVEN):,}".replace("-", MINUS)


def whole(amount: Decimal) -> str:
    """Write whole units."""
    return money(amount, Decimal(1))


def signed(amount: Decimal) -> str:
    """Write P&L: the sign always, zero without one."""
    rounded = amount.quantize(CENT, ROUND_HALF_EVEN)
    return ("+" if rounded > 0 else "") + money(abs(rounded) if rounded == 0 else rounded)


def plain(amount: Decimal) -> str:
    """Write a quantity with every place that says something."""
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read(text: str) -> Decimal:
    """Read what the dashboard wrote: money, P&L or per cent."""
    kept = text.replace(MINUS, "-").replace(",", "").replace("%", "").replace("×", "")
    return Decimal(kept.strip())
