"""Values that came from outside, as an error may repeat them: short, and never a secret."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["KEY", "NOT_REPEATED", "shown"]

NOT_REPEATED: Final = "a text that is not repeated, as it may be a key"
KEY: Final = re.compile(r"(?i)\b(sk|pk|rk|nvapi|gsk|xai|hf|bearer)[-_ ][a-z0-9_-]{8,}")
"""What providers begin their keys with."""
_LONGEST: Final = 60
_LONG_WORD: Final = re.compile(r"[^\s/:]{20,}")


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
    return has_password or is_token or bool(KEY.search(text))
