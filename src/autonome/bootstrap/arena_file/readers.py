"""How single values of an arena's file are read: each reader says what it wanted.

A reader raises ``ValueError`` with what was expected; what was found is added where the mistake is
put into words, so that no reader can repeat a secret.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final
from urllib.parse import SplitResult, urlsplit

from autonome.domain.money import CENT, decimal_of

__all__ = [
    "amount",
    "base_url",
    "display_name",
    "length",
    "matching",
    "one_of",
    "read_capital",
    "stream_url",
    "variable_name",
]

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_LONGEST_WORD: Final = 20
"""Names of variables have underscores; a longer run without any is rather a key."""
_LONGEST_NAME: Final = 80
_LONGEST_URL: Final = 2_000


def amount(
    wanted: str, *, low: Decimal | int, high: Decimal | int, step: Decimal
) -> Callable[[object], Decimal]:
    """Return a reader of an exact number from ``low`` to ``high``, a multiple of ``step``.

    It takes text, a whole number or a decimal of TOML, none of which was ever a binary float.
    """
    words = f"{wanted} from {low} to {high} in steps of {step}"

    def read(value: object) -> Decimal:
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            raise ValueError(words)
        try:
            number = decimal_of(value)  # type: ignore[arg-type]  # It refuses every other type.
        except (TypeError, ValueError):
            raise ValueError(words) from None
        # The limits come first: the remainder of a monstrous number cannot be taken.
        if not low <= number <= high or number % step:
            raise ValueError(words)
        return number

    return read


read_capital: Final = amount("quote", low=CENT, high=999_999_999, step=CENT)
"""Reads what an arm begins with: the ledger keeps cents, and nine digits leave room to win."""


def length(*, unit: str, low: str, high: str) -> Callable[[object], int]:
    """Return a reader of a length of time such as ``5m``, in whole ``unit`` (s, m, h or d)."""
    words = f"a length of time from {low} to {high} such as {low}, in whole {unit}"
    shortest, longest, step = _seconds(low), _seconds(high), _SECONDS[unit]

    def read(value: object) -> int:
        seconds = _seconds(value) if isinstance(value, str) else 0
        if not shortest <= seconds <= longest or seconds % step:
            raise ValueError(words)
        return seconds // step

    return read


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", text)
    return int(found[1]) * _SECONDS[found[2]] if found else 0


def matching(wanted: str, pattern: str) -> Callable[[object], str]:
    """Return a reader of text of which the whole matches ``pattern``."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise ValueError(wanted)
        return value

    return read


def one_of(*choices: str) -> Callable[[object], str]:
    """Return a reader of one of some words."""
    words = f"one of {', '.join(choices)}"

    def read(value: object) -> str:
        if value not in choices:
            raise ValueError(words)
        return str(value)

    return read


def display_name(value: object) -> str:
    """Read a name that people and commands will use."""
    is_name = isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME
    if not is_name or not str(value).isprintable() or str(value).strip() != value:
        raise ValueError(
            f"a name of 1 to {_LONGEST_NAME} printable characters, none of them a space at an end"
        )
    return str(value)


def variable_name(value: object) -> str:
    """Read the NAME of an environment variable; what looks like a key itself is refused."""
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value) or _is_one_word(value):
        raise ValueError(
            "the NAME of an environment variable that holds the key, such as OPENROUTER_API_KEY"
        )
    return value


def _is_one_word(text: str) -> bool:
    return len(text) > _LONGEST_WORD and "_" not in text


def base_url(value: object) -> str:
    """Read the base URL of an endpoint, and return it without a slash at its end."""
    wanted = "a base URL such as https://host/v1, without user, password, query or fragment"
    if not isinstance(value, str) or not re.fullmatch(rf"[!-~]{{1,{_LONGEST_URL}}}", value):
        raise ValueError(wanted)
    try:
        parts = urlsplit(value)
        is_usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError(wanted) from None
    has_more = "@" in parts.netloc or "?" in value or "#" in value
    if not is_usable or has_more or parts.scheme not in {"http", "https"}:
        raise ValueError(wanted)
    if parts.scheme == "http" and not _is_near(parts):
        raise ValueError("https:// before a host of the open internet")
    return value.rstrip("/")


def stream_url(value: object) -> str:
    """Read the URL of a venue's stream, which may have a query."""
    wanted = "the URL of a stream such as wss://host/stream"
    if not isinstance(value, str) or not value.startswith(("ws://", "wss://")):
        raise ValueError(wanted)
    address, question, query = value.partition("?")
    scheme, _, rest = address.partition("://")
    base_url(f"{'https' if scheme == 'wss' else 'http'}://{rest}")
    return address + question + query


def _is_near(parts: SplitResult) -> bool:
    """Return whether the host is this machine or of its own network: no key leaves it readable."""
    host = parts.hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
    return address.is_private
