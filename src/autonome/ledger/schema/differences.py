"""Say where the catalogue of an arena differs from the contract, one sentence per difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from autonome.ledger.schema.catalogue import Catalogue, Column, Table
from autonome.ledger.schema.contract import full_contract
from autonome.ledger.schema.reading import read_catalogue

__all__ = ["compare", "differences"]


def differences(connection: Connection, arena: str) -> list[str]:
    """Return every difference between ``arena`` and the full contract; none means that all is well.

    An extra index that is neither unique nor partial is no difference: it changes no row.
    """
    return compare(expected=full_contract(), found=read_catalogue(connection, arena))


def compare(*, expected: Catalogue, found: Catalogue) -> list[str]:
    """Return one sentence per difference, naming the object, what was expected, what was found.

    Enums and tables that ``expected`` does not name are somebody else's, and left alone.
    """
    sentences = list(_enums(expected=expected, found=found))
    for name, table in expected.tables.items():
        present = found.tables.get(name)
        if present is None:
            sentences.append(f'Table "{name}": expected, but it is missing.')
        elif present.kind != table.kind:
            sentences.append(f'Table "{name}": expected a {table.kind}, found: {present.kind}.')
        else:
            sentences += _columns(name, expected=table, found=present)
            sentences += _keys(name, expected=table, found=present)
            sentences += _indexes(name, expected=table, found=present)
            sentences += [
                f'Table "{name}": expected no trigger, rule or policy, found {hook}.'
                for hook in present.hooks
                if hook not in table.hooks
            ]
            sentences += [
                f'Table "{name}": expected {hook}, found none.'
                for hook in table.hooks
                if hook not in present.hooks
            ]
    return sentences


def _enums(*, expected: Catalogue, found: Catalogue) -> Iterator[str]:
    for name, values in expected.enums.items():
        present = found.enums.get(name)
        if present is None:
            yield f'Enum "{name}": expected {_listed(values)}, but the enum is missing.'
            continue
        for value in values:
            if value not in present:
                yield f'Enum "{name}": expected the value {value!r}, but it is missing.'
        for value in present:
            if value not in values:
                yield f'Enum "{name}": expected no value {value!r}, found one.'
        yield from _order(f'Enum "{name}"', "values", expected=tuple(values), found=tuple(present))


def _columns(table: str, *, expected: Table, found: Table) -> Iterator[str]:
    for name, column in expected.columns.items():
        present = found.columns.get(name)
        if present is None:
            yield f'Column "{table}"."{name}": expected {column.type}, but the column is missing.'
        else:
            yield from _column(f'Column "{table}"."{name}"', expected=column, found=present)
    for name, column in found.columns.items():
        if name not in expected.columns:
            yield f'Column "{table}"."{name}": expected no such column, found {column.type}.'
    yield from _order(
        f'Table "{table}"', "columns", expected=tuple(expected.columns), found=tuple(found.columns)
    )


def _column(name: str, *, expected: Column, found: Column) -> Iterator[str]:
    if found.type != expected.type:
        yield f"{name}: expected type {expected.type}, found {found.type}."
    if found.nullable != expected.nullable:
        yield f"{name}: expected {_nullability(expected)}, found {_nullability(found)}."
    if found.default != expected.default:
        yield f"{name}: expected default {_default(expected)}, found {_default(found)}."


def _keys(table: str, *, expected: Table, found: Table) -> Iterator[str]:
    for name, key in expected.keys.items():
        yield from _definition(
            f'Key "{name}" on "{table}"', expected=key, found=found.keys.get(name)
        )
    for name, key in found.keys.items():
        if name not in expected.keys:
            yield f'Key "{name}" on "{table}": expected no such key, found {key}.'


def _indexes(table: str, *, expected: Table, found: Table) -> Iterator[str]:
    for name, index in expected.indexes.items():
        yield from _definition(
            f'Index "{name}" on "{table}"', expected=index, found=found.indexes.get(name)
        )
    for name, index in found.indexes.items():
        plain = not index.startswith("UNIQUE ") and " WHERE " not in index
        if name not in expected.indexes and not plain:
            yield f'Index "{name}" on "{table}": expected no such index, found {index}.'


def _definition(name: str, *, expected: str, found: str | None) -> Iterator[str]:
    if found is None:
        yield f"{name}: expected {expected}, but it is missing."
    elif found != expected:
        yield f"{name}: expected {expected}, found {found}."


def _order(name: str, what: str, *, expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    """Compare the order of the names that both sides have; the rest has sentences of its own."""
    wanted = [each for each in expected if each in found]
    present = [each for each in found if each in expected]
    if wanted != present:
        yield (
            f"{name}: expected the {what} in the order {_listed(wanted)}, found {_listed(present)}."
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def _nullability(column: Column) -> str:
    return "NULL allowed" if column.nullable else "NOT NULL"


def _default(column: Column) -> str:
    return "none" if column.default is None else column.default
