"""Compare every NAV point of one model with its statement, at the marks of its instant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from autonome.audit.arithmetic import CENT, decimal_text, half_even
from autonome.audit.report import Finding
from autonome.audit.rows import aware
from autonome.audit.statement import Statement

__all__ = ["Marks", "Point", "check_minutes", "check_nav"]

Marks = Mapping[str, Mapping[datetime, int]]
"""1e-8 quote per base unit, by symbol and instant."""
Point = tuple[str, datetime, int]
"""Id, instant and cents of a row of ``"PortfolioSize"``, or of what ``"NavHours"`` kept of one."""

_HALF_CENT: Final = CENT // 2
_NO_MARKS: Final[Mapping[datetime, int]] = {}
_MISSING: Final = "(missing)"


def check_nav(
    statement: Statement,
    runs: Iterable[Sequence[Point]],
    marks: Marks,
    *,
    reached: Callable[[int], None],
) -> list[datetime]:
    """Walk the statement along the points and return their instants.

    ``runs`` hold the points by time; ``reached`` is told how many were compared.
    """
    instants: list[datetime] = []
    cash, held = _valued(statement, marks)
    for points in runs:
        for row_id, at, cents in points:
            if statement.next_due <= at:
                statement.advance(at)
                cash, held = _valued(statement, marks)
                _check_both_ways(statement, row_id, at)
            nav = cash
            for size, prices in held:
                price = prices.get(at)
                if price is None:
                    _fail(statement, "nav", row_id, at, "a mark of every symbol held", "none")
                    break
                nav += size * price
            else:
                # Most points are right, and this says so without a division.
                off = nav - cents * CENT
                if not -_HALF_CENT < off < _HALF_CENT:
                    _check_rounding(statement, row_id, at, cents, nav)
        statement.tally.count("nav", len(points))
        instants += [at for _, at, _ in points]
        reached(len(points))
    return instants


def _valued(
    statement: Statement, marks: Marks
) -> tuple[int, list[tuple[int, Mapping[datetime, int]]]]:
    """Return the cash (1e-16 quote), and each size with the marks of its symbol."""
    positions = statement.account.positions.values()
    held = [(each.size, marks.get(each.symbol, _NO_MARKS)) for each in positions]
    return statement.account.cash_from_flows, held


def _check_both_ways(statement: Statement, row_id: str, at: datetime) -> None:
    statement.tally.count("nav-both-ways")
    flows, trades = statement.account.cash_from_flows, statement.account.cash_from_trades
    if flows != trades:
        texts = (decimal_text(each, places=16) for each in (flows, trades))
        _fail(statement, "nav-both-ways", row_id, at, *texts)


def _check_rounding(statement: Statement, row_id: str, at: datetime, cents: int, nav: int) -> None:
    expected = half_even(nav, CENT)
    if expected != cents:
        texts = (decimal_text(each, places=2) for each in (expected, cents))
        _fail(statement, "nav", row_id, at, *texts)


def check_minutes(
    statement: Statement, instants: Sequence[datetime], minutes: Sequence[datetime] | None
) -> None:
    """Check that no instant comes twice and, where ``minutes`` are given, that all have a point."""
    statement.tally.count("nav-minutes", len(instants))
    if minutes is not None and instants == minutes:
        return
    for before, at in pairwise(instants):
        if before == at:
            _fail(statement, "nav-minutes", _MISSING, at, "one point", "two")
    if minutes is None:
        return
    marked = set(minutes)
    for at in sorted(marked.symmetric_difference(instants)):
        expected, found = ("a point", "none") if at in marked else ("marks", "a point, no marks")
        _fail(statement, "nav-minutes", _MISSING, at, expected, found)


def _fail(
    statement: Statement, check: str, row_id: str, at: datetime, expected: str, found: str
) -> None:
    finding = Finding(
        table="NavHours" if row_id.startswith("NavHours ") else "PortfolioSize",
        row_id=row_id,
        model_id=statement.model_id,
        at=aware(at),
        expected=expected,
        found=found,
    )
    statement.tally.fail(check, finding)
