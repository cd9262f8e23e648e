"""Arguments of tools: each is described to the model and read from its call in one place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from autonome.agents.tools.words import clean, quoted
from autonome.domain.instants import zulu
from autonome.domain.value import changed, value

__all__ = [
    "Argument",
    "BadArgument",
    "choice",
    "choices",
    "instant",
    "number",
    "optional",
    "text",
    "whole",
]

_MOST_WORDS: Final = 2_000
"""Characters of a reason or a condition that are kept; the whole message is on record anyway."""
_TOO_LARGE: Final = Decimal(10**15)
_MOST_DECIMALS: Final = 34
"""Wide enough for every price, and narrow enough to compute with and to write out."""
_NUMBER: Final = re.compile(r"[+-]?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,3})?", re.ASCII)


class BadArgument(ValueError):
    """An argument cannot be used; the text says what was expected."""


@value
class Argument:
    """One argument of a tool."""

    name: str
    schema: Mapping[str, object]
    """JSON schema, with a description for the model."""
    read: Callable[[object], object]
    """From the JSON value to ours; raises ``BadArgument``."""
    is_required: bool = True


def optional(argument: Argument) -> Argument:
    """Return the same argument, which may be left out or null."""
    return changed(argument, is_required=False)


def number(
    name: str,
    description: str,
    *,
    most: int | None = None,
    may_be_zero: bool = False,
) -> Argument:
    """Return an argument that is a number above zero, a Decimal read from its text."""
    least = "at least 0" if may_be_zero else "above 0"
    wanted = f"a number {least}" + ("" if most is None else f" and at most {most}")

    def read(found: object) -> Decimal:
        value = _decimal(found)
        if value is None or value < 0 or (value == 0 and not may_be_zero):
            raise BadArgument(f"expected {name} as {wanted}, found {quoted(found)}")
        if most is not None and value > most:
            raise BadArgument(f"expected {name} as {wanted}, found {quoted(found)}")
        return value

    return Argument(name=name, schema={"type": "number", "description": description}, read=read)


def whole(name: str, description: str, *, least: int, most: int) -> Argument:
    """Return an argument that is a whole number from ``least`` to ``most``."""

    def read(found: object) -> int:
        value = _decimal(found)
        if value is None or value % 1 or not least <= value <= most:
            wanted = f"a whole number from {least} to {most}"
            raise BadArgument(f"expected {name} as {wanted}, found {quoted(found)}")
        return int(value)

    schema = {"type": "integer", "minimum": least, "maximum": most, "description": description}
    return Argument(name=name, schema=schema, read=read)


def choice(name: str, description: str, among: Sequence[str]) -> Argument:
    """Return an argument that is one of some words."""

    def read(found: object) -> str:
        if isinstance(found, str) and found in among:
            return found
        raise BadArgument(f"expected {name} as one of {', '.join(among)}, found {quoted(found)}")

    schema = {"type": "string", "enum": list(among), "description": description}
    return Argument(name=name, schema=schema, read=read)


def choices(name: str, description: str, among: Sequence[str]) -> Argument:
    """Return an argument that is a list of some words; repeated ones count once."""

    def read(found: object) -> tuple[str, ...]:
        if not isinstance(found, list):
            raise BadArgument(f"expected {name} as a list, found {quoted(found)}")
        for each in found:
            if not isinstance(each, str) or each not in among:
                wanted = ", ".join(among)
                raise BadArgument(f"expected {name} among {wanted}, found {quoted(each)}")
        return tuple(dict.fromkeys(found))

    items = {"type": "string", "enum": list(among)}
    schema = {"type": "array", "items": items, "description": description}
    return Argument(name=name, schema=schema, read=read)


def text(name: str, description: str) -> Argument:
    """Return an argument of words; what is beyond 2,000 characters is cut."""

    def read(found: object) -> str:
        words = clean(found, most=_MOST_WORDS).strip() if isinstance(found, str) else ""
        if not words:
            raise BadArgument(f"expected {name} as text that is not empty, found {quoted(found)}")
        return words

    return Argument(name=name, schema={"type": "string", "description": description}, read=read)


def instant(name: str, description: str) -> Argument:
    """Return an argument that is an instant (ISO 8601), read as text in UTC that ends in Z."""

    def read(found: object) -> str:
        try:
            at = datetime.fromisoformat(found)  # type: ignore[arg-type]
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            example = "an instant such as 2025-05-31T14:30:00Z"
            raise BadArgument(f"expected {name} as {example}, found {quoted(found)}") from None
        return zulu(at)

    return Argument(name=name, schema={"type": "string", "description": description}, read=read)


def _decimal(found: object) -> Decimal | None:
    """Return a number of JSON, or a text of digits; ``None`` when it is neither or out of reach."""
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        # Beyond it, Python refuses to write the number out for the reason.
        return Decimal(found) if -_TOO_LARGE < found < _TOO_LARGE else None
    if isinstance(found, str):
        found = Decimal(found) if _NUMBER.fullmatch(found) else None
    if not isinstance(found, Decimal) or not found.is_finite():
        return None
    if found.copy_abs() >= _TOO_LARGE:
        return None
    exponent = found.as_tuple().exponent
    return found if isinstance(exponent, int) and exponent >= -_MOST_DECIMALS else None
