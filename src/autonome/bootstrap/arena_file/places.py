"""Words about a place in an arena's file, which never repeat what may be a secret."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from autonome.domain.errors import SettingError
from autonome.domain.shown import KEY

__all__ = ["Place", "nearest"]


class Place:
    """A file, or the defaults that stand for one, in which a mistake can be pointed at."""

    def __init__(self, file: str) -> None:
        """Take the file's name as it was given."""
        self._file = file

    def refusal(self, path: str, problem: str, *, remedy: str) -> SettingError:
        """Return the error that says what is wrong at the key ``path``."""
        place = f"{self._file}, {path}" if path else self._file
        return SettingError(
            KEY.sub("(not repeated)", f"{place}: {problem}"),
            remedy=KEY.sub("(not repeated)", remedy).strip(),
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the question for the nearest known word, with a space behind it; else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""
