"""How figures are printed: median of several runs, with the spread that says how noisy it was."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

__all__ = ["report"]


def report(what: str, figures: Sequence[float], *, unit: str, bound: str = "") -> None:
    """Print the median of ``figures`` with minimum and maximum, beside its bound."""
    spread = f"{min(figures):,.2f} to {max(figures):,.2f}, {len(figures)} runs"
    print(f"  {what:<52} {median(figures):>10,.2f} {unit:<12} ({spread}) {bound}".rstrip())
