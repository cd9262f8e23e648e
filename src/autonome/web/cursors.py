"""Cursors: where a page of a list ended, as opaque text."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from autonome.web.errors import ApiError

__all__ = ["LONGEST_CURSOR", "cursor_of", "position_of"]

LONGEST_CURSOR: Final = 500
_FORM: Final = re.compile(r"(-?\d{1,16}):([^\x00-\x1f]+)")
"""Microseconds since 1970 (up to the year 2286), and the id of a row."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def cursor_of(at: datetime, row_id: str) -> str:
    """Return the cursor behind a row."""
    text = f"{(at - _EPOCH) // _MICROSECOND}:{row_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_of(cursor: str) -> tuple[datetime, str]:
    """Return instant and id of the row that a cursor stands behind.

    Raises:
        ApiError: it is none of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = _FORM.fullmatch(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
    except (ValueError, binascii.Error):
        found = None
    if found is None:
        raise ApiError(
            400,
            "bad-cursor",
            f"expected a cursor of this list, found {cursor!r}.",
            remedy="Take nextCursor of the page before, or leave it out to begin anew.",
            field="cursor",
        )
    return _EPOCH + int(found[1]) * _MICROSECOND, found[2]
