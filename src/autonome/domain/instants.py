"""Instants: milliseconds since 1970 UTC, aware datetimes, and their text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

__all__ = ["ms_of", "utc", "zulu"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@lru_cache(maxsize=4096)
def utc(at_ms: int) -> datetime:
    """Return milliseconds since 1970 UTC as an aware instant."""
    return _EPOCH + timedelta(milliseconds=at_ms)


@lru_cache(maxsize=4096)
def ms_of(at: datetime) -> int:
    """Return an aware instant as milliseconds since 1970 UTC, rounded up."""
    return -((_EPOCH - at) // _MILLISECOND)


def zulu(at: datetime) -> str:
    """Return an instant in UTC as RFC 3339 text that ends in ``Z``."""
    return at.isoformat().replace("+00:00", "Z")
