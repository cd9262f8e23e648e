"""The contract: which enums and tables an arena must have, read from ``seed.toml``, ``own.toml``.

``seed_contract`` is what other clients rely on; ``full_contract`` adds what our migrations make.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.schema.catalogue import Catalogue, Column, Table

__all__ = ["VARIANT_ENUM", "full_contract", "seed_contract"]

VARIANT_ENUM = "Variant"
"""The enum whose values are the registry of variants."""
_COLUMN = re.compile(r"(?P<type>.+?)(?P<required> not null)?( default (?P<default>.+))?")


def seed_contract(variants: Sequence[str] = VARIANT_IDS) -> Catalogue:
    """Return the five tables and four enums, the enum of variants holding ``variants``."""
    facts = _facts("seed.toml")
    enums = {name: tuple(values) for name, values in facts["enums"].items()}
    return Catalogue(
        enums={VARIANT_ENUM: tuple(variants)} | enums,
        tables={name: _table(table) for name, table in facts["tables"].items()},
    )


def full_contract() -> Catalogue:
    """Return everything that a fully upgraded arena holds."""
    seed = seed_contract()
    tables = dict(seed.tables)
    for name, facts in _facts("own.toml")["tables"].items():
        added = _table(facts)
        base = tables.get(name)
        if base is None:
            tables[name] = added
        else:
            tables[name] = replace(base, indexes={**base.indexes, **added.indexes})
    return replace(seed, tables=tables)


@cache
def _facts(file: str) -> Any:
    return tomllib.loads(resources.files(__package__).joinpath(file).read_text(encoding="utf-8"))


def _table(facts: Mapping[str, Mapping[str, str]]) -> Table:
    return Table(
        columns={name: _column(text) for name, text in facts.get("columns", {}).items()},
        keys=facts.get("keys", {}),
        indexes=facts.get("indexes", {}),
        hooks=tuple(facts.get("hooks", ())),
    )


def _column(text: str) -> Column:
    parts = _COLUMN.fullmatch(text)
    if parts is None:
        raise ValueError(f"expected 'type [not null] [default ...]', found {text!r}")
    default = parts["default"]
    return Column(
        type=parts["type"],
        nullable=parts["required"] is None,
        default=default and default.replace("{first_variant}", VARIANT_IDS[0]),
    )
