"""The built dashboard: its assets for ever, its one page for every other path."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, Response

from autonome.web.errors import error_response, no_path
from autonome.web.settings import WebSettings

__all__ = ["page", "router"]

router = APIRouter(include_in_schema=False)
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Autonome</title>
<h1>Autonome</h1>
<p>The API is served here, under <a href="/api/v1/openapi.json">/api/v1</a>. The dashboard is not
built yet: run <code>make dashboard</code>, then load this page again.</p>
</html>
"""


@router.get("/{path:path}")
async def page(path: str, request: Request) -> Response:
    """Return a file of the dashboard, or its page."""
    if path == "api" or path.startswith("api/"):
        return error_response(no_path(request.url.path))
    settings: WebSettings = request.app.state.settings
    file = _file(settings.dist, path)
    if file is not None:
        # Names of assets carry a hash of what is inside.
        kept = _FOR_EVER if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"Cache-Control": kept})
    if path.startswith("assets/"):
        return error_response(no_path(request.url.path))
    index = settings.dist / "index.html"
    if not index.is_file():
        return HTMLResponse(_NOT_BUILT, 503, {"Cache-Control": "no-store"})
    return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _file(dist: Path, path: str) -> Path | None:
    """Return the file of a path, ``None`` where there is none inside of the folder."""
    if not path or "\0" in path:
        return None
    root = dist.resolve()
    file = (root / path).resolve()
    return file if file.is_relative_to(root) and file.is_file() else None
