"""Rows on the terminal: readable tables for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal

import typer

if TYPE_CHECKING:
    from rich.table import Table


__all__ = [
    "Column",
    "amount",
    "as_objects",
    "cents",
    "instant",
    "jsonable",
    "plain",
    "print_rows",
    "shortened",
    "signed",
]

_ABSENT: Final = "–"
_WIDEST: Final = 250
_SHORTEST: Final = 40
_ELLIPSIS: Final = "…"
_MINUS: Final = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    key: str
    """The field; in JSON, the same word in camelCase."""
    heading: str
    show: Callable[[Any], str]
    is_number: bool = False


def print_rows(
    rows: Sequence[object], columns: Sequence[Column], *, as_json: bool, title: str, empty: str
) -> None:
    """Print rows as a table, or as a JSON array of objects with the same keys.

    The first columns are the most important: a narrow terminal leaves out the last ones.
    """
    if as_json:
        typer.echo(json.dumps(as_objects(rows, columns), indent=2, ensure_ascii=False))
        return
    if not rows:
        typer.echo(empty)
        return
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        # A file or a pipe has no width of its own; cutting figures off there would lose them.
        console = Console(width=_WIDEST)
    shown = list(columns)
    unbounded = console.options.update(width=_WIDEST)
    while len(shown) > 1 and (
        console.measure(_table(rows, shown, title), options=unbounded).maximum > console.width
    ):
        shown.pop()
    console.print(_table(rows, shown, title))
    if len(shown) < len(columns):
        hidden = ", ".join(column.heading for column in columns[len(shown) :])
        typer.echo(f"For want of width not shown: {hidden}. A wider terminal or --json shows all.")


def _table(rows: Sequence[object], columns: Sequence[Column], title: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for column in columns:
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(column.heading, justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(*(column.show(getattr(row, column.key)) for column in columns))
    return table


def as_objects(rows: Sequence[object], columns: Sequence[Column]) -> list[dict[str, object]]:
    """Return rows as JSON can hold them: money and instants as text."""
    return [_object(row, columns) for row in rows]


def _object(row: object, columns: Sequence[Column]) -> dict[str, object]:
    return {_camel(each.key): jsonable(getattr(row, each.key)) for each in columns}


def _camel(key: str) -> str:
    """Return a field's name as the database and the API spell it."""
    first, *others = key.split("_")
    return first + "".join(word.capitalize() for word in others)


def jsonable(value: object) -> object:
    """Return a value as JSON can hold it: money and instants as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(each) for each in value]
    return value


def plain(value: object) -> str:
    """Return text for a name, a side or a count."""
    if value is None:
        return _ABSENT
    return str(value.value if isinstance(value, Enum) else value)


def amount(value: Decimal | None, *, places: int | None = None) -> str:
    """Return a number with thousands separated; without ``places``, all its digits but no zeros."""
    if value is None:
        return _ABSENT
    if not value.is_finite():
        return str(value)
    if places is None:
        value = value.normalize()
        places = max(0, -int(value.as_tuple().exponent))
    return f"{value:,.{places}f}".replace("-", _MINUS)


def shortened(value: object, *, width: int = _SHORTEST) -> str:
    """Return words on one line, cut off with an ellipsis where they are longer than ``width``."""
    words = " ".join(plain(value).split())
    return words if len(words) <= width else words[: width - 1].rstrip() + _ELLIPSIS


def cents(value: Decimal | None) -> str:
    """Return money with two places."""
    return amount(value, places=2)


def signed(value: Decimal | None) -> str:
    """Return money with two places and its sign; zero has none."""
    if value is None:
        return _ABSENT
    text = amount(value, places=2)
    return f"+{text}" if value > 0 else text


def instant(value: datetime | None) -> str:
    """Return an instant in UTC, to the second."""
    return _ABSENT if value is None else f"{value:%Y-%m-%d %H:%M:%S}"
