"""Words about a place in an arena's file, which never repeat what may be a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from autonome.domain.errors import SettingError

__all__ = ["NOT_REPEATED", "Place", "nearest", "shown"]

NOT_REPEATED: Final = "a text that is not repeated, as it may be a key"
_LONGEST: Final = 60
_KEY: Final = re.compile(r"(?i)\b(sk|pk|rk|nvapi|gsk|xai|hf|bearer)[-_ ][a-z0-9_-]{8,}")
"""What providers begin their keys with."""
_LONG_WORD: Final = re.compile(r"[^\s/:]{20,}")


class Place:
    """A file, or the defaults that stand for one, in which a mistake can be pointed at."""

    def __init__(self, file: str) -> None:
        """Take the file's name as it was given."""
        self._file = file

    def refusal(self, path: str, problem: str, *, remedy: str) -> SettingError:
        """Return the error that says what is wrong at the key ``path``."""
        place = f"{self._file}, {path}" if path else self._file
        return SettingError(
            _KEY.sub("(not repeated)", f"{place}: {problem}"),
            remedy=_KEY.sub("(not repeated)", remedy).strip(),
        )


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the question for the nearest known word, with a space behind it; else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""


def shown(value: object) -> str:
    """Return a value as an error may show it: short, and never what may be a secret."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str) and _may_be_secret(value):
        return NOT_REPEATED
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _may_be_secret(text: str) -> bool:
    has_password = "://" in text and "@" in text
    words = _LONG_WORD.findall(text)
    is_token = any(re.search(r"[0-9]", word) and re.search(r"[A-Za-z]", word) for word in words)
    return has_password or is_token or bool(_KEY.search(text))
