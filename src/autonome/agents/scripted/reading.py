"""Read a script: a CSV file with one decision a row.

The header is ``ts,symbol,action,side,quantity,leverage,stop,target``. A row is read completely
or refused, with an error that names the file, the row and the column.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Final, NoReturn

from autonome.agents.scripted.agent import Scripted
from autonome.agents.scripted.row import CloseRow, OpenRow, Row
from autonome.domain.choices import OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.instants import ms_of
from autonome.domain.money import decimal_of

__all__ = ["read_script"]

_COLUMNS: Final = ("ts", "symbol", "action", "side", "quantity", "leverage", "stop", "target")
_HEADER: Final = ",".join(_COLUMNS)
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2200
_MOST_DECIMALS: Final = 8
_TOO_LARGE: Final = Decimal(10**10)
"""The ledger keeps ten digits before the point, and eight after it."""
_NUMBER: Final = f"a number > 0 and below 1e10, with at most {_MOST_DECIMALS} decimals"


def read_script(path: Path) -> Scripted:
    """Read the script in ``path``; spaces around cells and empty lines do not count.

    Raises:
        SettingError: the file cannot be read, or a row breaks a rule of the format.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{path}: expected a script, a CSV file in UTF-8: {error}",
            remedy="Name another file.",
        ) from error
    rows = _rows(path, text)
    return Scripted(path=path, digest=hashlib.sha256(content).hexdigest(), rows=rows)


def _rows(path: Path, text: str) -> tuple[Row, ...]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = ",".join(cell.strip() for cell in next(reader, []))
        if header != _HEADER:
            raise SettingError(
                f"{path}, row 1: expected {_HEADER}, found {header!r}.",
                remedy="Give the file this header.",
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                line = _line(path, reader.line_num, cells)
                row = _row(line)
                if rows and row.at_ms < rows[-1].at_ms:
                    line.refuse("ts", "no instant before that of the row above", line.cells["ts"])
                rows.append(row)
    except csv.Error as error:
        raise SettingError(
            f"{path}, row {reader.line_num}: expected a row of a CSV file: {error}",
            remedy="Correct the row.",
        ) from error
    if not rows:
        raise SettingError(
            f"{path}: expected rows below the header, found none.", remedy="Add rows."
        )
    return tuple(rows)


def _line(path: Path, number: int, cells: list[str]) -> _Line:
    if len(cells) != len(_COLUMNS):
        raise SettingError(
            f"{path}, row {number}: expected {len(_COLUMNS)} cells, found {len(cells)}.",
            remedy="Keep the commas of empty cells.",
        )
    stripped = (cell.strip() for cell in cells)
    return _Line(path=path, number=number, cells=dict(zip(_COLUMNS, stripped, strict=True)))


def _row(line: _Line) -> Row:
    action = line.cells["action"]
    if action not in ("open", "close"):
        line.refuse("action", "open or close", action)
    return _open(line) if action == "open" else _close(line)


def _open(line: _Line) -> OpenRow:
    side, quantity = line.side(), line.positive("quantity")
    if side is None:
        line.refuse("side", "LONG or SHORT", "")
    if quantity is None:
        line.refuse("quantity", _NUMBER, "")
    leverage = line.positive("leverage")
    return OpenRow(
        number=line.number,
        at_ms=line.at_ms(),
        symbol=line.symbol(),
        side=side,
        quantity=quantity,
        leverage=Decimal(1) if leverage is None else leverage,
        stop=line.positive("stop"),
        target=line.positive("target"),
    )


def _close(line: _Line) -> CloseRow:
    for column in ("leverage", "stop", "target"):
        if line.cells[column]:
            line.refuse(column, "nothing for a close", line.cells[column])
    return CloseRow(
        number=line.number,
        at_ms=line.at_ms(),
        symbol=line.symbol(),
        side=line.side(),
        quantity=line.positive("quantity"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The cells of one row, and how each kind of cell is read."""

    path: Path
    number: int
    """Line of the file; the header is line 1."""
    cells: dict[str, str]
    """By column."""

    def refuse(self, column: str, expected: str, found: str) -> NoReturn:
        """Raise the error that says where and why."""
        raise SettingError(
            f"{self.path}, row {self.number}, column {column}:"
            f" expected {expected}, found {found!r}.",
            remedy="Correct the row.",
        )

    def at_ms(self) -> int:
        """Return the instant of the row, milliseconds since 1970 UTC."""
        expected = (
            f"a whole minute such as 2025-05-05T08:00:00Z, from {_FIRST_YEAR} to {_LAST_YEAR}"
        )
        text = self.cells["ts"]
        try:
            written = datetime.fromisoformat(text)
            at = written.astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse("ts", expected, text)
        if written.tzinfo is None or at.second or at.microsecond:
            self.refuse("ts", expected, text)
        if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
            self.refuse("ts", expected, text)
        return ms_of(at)

    def symbol(self) -> str:
        """Return the symbol."""
        return self.cells["symbol"] or self.refuse("symbol", "a symbol such as BTC", "")

    def side(self) -> OrderSide | None:
        """Return the side, ``None`` for an empty cell."""
        text = self.cells["side"]
        if not text:
            return None
        try:
            return OrderSide(text)
        except ValueError:
            self.refuse("side", "LONG or SHORT", text)

    def positive(self, column: str) -> Decimal | None:
        """Return a number > 0, ``None`` for an empty cell."""
        text = self.cells[column]
        if not text:
            return None
        try:
            number = decimal_of(text)
        except ValueError:
            self.refuse(column, _NUMBER, text)
        # A finite number has a number for its exponent.
        is_short = int(number.as_tuple().exponent) >= -_MOST_DECIMALS
        return (
            number if is_short and 0 < number < _TOO_LARGE else self.refuse(column, _NUMBER, text)
        )
