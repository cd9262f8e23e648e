"""Errors of the API: what failed in its one shape, whatever failed."""

from __future__ import annotations

import logging
import uuid
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from autonome.domain.errors import ArenaMissing, AutonomeError, LedgerError, SettingError
from autonome.web.payloads.errors import ErrorAnswer, ErrorWords
from autonome.web.security.headers import HEADERS

__all__ = ["DOCUMENTED", "ApiError", "error_response", "install", "no_path"]

_LOG: Final = logging.getLogger("autonome.web")
_RETRY_S: Final = 2
_LONGEST_FOUND: Final = 100
"""Characters of a value that are repeated to whoever sent it."""

DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"model": ErrorAnswer, "description": "A parameter cannot be used."},
    401: {"model": ErrorAnswer, "description": "A token is needed, or is none of ours."},
    403: {"model": ErrorAnswer, "description": "Not for this host, origin or reader."},
    404: {"model": ErrorAnswer, "description": "No such arena, or no such row in it."},
    429: {"model": ErrorAnswer, "description": "Too many requests; Retry-After says when."},
    "4XX": {"model": ErrorAnswer, "description": "Any other refusal."},
    503: {"model": ErrorAnswer, "description": "The database does not answer now."},
}
"""The errors that every path may answer with."""


class ApiError(HTTPException):
    """A request that cannot be answered, in the words that its answer carries."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        remedy: str,
        field: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        """Keep what the answer says."""
        super().__init__(status, message)
        self.words = ErrorWords(code=code, message=message, remedy=remedy, field=field)
        self.retry_after_s = retry_after_s


def error_response(error: ApiError) -> Response:
    """Return the answer that carries an error."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status_code == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = ErrorAnswer(error=error.words).model_dump_json(by_alias=True)
    return Response(body, error.status_code, headers, media_type="application/json")


def install(app: FastAPI) -> None:
    """Let every failure of ``app`` answer in the one shape."""
    app.add_exception_handler(ApiError, _said)
    app.add_exception_handler(RequestValidationError, _unusable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(AutonomeError, _failed)
    app.add_exception_handler(Exception, _unexpected)


async def _said(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error)


async def _unusable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"][1:] if not isinstance(part, int)]
    # What is sent to sign in is a secret, even where it is wrong; and names of keys may be keys.
    is_secret = request.url.path.endswith("/session") or "keys" in place
    found = "" if is_secret else f"; found {repr(first.get('input'))[:_LONGEST_FOUND]}"
    field = ".".join(place) or None
    return error_response(
        ApiError(
            400,
            "bad-request",
            f"{field or 'the request'}: {first['msg']}{found}.",
            remedy="GET /api/v1/openapi.json says what each parameter takes.",
            field=field,
        )
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return error_response(no_path(request.url.path))
    code = "method-not-allowed" if error.status_code == 405 else "refused"
    message = f"{request.method} {request.url.path}: {error.detail}."
    remedy = "GET /api/v1/openapi.json lists the paths and their methods."
    answer = error_response(ApiError(error.status_code, code, message, remedy=remedy))
    answer.headers.update(error.headers or {})
    return answer


def no_path(path: str) -> ApiError:
    """Return the error of a path that there is not."""
    return ApiError(
        404,
        "not-found",
        f"expected a path of the API, found {path[:_LONGEST_FOUND]!r}.",
        remedy="GET /api/v1/openapi.json lists them.",
    )


async def _failed(_: Request, error: Exception) -> Response:
    assert isinstance(error, AutonomeError)
    if isinstance(error, ArenaMissing):
        remedy = "GET /api/v1/arenas lists those that there are."
        found = ApiError(404, "unknown-arena", error.problem, remedy=remedy, field="arena")
    elif isinstance(error, SettingError):
        found = ApiError(400, "bad-request", error.problem, remedy=error.remedy, field="arena")
    elif isinstance(error, LedgerError):
        # Where the database is, and who its user is, concerns the operator alone: the log says it.
        _LOG.warning("%s %s", error.problem, error.remedy)
        found = ApiError(
            503,
            "database-unavailable",
            "expected the database to answer; it does not now.",
            remedy="Try again in a moment; the server's log says more.",
            retry_after_s=_RETRY_S,
        )
    else:
        return await _unexpected(_, error)
    return error_response(found)


async def _unexpected(request: Request, error: Exception) -> Response:
    request_id = uuid.uuid4().hex
    _LOG.error("Request %s (%s) failed: %s", request_id, request.url.path, type(error).__name__)
    words = ApiError(
        500,
        "internal",
        "expected to answer this, and failed: the mistake is ours.",
        remedy=f"Look for {request_id} in the server's log, and report what stands there.",
    )
    words.words = words.words.model_copy(update={"request_id": request_id})
    answer = error_response(words)
    answer.headers.update(HEADERS)  # This one answers from outside of all that wraps the app.
    return answer
