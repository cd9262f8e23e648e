"""The agent that follows a script, and decides nothing of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from autonome.agents.actions import Action, ClosePosition, CreatePosition, Holding
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Moment
from autonome.agents.scripted.row import CloseRow, OpenRow, Row
from autonome.domain.choices import ArmKind, OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import utc, zulu
from autonome.domain.money import ZERO, exact, round_up
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market

__all__ = ["Scripted"]

_FRACTION_STEP: Final = Decimal("1e-20")
"""So fine that a fraction of any quantity, rounded up to it, goes no lot too far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """Ask for what the rows say, when they say it."""

    path: Path
    """The file that the rows came from."""
    digest: str
    """SHA-256 of the file, in hexadecimal digits: it proves which script ran."""
    rows: tuple[Row, ...]
    """In the order of the file, instants ascending."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return f"Scripted {self.path.stem}"

    @property
    def kind(self) -> ArmKind:
        """Return how the ledger sorts it: a script is a rule that looks at the clock alone."""
        return ArmKind.RULE

    @property
    def variant(self) -> str | None:
        """Return ``None``: a script plays no variant."""
        return None

    @property
    def settings(self) -> dict[str, object]:
        """Return which script it is."""
        return {"script": self.path.name, "sha256": self.digest, "rows": len(self.rows)}

    @property
    def leader(self) -> str | None:
        """Return ``None``: a script follows nobody."""
        return None

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Reader:
        """Return a decider for a market in which every row can be followed.

        Raises:
            SettingError: a row names a symbol that is not traded, or an instant that is no tick.
        """
        ticks = _Ticks.of(market, cadence_minutes)
        for row in self.rows:
            place = f"{self.path}, row {row.number}"
            if row.symbol not in market.candles:
                raise SettingError(
                    f"{place}, column symbol: expected one of {', '.join(market.symbols)},"
                    f" found {row.symbol!r}.",
                    remedy="Correct the row, or let the arena trade the symbol.",
                )
            if not ticks.include(row.at_ms):
                raise SettingError(
                    f"{place}, column ts: expected {ticks}, found {zulu(utc(row.at_ms))}.",
                    remedy="Move the row to a tick, or choose another cadence or period.",
                )
        return _Reader(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticks:
    """The instants at which the arena asks: those on the cadence after which a bar can fill."""

    first_ms: int
    last_ms: int
    cadence_minutes: int

    @classmethod
    def of(cls, market: Market, cadence_minutes: int) -> _Ticks:
        """Return the ticks over a market; nothing has closed yet when its first bar opens."""
        cadence_ms = cadence_minutes * MINUTE_MS
        return cls(
            first_ms=(int(market.open_ms[0]) // cadence_ms + 1) * cadence_ms,
            last_ms=int(market.open_ms[-1]) // cadence_ms * cadence_ms,
            cadence_minutes=cadence_minutes,
        )

    def include(self, at_ms: int) -> bool:
        on_cadence = at_ms % (self.cadence_minutes * MINUTE_MS) == 0
        return on_cadence and self.first_ms <= at_ms <= self.last_ms

    def __str__(self) -> str:
        every = "minute" if self.cadence_minutes == 1 else f"{self.cadence_minutes} minutes"
        return (
            f"a tick (every {every} from {zulu(utc(self.first_ms))} to {zulu(utc(self.last_ms))})"
        )


class _Reader(FixedStops):
    """Turns the rows of an instant into actions."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            self._rows[row.at_ms].append(row)
        self._instants = sorted(self._rows)

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the instant of the next rows."""
        index = bisect_right(self._instants, after_ms)
        return self._instants[index] if index < len(self._instants) else None

    @exact
    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return one action for each row, in the order of the file.

        A close of a side that is not held becomes a ``Holding`` with the reason, at the end, since
        one ends the turn.
        """
        sizes = {
            symbol: each.side.sign * each.quantity
            for symbol, each in moment.account.positions.items()
        }
        actions = [_action(row, sizes) for row in self._rows.get(moment.at_ms, ())]
        return sorted(actions, key=lambda action: isinstance(action, Holding))


def _action(row: Row, sizes: dict[str, Decimal]) -> Action:
    """Return what a row asks for, and change ``sizes`` (base units, signed) to what it leads to."""
    size = sizes.get(row.symbol, ZERO)
    if isinstance(row, OpenRow):
        opened = row.side.sign * row.quantity
        sizes[row.symbol] = opened + (size if size * opened > 0 else ZERO)
        return CreatePosition(
            symbol=row.symbol,
            side=row.side,
            quantity=row.quantity,
            leverage=row.leverage,
            exit_plan=ExitPlan(stop=row.stop, target=row.target),
            reason=f"Row {row.number} of the script.",
        )
    return _close(row, size, sizes)


def _close(row: CloseRow, size: Decimal, sizes: dict[str, Decimal]) -> Action:
    if row.side is not None and size * row.side.sign < 0:
        held = OrderSide.LONG if size > 0 else OrderSide.SHORT
        return Holding(
            reason=f"Row {row.number} of the script closes a {row.side.value} of {row.symbol},"
            f" but a {held.value} is held."
        )
    closed = abs(size) if row.quantity is None else min(row.quantity, abs(size))
    sizes[row.symbol] = size - closed.copy_sign(size)
    return ClosePosition(
        symbol=row.symbol,
        fraction=_fraction(closed, abs(size)),
        reason=f"Row {row.number} of the script.",
    )


def _fraction(part: Decimal, whole: Decimal) -> Decimal:
    """Return ``part / whole``, rounded up, so that whole lots of it are not one lot less.

    All where nothing is held: the arena says so on record.
    """
    if part == whole:
        return Decimal(1)
    return round_up(part, step=whole * _FRACTION_STEP) / whole
