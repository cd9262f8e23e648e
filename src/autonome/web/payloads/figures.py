"""How figures cross the wire: money as text of plain decimals, names in camelCase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

__all__ = [
    "MONEY_SCHEMA",
    "Id",
    "Items",
    "Money",
    "Payload",
    "Words",
    "plain",
    "plain_object",
    "shaped",
]

T = TypeVar("T")
P = TypeVar("P", bound="Payload")


def _money_text(amount: Decimal) -> str:
    return f"{amount:f}"


MONEY_SCHEMA: Final[dict[str, Any]] = {"pattern": r"^-?\d+(\.\d+)?$"}
Money = Annotated[
    Decimal,
    PlainSerializer(_money_text, return_type=str),
    Field(examples=["10437.55"], json_schema_extra=MONEY_SCHEMA),
]
"""Quote, prices, quantities, rates: exact, never with an exponent."""

Id = Annotated[str, Field(examples=["0b8f7c1e-2c55-4f0e-9f7e-5b6b0d6f3a11"])]
Words = Annotated[str, Field(examples=["BTC"])]


class Payload(BaseModel):
    """An object of the API."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        frozen=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class Items(Payload, Generic[T]):
    """One page of a list, newest first."""

    items: list[T]
    next_cursor: str | None = None
    """What to ask for next; null when this page ends the list."""
    as_of: datetime | None = None
    """How far the arena has come (its own time); null while nothing was valued."""


def shaped(kind: type[P], row: object, **more: Any) -> P:
    """Return the payload whose fields a row has under the same names; ``more`` adds the others."""
    fields: dict[str, Any] = {
        name: _plain(getattr(row, name)) for name in kind.model_fields if name not in more
    }
    return kind.model_construct(**fields, **more)


def _plain(found: object) -> object:
    return found.value if isinstance(found, Enum) else found


def plain(stored: object) -> Any:
    """Return JSON of the ledger as the API shows it: numbers with a fraction become text."""
    if isinstance(stored, Decimal):
        return f"{stored:f}"
    if isinstance(stored, datetime):
        return stored.isoformat().replace("+00:00", "Z")
    if isinstance(stored, Enum):
        return stored.value
    if isinstance(stored, Mapping):
        return {str(key): plain(each) for key, each in stored.items()}
    if isinstance(stored, list | tuple):
        return [plain(each) for each in stored]
    return stored


def plain_object(stored: object) -> dict[str, Any] | None:
    """Return a stored object as the API shows it, ``None`` where there is none."""
    return plain(stored) if isinstance(stored, Mapping) else None
