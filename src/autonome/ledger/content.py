"""The content hash of an arena: equal for equal content, whatever identifiers its rows carry.

Each row has a key: the hash of its columns as a JSON array of texts, its own identifier left out
and the identifiers of other rows replaced by their keys. So neither identifiers nor the order of
rows matter. ``docs/bundle.md`` says exactly what is hashed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from sqlalchemy import Column, Numeric, Table
from sqlalchemy.dialects.postgresql import JSONB

from autonome.domain.errors import InvariantBroken
from autonome.ledger.queries.frames import read_frames, snapshot
from autonome.ledger.tables import ROWS, marks, models, portfolio_size
from autonome.ledger.types import ExitPlanJson, Instant

if TYPE_CHECKING:
    from polars import DataFrame

__all__ = ["Content", "canonical_json", "content_hash", "content_of", "hash_of"]

_HASH_BYTES: Final = 32
_SECONDS_LENGTH: Final = len("2025-05-05 12:30:15")
_FULL_LENGTH: Final = len("2025-05-05 12:30:15.250000")
_SERIES: Final = {
    portfolio_size.name: ("modelId", "createdAt", "netPortfolio"),
    marks.name: ("symbol", "at", "price"),
}
"""Tables that are long series: whose, when and what."""


def hash_of(content: bytes) -> str:
    """Return the hash that keys and digests are made of: BLAKE2b, 32 bytes, in hexadecimal."""
    return blake2b(content, digest_size=_HASH_BYTES).hexdigest()


class Content:
    """What an arena holds, told parents before their children; every journal can tell it."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str | None, str]] = {each.name: {} for each in ROWS.values()}
        self._lines: dict[str, list[str]] = {each.name: [] for each in ROWS.values()}
        self._series: dict[tuple[str, str], _Series] = {}

    def add(self, table: Table, rows: Iterable[Sequence[str | None]]) -> None:
        """Add rows as texts in column order; the rows that they refer to were added before."""
        shape = _shape(table)
        keys, lines = self._keys[table.name], self._lines[table.name]
        for row in rows:
            texts = list(row)
            for place, parent in shape.references:
                if texts[place] is not None:
                    texts[place] = self._keys[parent][texts[place]]
            for place, canonical in shape.conversions:
                text = texts[place]
                if text is not None:
                    texts[place] = canonical(text)
            if shape.own is not None:
                texts[shape.own] = None
            key = hash_of(msgspec.json.encode(texts))
            lines.append(key)
            if shape.own is not None:
                keys[row[shape.own]] = key

    def extend(
        self, table: Table, owner: str, *, times: Sequence[str], values: Sequence[str]
    ) -> None:
        """Add points of one owner's series, each run of them later than those before.

        Args:
            table: ``"PortfolioSize"``, whose owner is the id of a model, or ``"Marks"``, whose
                owner is a symbol.
            owner: Whose series it is.
            times: ISO texts in UTC with six places of a second, ascending.
            values: Decimal texts with all places of their column.
        """
        if times:
            self._series.setdefault((table.name, owner), _Series()).extend(times, values)

    def digest(self) -> str:
        """Return the hash of everything that was added."""
        lines = {name: list(keys) for name, keys in self._lines.items()}
        for (name, owner), series in self._series.items():
            of_model = name == portfolio_size.name
            whose = self._keys[models.name][owner] if of_model else owner
            lines[name].append(hash_of(msgspec.json.encode([whose, series.digest()])))
        tables = [f"{name} {hash_of(_joined(sorted(keys)))}" for name, keys in lines.items()]
        return hash_of(_joined(tables))


class _Series:
    """A hash over lines of time and value."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=_HASH_BYTES)
        self._last = ""

    def extend(self, times: Sequence[str], values: Sequence[str]) -> None:
        if times[0] <= self._last:
            raise InvariantBroken(f"expected points after {self._last}, found one at {times[0]}")
        self._last = times[-1]
        lines = "".join([f"{at}\t{value}\n" for at, value in zip(times, values, strict=True)])
        self._hash.update(lines.encode())

    def digest(self) -> str:
        return self._hash.hexdigest()


class _Shape(NamedTuple):
    own: int | None
    """Place of the row's own identifier."""
    references: tuple[tuple[int, str], ...]
    """Places of identifiers of other rows, with the names of their tables."""
    conversions: tuple[tuple[int, Callable[[str], str]], ...]
    """Places of texts of which one value has several, with what makes them one."""


@cache
def _shape(table: Table) -> _Shape:
    references = {
        place: foreign.column.table.name
        for place, column in enumerate(table.columns)
        for foreign in column.foreign_keys
    }
    names = table.c.keys()
    conversions = [(place, _canonical(column)) for place, column in enumerate(table.columns)]
    return _Shape(
        own=names.index("id") if "id" in names else None,
        references=tuple(references.items()),
        conversions=tuple((place, each) for place, each in conversions if each is not None),
    )


def _canonical(column: Column[object]) -> Callable[[str], str] | None:
    if isinstance(column.type, Instant):
        return _instant
    if isinstance(column.type, JSONB | ExitPlanJson):
        return _stored_json
    if isinstance(column.type, Numeric):
        return _plain_number
    return None


@lru_cache(maxsize=1024)
def _instant(text: str) -> str:
    """Return an instant with a T, six places of a second and no offset, whoever wrote it."""
    text = text.removesuffix("+00:00")
    if len(text) == _SECONDS_LENGTH:
        text += "."
    return f"{text[:10]}T{text[11:].ljust(_FULL_LENGTH - 11, '0')}"


def _plain_number(text: str) -> str:
    """Return a number as PostgreSQL writes it: no exponent, no negative zero."""
    if "E" in text or text.startswith("-0"):
        number = Decimal(text)
        return f"{number if number else number.copy_abs():f}"
    return text


def _stored_json(text: str) -> str:
    return canonical_json(_DECODER.decode(text)).decode()


def canonical_json(value: object) -> bytes:
    """Return JSON with sorted keys, numbers with all the digits that ``jsonb`` would keep."""
    return _ENCODER.encode(value)


def _number(text: str) -> Decimal | int:
    """Return a number as ``jsonb`` keeps it: no exponent, no negative zero."""
    number = Decimal(text)
    if not number:
        number = number.copy_abs()
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and exponent < 0 else int(number)


_DECODER: Final = msgspec.json.Decoder(float_hook=_number)
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def _joined(lines: Iterable[str]) -> bytes:
    return "".join([f"{line}\n" for line in lines]).encode()


def content_of(frames: Mapping[str, DataFrame]) -> str:
    """Return the content hash of an arena's tables as frames, by table name."""
    import polars as pl

    content = Content()
    for table in ROWS.values():
        frame = frames[table.name]
        instants = pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%S%.6f")
        texts = frame.with_columns(instants).cast(pl.String)
        if table.name not in _SERIES:
            content.add(table, texts.iter_rows())
            continue
        whose, at, value = _SERIES[table.name]
        # Sorted before they become texts: as numbers, not as words.
        texts = frame.select(whose, at, value).sort(whose, at, value)
        texts = texts.with_columns(instants).cast(pl.String)
        for run in texts.partition_by(whose, maintain_order=True):
            content.extend(
                table, run[whose][0], times=run[at].to_list(), values=run[value].to_list()
            )
    return content.digest()


def content_hash(url: str, *, arena: str) -> str:
    """Return the content hash of an arena in the database.

    Raises:
        ArenaMissing: the arena has no tables.
        LedgerError: the server cannot be used, or a figure is none that an exact number can hold.
    """
    with snapshot(url, arena) as connection:
        return content_of(read_frames(connection))
