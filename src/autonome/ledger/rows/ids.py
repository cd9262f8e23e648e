"""Identifiers: UUID text, made by the application."""

from __future__ import annotations

import os
import uuid

__all__ = ["new_id", "new_ids"]

_BYTES = 16


def new_id() -> str:
    """Return a random UUID (version 4) as text."""
    return str(uuid.uuid4())


def new_ids(count: int) -> list[str]:
    """Return ``count`` random UUIDs (version 4) as text; one system call for all of them."""
    digits = os.urandom(_BYTES * count).hex()
    # Version and variant are single hexadecimal digits at fixed places (RFC 9562, section 5.4).
    return [
        f"{digits[at : at + 8]}-{digits[at + 8 : at + 12]}-4{digits[at + 13 : at + 16]}"
        f"-{'89ab'[int(digits[at + 16], 16) & 3]}{digits[at + 17 : at + 20]}"
        f"-{digits[at + 20 : at + 32]}"
        for at in range(0, 2 * _BYTES * count, 2 * _BYTES)
    ]
