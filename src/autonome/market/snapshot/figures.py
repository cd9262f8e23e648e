"""Figures that read the same everywhere: significant digits, plain text, one digest."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from autonome.market.frame import Floats

__all__ = [
    "SIGNIFICANT_DIGITS",
    "digest_of",
    "figure",
    "figures",
    "plain",
    "plain_or_none",
    "plains",
]

SIGNIFICANT_DIGITS: Final = 6
"""Of everything that is computed in binary numbers: far coarser than what two machines may differ
by, and fine enough to trade on."""
_DIGEST_BYTES: Final = 32


def figure(number: float) -> Decimal | None:
    """Return a number rounded to six significant digits; ``None`` for one that is not finite."""
    if not math.isfinite(number):
        return None
    return Decimal(f"{number:.{SIGNIFICANT_DIGITS}g}")


def figures(numbers: Floats) -> tuple[Decimal | None, ...]:
    """Return each of some numbers, shape (n,), rounded to six significant digits."""
    return tuple([figure(number) for number in numbers.tolist()])


def plain(number: Decimal) -> str:
    """Return the shortest text of a number: no exponent, no zeros at the end of a fraction."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def plain_or_none(number: Decimal | None) -> str | None:
    """Return the text of a number; ``None`` stays absent."""
    return None if number is None else plain(number)


def plains(numbers: Iterable[Decimal | None]) -> list[str | None]:
    """Return the text of each number; ``None`` stays absent."""
    return [plain_or_none(number) for number in numbers]


def digest_of(content: Mapping[str, object]) -> str:
    """Return the BLAKE2b digest (RFC 7693) of 32 bytes over canonical JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
