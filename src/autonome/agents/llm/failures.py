"""Failures: what the libraries raise, in our few words, and what may be done about it."""

from __future__ import annotations

from typing import Final

from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelServerError,
    ModelUnavailableError,
)

from autonome.agents.llm.answer import Failure, FailureKind
from autonome.agents.llm.wire import Wire
from autonome.agents.tools.words import clean
from autonome.domain.value import value

__all__ = ["Trouble", "trouble_of"]

_MOST_WORDS: Final = 300
_RETRYABLE: Final = {
    FailureKind.NETWORK,
    FailureKind.RATE_LIMIT,
    FailureKind.SERVER,
    FailureKind.BAD_ANSWER,
}
_OK: Final = 200
_REQUEST_TIMEOUT: Final = 408
_KINDS: Final[tuple[tuple[type[ModelAPIError], FailureKind], ...]] = (
    (ModelQuotaExceededError, FailureKind.NO_CREDIT),
    (ModelAuthenticationError, FailureKind.BAD_KEY),
    (ModelRateLimitError, FailureKind.RATE_LIMIT),
    (ModelUnavailableError, FailureKind.SERVER),
    (ModelServerError, FailureKind.SERVER),
    (ModelConnectionError, FailureKind.NETWORK),
    (ModelRequestRejectedError, FailureKind.REJECTED),
    (ModelHTTPError, FailureKind.REJECTED),
)
"""The first that fits counts: an authentication error is a rejected request, too."""


@value
class Trouble:
    """One request that failed."""

    failure: Failure
    wait_s: float | None
    """Seconds that the endpoint asks us to wait, where it does."""
    may_cost: bool
    """Whether a model may have worked for it: nobody will say what that cost."""


def trouble_of(error: Exception, wire: Wire) -> Trouble:
    """Return what a failed request comes to.

    ``error`` is whatever the libraries raised: an answer that no schema foresees makes them raise
    almost anything, and is a bad answer.
    """
    if wire.problem is not None:
        # It would be as long the next time, and be paid again.
        failure = Failure(kind=FailureKind.BAD_ANSWER, words=wire.problem, retryable=False)
        return Trouble(failure=failure, wait_s=None, may_cost=True)
    kind = _kind(error, wire)
    failure = Failure(kind=kind, words=_words(error, wire), retryable=kind in _RETRYABLE)
    wait_s = error.retry_after if isinstance(error, ModelAPIError) else None
    may_cost = wire.has_spoken or _may_cost(error, kind, wire)
    return Trouble(failure=failure, wait_s=wait_s, may_cost=may_cost)


def _kind(error: Exception, wire: Wire) -> FailureKind:
    if isinstance(error, ModelHTTPError) and error.status_code == _REQUEST_TIMEOUT:
        return FailureKind.SERVER
    for raised, kind in _KINDS:
        if isinstance(error, raised):
            return kind
    was_redirected = wire.status is not None and 300 <= wire.status < 400
    return FailureKind.REJECTED if was_redirected else FailureKind.BAD_ANSWER


def _may_cost(error: Exception, kind: FailureKind, wire: Wire) -> bool:
    if isinstance(error, ModelConnectionError):
        return error.phase not in {"pool", "connect"}
    # Who reports its own failure under status 200 had begun to answer; a stream shows how far.
    had_begun = kind is FailureKind.SERVER and wire.status == _OK and not wire.is_streamed
    return had_begun or kind is FailureKind.BAD_ANSWER


def _words(error: Exception, wire: Wire) -> str:
    if isinstance(error, ModelHTTPError):
        return f"expected an answer, found status {error.status_code}{_said(error.body)}"
    if isinstance(error, ModelConnectionError):
        where = {"pool": "for a connection", "connect": "to connect"}.get(error.phase or "", "")
        return f"expected an answer, found the connection lost {where}".rstrip()
    status = "" if wire.status is None else f" (status {wire.status})"
    return f"expected a chat completion{status}, found none: {type(error).__name__}"


def _said(body: object) -> str:
    """Return what the endpoint says about an error, cut; the wire has hidden the key in it."""
    said = body.get("message") if isinstance(body, dict) else body
    return f": {clean(said, most=_MOST_WORDS)!r}" if isinstance(said, str) and said else ""
