"""Parameters that a path does not know are refused: a mistyped filter would leave every row in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fastapi import Request
from fastapi.dependencies.models import Dependant

from autonome.web.errors import ApiError

__all__ = ["refuse_unknown"]

_LONGEST_SHOWN: Final = 50


async def refuse_unknown(request: Request) -> None:
    """Let only parameters through that the path has.

    Raises:
        ApiError: there is another one in the query.
    """
    if not request.query_params:
        return
    known = sorted(set(_names(request.scope["route"].dependant)))
    for name in request.query_params:
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "no parameter"
            raise ApiError(
                400,
                "unknown-parameter",
                f"expected {expected} in the query, found {name[:_LONGEST_SHOWN]!r}",
                remedy="Leave it out, or write it as the API's description does.",
                field="query",
            )


def _names(dependant: Dependant) -> Iterator[str]:
    """Yield the names of all parameters that are read from the query."""
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from _names(each)
