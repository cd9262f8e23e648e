"""Write the OpenAPI of the API: ``python -m autonome.web.openapi > openapi.json``."""

from __future__ import annotations

import json
import sys

from autonome.web.app import create_app
from autonome.web.settings import WebSettings

__all__ = ["openapi_text"]


def openapi_text() -> str:
    """Return the document as JSON; no database is needed."""
    document = create_app(WebSettings(), "postgresql://").openapi()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(openapi_text())
