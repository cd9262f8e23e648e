"""What an audit says: for each check how much was looked at, what failed, and the first row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

__all__ = ["CHECKS", "Check", "Finding", "Report", "Tally"]

CHECKS: Final[Mapping[str, str]] = {
    "finite": "Every number and every instant is finite.",
    "arm": "Every model that traded, paid or was valued has an arm with a starting capital.",
    "fill-order": "Every fill belongs to an order of its model and symbol.",
    "fill-intent": "Every fill comes from an intent of its model, symbol and side.",
    "fill-sound": "Every fill has a price and a quantity above zero, and only a maker is paid.",
    "fill-position": "Every fill opens, adds to or reduces the position of its row, none turns it.",
    "fee-rate": "In a replay, executions of one liquidity pay one rate, liquidations aside.",
    "payment-order": "Every payment's order is one of its model.",
    "payment-sign": "Liquidation fees, inference and withdrawals are paid, the others received.",
    "funding-held": "Every funding payment is for the position that was held at its instant.",
    "shortfall": "After a shortfall, an account that holds nothing is worth exactly zero.",
    "closed-row": "Every CLOSED row has the side, quantity and times of its closing fills.",
    "entry-price": "Every CLOSED row's entry price is the average that its position had.",
    "exit-price": "Every CLOSED row's exit price is the average of its closing fills.",
    "realized-pnl": "Every CLOSED row's P&L is what its fills and shares of costs give, in cents.",
    "close-trigger": "Every CLOSED row's trigger is the purpose of what closed it.",
    "open-row": "Every OPEN row is what fills leave: side, quantity, average entry, beginning.",
    "one-open-row": "There is at most one OPEN row for a model and symbol.",
    "adopted": "Every adopted trade's P&L is what its fills and its payment give.",
    "nav": "Every NAV point is capital + flows + size x mark at its instant, in cents.",
    "nav-both-ways": "At every NAV point, realized and open P&L give the same cash as the flows.",
    "nav-minutes": "NAV points come once, and in a replay at every minute that has marks.",
    "nav-rollup": "Every hour and day of NAV says what the points and hours that it sums up say.",
    "intent-fills": "Every intent has the fills that its state and quantity say.",
    "intent-order": "Every intent's order and tool call belong to its model.",
    "tool-call": "Every execution that a tool call was told of is stored with the same figures.",
    "counters": "Every model counts at least the invocations that are stored.",
    "conservation": "Capital, fills and payments, summed by the database, are what accounts hold.",
}
"""By id, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A row that does not add up."""

    table: str
    row_id: str
    model_id: str | None = None
    at: datetime | None = None
    """The instant (UTC) that the row is about, where it has one."""
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What became of one check."""

    id: str
    sentence: str
    examined: int
    """Rows or figures that were compared."""
    failed: int
    first: Finding | None
    """The earliest that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of an audit."""

    arena: str
    checks: tuple[Check, ...]
    unvalued_models: tuple[str, ...]
    """Names of adopted models: another client took their NAV points, which are not compared."""

    thinned_hours: int = 0
    """Hours, of all models, of which the close, the first, the lowest and the highest NAV were
    compared; their other points are no longer kept."""

    @property
    def is_clean(self) -> bool:
        """Say whether everything adds up."""
        return not any(check.failed for check in self.checks)


class Tally:
    """Counts what is compared and keeps the earliest failure of each check."""

    def __init__(self) -> None:
        self._examined = dict.fromkeys(CHECKS, 0)
        self._failed = dict.fromkeys(CHECKS, 0)
        self._first: dict[str, Finding] = {}

    def count(self, check: str, examined: int = 1) -> None:
        """Say that so many more rows were compared."""
        self._examined[check] += examined

    def fail(self, check: str, finding: Finding, failed: int = 1) -> None:
        """Say that rows failed, the earliest of which is ``finding``."""
        self._failed[check] += failed
        present = self._first.get(check)
        if present is None or _time(finding) < _time(present):
            self._first[check] = finding

    def checks(self) -> tuple[Check, ...]:
        """Return every check, in order."""
        return tuple(
            Check(
                id=check,
                sentence=sentence,
                examined=self._examined[check],
                failed=self._failed[check],
                first=self._first.get(check),
            )
            for check, sentence in CHECKS.items()
        )


def _time(finding: Finding) -> tuple[datetime, str]:
    return finding.at or datetime.max.replace(tzinfo=UTC), finding.row_id
