"""Who asks: what a request may see. Tokens and sessions are recognised here, and nowhere else."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from autonome.domain.value import value
from autonome.web.errors import ApiError
from autonome.web.settings import WebSettings

__all__ = ["AsVisitor", "Visitor", "reader_of", "require_prompts"]


@value
class Visitor:
    """Whoever sent a request."""

    scope: str
    """What it may do: ``read``."""
    sees_prompts: bool
    """Whether prompts, payloads and observations are shown."""


async def reader_of(request: Request) -> Visitor:
    """Return who asks; on loopback reading needs no token."""
    settings: WebSettings = request.app.state.settings
    sees_prompts = settings.releases_prompts or not settings.is_public
    return Visitor(scope="read", sees_prompts=sees_prompts)


AsVisitor = Annotated[Visitor, Depends(reader_of)]


def require_prompts(visitor: Visitor) -> None:
    """Refuse what public readers do not see.

    Raises:
        ApiError: prompts are not released.
    """
    if not visitor.sees_prompts:
        raise ApiError(
            403,
            "not-released",
            "expected a reader who may see prompts and payloads; here they are hidden.",
            remedy="Ask whoever runs this server: --release-prompts shows them.",
        )
