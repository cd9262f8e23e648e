"""A replay as a user ordered it, and how its words are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TypeVar

from autonome.domain.errors import SettingError

__all__ = ["ReplayOrder", "choice_of"]

_Choice = TypeVar("_Choice", bound=Enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOrder:
    """What a user asked to replay."""

    symbols: tuple[str, ...]
    data: Path | None
    """Folder of candles; ``None`` means the synthetic market."""
    start: datetime | None
    end: datetime | None
    gaps: str
    """``error``, ``fill`` or ``split``."""
    arena: str
    profile: str
    overrides: tuple[str, ...]
    """Values of the profile, ``key=value``."""
    cadence_minutes: int
    arms: tuple[str, ...]
    agents: tuple[str, ...]
    policy: str | None
    """``standard``, ``control`` or ``as-written``; ``None`` gives each kind of arm its own."""
    replicas: int
    capital: str | None
    """Quote, as decimal text; ``None`` takes the profile's, else 10,000."""
    seed: int
    bundle: Path | None
    """Folder to keep the run in as well."""
    offline: bool = False
    """Whether models (``llm:FILE``) answer from what was kept alone."""


def choice_of(choices: type[_Choice], text: str, option: str) -> _Choice:
    """Return the member that ``text`` names.

    Raises:
        SettingError: it names none.
    """
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(str(each.value) for each in choices)
        raise SettingError(
            f"expected {option} as one of {known}, found {text!r}.",
            remedy=f"Take one of these: {known}.",
        ) from None
