"""Lists as tables: a column for each field, objects taken apart, exact text or exact types."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

from autonome.web.payloads.figures import Payload

if TYPE_CHECKING:
    from polars import DataType

__all__ = ["Column", "CsvFile", "ParquetFile", "columns_of"]

_DIGITS: Final = 38
_PLACES: Final = 10
"""Of decimals in Parquet; figures of the API have eight at most, weights of exit plans fewer."""

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet may take for a formula; texts are others' words."""


class Column(NamedTuple):
    """One column of a table."""

    name: str
    """camelCase; those of an object within the row have its name and a point before theirs."""
    path: tuple[str, ...]
    """The fields that lead to it."""
    kind: type
    """``Decimal``, ``datetime``, ``bool``, ``int``, ``float``, or ``str`` for all else."""


def columns_of(kind: type[Payload]) -> list[Column]:
    """Return the columns of an object; lists and free objects are JSON in one column."""
    columns = []
    for field, info in kind.model_fields.items():
        name = info.serialization_alias or field
        inner = _inner(info.annotation)
        if isinstance(inner, type) and issubclass(inner, Payload):
            columns += [
                Column(f"{name}.{each.name}", (field, *each.path), each.kind)
                for each in columns_of(inner)
            ]
        else:
            columns.append(Column(name, (field,), _plain_kind(inner)))
    return columns


def _inner(annotation: Any) -> Any:
    """Return a type without ``None`` and without what is noted beside it."""
    if get_origin(annotation) is Annotated:
        return _inner(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        (inner, *others) = [each for each in get_args(annotation) if each is not type(None)]
        return object if others else _inner(inner)
    return annotation


def _plain_kind(kind: Any) -> type:
    return kind if kind in (Decimal, datetime, bool, int, float) else str


def _cell(item: object, column: Column) -> Any:
    found: Any = item
    for field in column.path:
        if found is None:
            return None
        found = getattr(found, field)
    if found is None or column.kind is not str or isinstance(found, str):
        return found
    return json.dumps(_jsonable(found), ensure_ascii=False)


def _jsonable(found: Any) -> Any:
    if isinstance(found, Payload):
        return found.model_dump(mode="json", by_alias=True)
    if isinstance(found, list | tuple):
        return [_jsonable(each) for each in found]
    return found


def _text(found: Any) -> str:
    """Return a cell of CSV: plain decimals, RFC 3339 in UTC, nothing where nothing is."""
    if found is None:
        return ""
    if isinstance(found, Decimal):
        return f"{found:f}"
    if isinstance(found, datetime):
        return found.isoformat().replace("+00:00", "Z")
    if isinstance(found, bool):
        return "true" if found else "false"
    return str(found)


def _csv_cell(item: object, column: Column) -> str:
    """Return a cell; a text that a spreadsheet would compute gets an apostrophe in front."""
    text = _text(_cell(item, column))
    return f"'{text}" if column.kind is str and text.startswith(_FORMULAS) else text


class CsvFile:
    """Writes CSV (RFC 4180), in UTF-8, with a line of names."""

    def __init__(self, file: Path, kind: type[Payload]) -> None:
        """Begin with the names."""
        self._columns = columns_of(kind)
        self._file = file.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(each.name for each in self._columns)

    def add(self, items: Sequence[object]) -> None:
        """Write some rows."""
        self._writer.writerows([_csv_cell(item, each) for each in self._columns] for item in items)

    def close(self) -> None:
        """Write what is left."""
        self._file.close()


class ParquetFile:
    """Writes Parquet, part by part, and makes one file of the parts."""

    def __init__(self, file: Path, kind: type[Payload]) -> None:
        """Begin without rows."""
        self._columns = columns_of(kind)
        self._schema = {each.name: _stored(each.kind) for each in self._columns}
        self._file = file
        self._parts: list[Path] = []

    def add(self, items: Sequence[object]) -> None:
        """Write some rows."""
        import polars as pl

        part = self._file.with_name(f"part-{len(self._parts)}")
        cells = {each.name: [_cell(item, each) for item in items] for each in self._columns}
        pl.DataFrame(cells, schema=self._schema, strict=True).write_parquet(part)
        self._parts.append(part)

    def close(self) -> None:
        """Make the file."""
        import polars as pl

        pl.scan_parquet(self._parts).sink_parquet(self._file)


def _stored(kind: type) -> DataType:
    import polars as pl

    if kind is Decimal:
        return pl.Decimal(_DIGITS, _PLACES)
    if kind is datetime:
        return pl.Datetime("us", "UTC")
    types = {bool: pl.Boolean(), int: pl.Int64(), float: pl.Float64()}
    return types.get(kind, pl.String())
