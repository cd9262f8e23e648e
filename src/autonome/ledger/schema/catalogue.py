"""The catalogue of one arena as a value: its enums, and its tables with all that shapes a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Catalogue", "Column", "Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    type: str
    """As PostgreSQL writes it, precision included; an enum of the arena by its bare name."""
    nullable: bool
    default: str | None
    """The expression, without the cast of a literal to the column's own type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; every mapping is keyed by name."""

    kind: str = "table"
    """``table``, or what stands under its name instead, such as ``view``."""
    columns: Mapping[str, Column] = field(default_factory=dict)
    """In the order of the table."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Constraints, each as one definition such as ``PRIMARY KEY (id)``; a ``CHECK`` stands bare."""
    indexes: Mapping[str, str] = field(default_factory=dict)
    """Indexes that carry no constraint, each as ``[UNIQUE ]btree (columns)[ WHERE ...]``."""
    hooks: tuple[str, ...] = ()
    """What may change or hide rows behind a client's back: triggers, rules, row security."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The enums and tables of one arena, keyed by name."""

    enums: Mapping[str, tuple[str, ...]]
    """Values in their order."""
    tables: Mapping[str, Table]
