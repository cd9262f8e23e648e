"""Figures, instants and foreign words as a prompt writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Context, Decimal
from functools import cache
from typing import Final

from autonome.domain.instants import utc
from autonome.market.snapshot.figures import plain

__all__ = [
    "MOST_SYMBOL",
    "clock",
    "inert",
    "joined",
    "level",
    "one_place",
    "percent",
    "span",
    "two_places",
]

_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ANGLES: Final = str.maketrans({"<": "‹", ">": "›"})
_MOST_FOREIGN: Final = 160
MOST_SYMBOL: Final = 24
"""Characters of a symbol that are shown."""
_TENTH: Final = Decimal("0.1")
_CENT: Final = Decimal("0.01")
_MINUTE_MS: Final = 60_000


def inert(words: str, *, most: int = _MOST_FOREIGN) -> str:
    """Return words that are not ours on one line, cut, and without the means to end a block."""
    text = _CONTROL.sub(" ", words).strip().translate(_ANGLES)
    return text if len(text) <= most else text[: most - 1] + "…"


def level(number: Decimal, *, digits: int = 5) -> str:
    """Return a number in so many significant digits; five are half a basis point."""
    return plain(_rounding(digits).plus(number))


@cache
def _rounding(digits: int) -> Context:
    return Context(prec=digits)


def two_places(number: Decimal | None, *, signed: bool = False) -> str:
    """Return a number with two decimals; ``-`` where it is unknown."""
    return "-" if number is None else _written(number.quantize(_CENT), signed=signed)


def one_place(number: Decimal) -> str:
    """Return a number with one decimal."""
    return _written(number.quantize(_TENTH), signed=False)


def percent(fraction: Decimal | None, *, places: int = 2, signed: bool = True) -> str:
    """Return a fraction in percent; ``-`` where it is unknown."""
    if fraction is None:
        return "-"
    rounded = (fraction * 100).quantize(Decimal(1).scaleb(-places))
    return f"{_written(rounded, signed=signed)} %"


def _written(rounded: Decimal, *, signed: bool) -> str:
    """Return all digits of a number; zero has no sign."""
    return f"{rounded:{'+' if signed else ''}f}" if rounded else f"{abs(rounded):f}"


def clock(at: datetime | int) -> str:
    """Return an instant (UTC) as month, day, hour and minute; milliseconds count since 1970."""
    return f"{utc(at) if isinstance(at, int) else at:%m-%d %H:%MZ}"


def span(length_ms: int) -> str:
    """Return how long something lasted, in minutes or in hours and minutes."""
    hours, minutes = divmod(length_ms // _MINUTE_MS, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def joined(parts: Sequence[str | None]) -> str:
    """Return the parts that are there in one line."""
    return " | ".join([part for part in parts if part])
