"""A mistake in an arena's file in words: where it is, what was expected, what was found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from autonome.bootstrap.arena_file.places import Place, nearest
from autonome.bootstrap.arena_file.tables import (
    ARM_TABLES,
    ArenaFile,
    ArenaTable,
    EndpointTable,
    MarketTable,
)
from autonome.domain.errors import SettingError
from autonome.domain.shown import NOT_REPEATED, shown

__all__ = ["mistake"]

_Location = Sequence[int | str]

_WANTED: Final = {
    "value_error": "{error}",
    "missing": "a value",
    "literal_error": "one of {expected}",
    "union_tag_invalid": "one of {expected_tags}",
    "union_tag_not_found": f"one of {', '.join(map(repr, ARM_TABLES))}",
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "greater_than_equal": "a whole number of at least {ge:,}",
    "less_than_equal": "a whole number of at most {le:,}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
}
"""What was expected, by the kind of the validator's error."""

_ABSENT: Final = {"missing", "union_tag_not_found"}


def mistake(error: ValidationError, place: Place) -> SettingError:
    """Return the first mistake, an unknown key before all others: it often explains them."""
    found = error.errors(include_url=False)
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    if first["type"] == "extra_forbidden":
        return _unknown_key(first["loc"], place)
    return _wrong_value(first, place)


def _unknown_key(location: _Location, place: Place) -> SettingError:
    known = _keys_at(location[:-1])
    return place.refusal(
        _path(location),
        "expected a known key, found this one.",
        remedy=f"{nearest(str(location[-1]), known)}Known here: {', '.join(known)}.",
    )


def _keys_at(location: _Location) -> list[str]:
    """Return the keys of the table at ``location``."""
    match list(location):
        case ["arena", *_]:
            table = ArenaTable.model_fields
        case ["market", *_]:
            table = MarketTable.model_fields
        case ["endpoints", *_]:
            table = EndpointTable.model_fields
        case ["arms", _, kind, *_]:
            table = ARM_TABLES[str(kind)].model_fields
        case _:
            table = ArenaFile.model_fields
    return list(table)


def _wrong_value(details: ErrorDetails, place: Place) -> SettingError:
    kind, location, value = details["type"], details["loc"], details["input"]
    if kind.startswith("union_tag"):
        location, value = (*location, "kind"), value.get("kind")
    if kind in _ABSENT:
        found = "none"
    elif "keys" in location:
        found = "something else, which is not repeated: it may be a key"
    else:
        found = shown(value)
    words = _WANTED[kind].format(**details.get("ctx", {}))
    is_choice = kind in {"literal_error", "union_tag_invalid"}
    remedy = nearest(str(value), re.findall(r"'([^']+)'", words)) if is_choice else ""
    return place.refusal(
        _path(location),
        f"expected {words}, found {found}.",
        remedy=remedy or _remedy(kind, location),
    )


def _remedy(kind: str, location: _Location) -> str:
    if "keys" in location:
        return 'Put keys into variables of the environment, and write keys = ["THEIR_NAMES"].'
    if kind == "tuple_type" and location == ("arms",):
        return "Write [[arms]], in two brackets, above each arm."
    return "Add it." if kind in _ABSENT else "Correct it."


def _path(location: _Location) -> str:
    """Return the place as it is written: arms are counted from 1, and ``llm`` is no key of it."""
    steps = list(location)
    if len(steps) > 2 and steps[0] == "arms" and steps[2] in ARM_TABLES:
        del steps[2]
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step + 1}]"
        elif step != "[key]":
            text += f".{step if shown(step) != NOT_REPEATED else '(not repeated)'}"
    return text.removeprefix(".")
