"""The leaderboard as a file: the figures of the database's own query, money as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from autonome.domain.errors import SettingError
from autonome.ledger.queries.query import column_name
from autonome.ledger.queries.standings import ModelStanding

__all__ = ["LEADERBOARD", "read_standings", "write_standings"]

LEADERBOARD: Final = "leaderboard.json"
_DERIVED: Final = ("gain", "return_percent", "win_percent")
_KEYS: Final = {each.name: column_name(each.name) for each in fields(ModelStanding)}


def write_standings(standings: Sequence[ModelStanding], folder: Path) -> None:
    """Write the leaderboard into a folder."""
    objects = [
        {column_name(name): _plain(getattr(standing, name)) for name in (*_KEYS, *_DERIVED)}
        for standing in standings
    ]
    text = msgspec.json.format(msgspec.json.encode(objects), indent=2)
    (folder / LEADERBOARD).write_bytes(text + b"\n")


def _plain(value: object) -> object:
    """Return money as text without an exponent, everything else as it is."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def read_standings(folder: Path) -> list[ModelStanding]:
    """Read the leaderboard of a folder.

    Raises:
        SettingError: it is no leaderboard.
    """
    try:
        objects: list[dict[str, Any]] = msgspec.json.decode((folder / LEADERBOARD).read_bytes())
        plain = [{name: each[key] for name, key in _KEYS.items()} for each in objects]
        return msgspec.convert(plain, list[ModelStanding])
    except (OSError, msgspec.MsgspecError, KeyError, TypeError) as error:
        raise SettingError(
            f"expected a leaderboard in {str(folder / LEADERBOARD)!r}: {error}",
            remedy="Copy the bundle again from where it was whole, or run it again.",
        ) from error
