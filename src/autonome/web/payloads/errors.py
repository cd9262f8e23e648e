"""The one shape of an error."""

from __future__ import annotations

from pydantic import Field

from autonome.web.payloads.figures import Payload

__all__ = ["ErrorAnswer", "ErrorWords"]


class ErrorWords(Payload):
    """What went wrong, for machines and for people."""

    code: str = Field(examples=["unknown-model"])
    message: str = Field(examples=["expected the id of a model of arena 'public', found 'nobody'."])
    """What was expected, and what came."""
    remedy: str = Field(examples=["GET /api/v1/arms lists them."])
    """What to do next."""
    field: str | None = Field(default=None, examples=[None])
    """The parameter that it is about, where it is about one."""
    request_id: str | None = Field(default=None, examples=[None])
    """Of an unexpected failure: the same number is in the server's log."""


class ErrorAnswer(Payload):
    """The answer to every request that fails."""

    error: ErrorWords
