"""Statuses: which one an error means that comes under status 200, when all seemed well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder

__all__ = ["status_of"]

_WORDS: Final[Mapping[object, int]] = {
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "model_not_found": 404,
    "insufficient_quota": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "too_many_requests": 429,
}
"""The status that OpenAI's API has for an error's ``code`` or ``type``, where it is no 5xx."""
_SERVER: Final = 500
"""Who began to answer and says no more than that it failed."""


class _Error(Struct):
    code: object = None
    type: object = None


class _Answer(Struct):
    error: _Error | str | None = None
    choices: list[Raw] | None = None


_DECODER: Final = Decoder(_Answer)


def status_of(body: bytes) -> int | None:
    """Return the status that an error would have had before the answer began; ``None``: no error.

    ``code`` is the status itself, as OpenRouter and vLLM write it, or a word of OpenAI's.
    """
    try:
        answer = _DECODER.decode(body)
    except (MsgspecError, ValueError, RecursionError):
        return None
    if answer.choices or not answer.error:
        return None
    if isinstance(answer.error, str):
        return _SERVER
    named = (_named(answer.error.code), _named(answer.error.type))
    return next((status for status in named if status is not None), _SERVER)


def _named(word: object) -> int | None:
    if isinstance(word, int) or (isinstance(word, str) and word.isdecimal() and len(word) == 3):
        return int(word) if 400 <= int(word) < 600 else None
    return _WORDS.get(word) if isinstance(word, str) else None
