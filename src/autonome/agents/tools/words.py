"""Words that a model wrote: made fit to be stored and repeated, cut to a length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["clean", "quoted"]

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL keeps neither NUL nor half a surrogate pair."""
_MOST_QUOTED: Final = 80
_LONG: Final = 10**_MOST_QUOTED


def clean(text: str, *, most: int) -> str:
    """Return the first ``most`` characters; what cannot be stored becomes U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text[:most])


def quoted(found: object) -> str:
    """Return what was found instead, as a reason repeats it."""
    if isinstance(found, str):
        text = repr(clean(found, most=_MOST_QUOTED))
        return text if len(found) <= _MOST_QUOTED else f"{text} and more"
    if isinstance(found, Mapping):
        return "an object"
    if isinstance(found, list):
        return "a list"
    if found is None or isinstance(found, bool):
        return {None: "null", True: "true", False: "false"}[found]
    if isinstance(found, int) and abs(found) >= _LONG:
        return "a number of very many digits"  # Python refuses to write some of them out.
    return str(found)[:_MOST_QUOTED]
