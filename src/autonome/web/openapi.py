"""Write the OpenAPI of the API: ``python -m autonome.web.openapi > openapi.json``."""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from autonome.web.app import create_app
from autonome.web.payloads.standing import Leaderboard, NavBridge, Performance
from autonome.web.settings import WebSettings

__all__ = ["openapi_text"]

_DECLARED: Final = (Leaderboard, Performance, NavBridge)


def openapi_text() -> str:
    """Return the document as JSON; no database is needed."""
    document = create_app(WebSettings(), "postgresql://").openapi()
    schemas = document["components"]["schemas"]
    # Pages are written against these before there is a path that answers with them.
    for name, schema in _declared().items():
        schemas.setdefault(name, schema)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _declared() -> dict[str, Any]:
    """Return the schemas of what no path answers with yet."""
    _, document = models_json_schema(
        [(each, "serialization") for each in _DECLARED],
        ref_template="#/components/schemas/{model}",
    )
    found: dict[str, Any] = document["$defs"]
    return found


if __name__ == "__main__":
    sys.stdout.write(openapi_text())
