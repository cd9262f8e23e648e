"""Column types that keep our promises: aware UTC instants, exact JSON, enums by value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import msgspec
from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.dialects.postgresql import ENUM, JSONB
from sqlalchemy.types import TypeDecorator

from autonome.domain.exit_plan import ExitPlan

__all__ = [
    "Choice",
    "ExitPlanJson",
    "Instant",
    "JsonText",
    "json_dumps",
    "json_loads",
    "legible",
    "stored_enum",
    "utc",
]

_Choice = TypeVar("_Choice", bound=Enum)


_SURROGATES = re.compile("[\ud800-\udfff]")
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def json_dumps(value: object) -> str:
    """Return JSON text in which every Decimal is a number with all its digits."""
    try:
        return _ENCODER.encode(value).decode()
    except UnicodeEncodeError:
        return _ENCODER.encode(_legible(value)).decode()


def legible(text: str) -> str:
    """Return words without lone surrogates, which no UTF-8 can hold: each becomes U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _legible(value: object) -> object:
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, Mapping):
        return {legible(str(key)): _legible(each) for key, each in value.items()}
    return [_legible(each) for each in value] if isinstance(value, list | tuple) else value


def json_loads(text: str | bytes) -> Any:
    """Return the value of JSON text; every number with a fraction or exponent is a Decimal."""
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(f"expected JSON: {error}") from error


def utc(stored: datetime) -> datetime:
    """Return a stored instant (without zone, in UTC) as an aware one."""
    return stored.replace(tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """``timestamp`` without zone, in UTC; aware in Python."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without a zone, then drop the zone that the column cannot hold."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an instant with a time zone, found {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant, aware."""
        return None if value is None else utc(value)


class ExitPlanJson(TypeDecorator[ExitPlan]):
    """The column ``exitPlan``: JSON numbers in, exact Decimals out."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: ExitPlan | None, dialect: Dialect) -> object:
        """Return the object to store."""
        return None if value is None else value.to_json()

    def process_result_value(self, value: object, dialect: Dialect) -> ExitPlan | None:
        """Return the stored plan."""
        return ExitPlan.from_json(value) if isinstance(value, dict) else None


class JsonText(TypeDecorator[Mapping[str, object]]):
    """A ``text`` column that holds a JSON object; what another client wrote there may be none."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: Mapping[str, object] | None, dialect: Dialect
    ) -> str | None:
        """Return the text to store."""
        return None if value is None else json_dumps(value)

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> Mapping[str, object] | None:
        """Return the object; words that are no JSON object stand under ``text``."""
        if value is None:
            return None
        try:
            found = json_loads(value)
        except ValueError:
            found = None
        return found if isinstance(found, dict) else {"text": value}


class Choice(TypeDecorator[_Choice]):
    """A ``text`` column whose check allows the values of one Enum."""

    impl = Text
    cache_ok = True

    def __init__(self, choices: type[_Choice]) -> None:
        """Store members of ``choices`` by value."""
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: _Choice | None, dialect: Dialect) -> str | None:
        """Return the value of the member."""
        return None if value is None else str(value.value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> _Choice | None:
        """Return the member with this value."""
        return None if value is None else self.choices(value)


def stored_enum(choices: type[Enum], *, name: str) -> ENUM:
    """Return the PostgreSQL enum ``name`` of the seed, stored by value."""

    def values(kind: type[Enum]) -> list[str]:
        return [str(item.value) for item in kind]

    return ENUM(choices, name=name, values_callable=values, create_type=False)
