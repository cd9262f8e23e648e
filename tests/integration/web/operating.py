"""An arena's operators: tokens, sessions, and requests with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from autonome.ledger.connection import connect
from autonome.ledger.rows import TokenScope
from autonome.ledger.tokens import create_token
from autonome.testing.bookings import NOW
from integration.web.served import Answer, Client

__all__ = ["JSON", "Operator", "token"]

JSON = "application/json"


def token(url: str, name: str = "ops-1", scope: TokenScope = TokenScope.ADMIN) -> str:
    """Make a token of the arena ``public``."""
    with connect(url, autocommit=True) as raw:
        return create_token(raw, name, scope, at=NOW, who="cli test")


@dataclass(frozen=True)
class Operator:
    """Sends writes with some credentials."""

    client: Client
    headers: dict[str, str]

    @classmethod
    def by_token(cls, client: Client, text: str) -> Operator:
        return cls(client, {"authorization": f"Bearer {text}"})

    def send(self, path: str, body: Any = None, *, method: str = "POST", **more: str) -> Answer:
        """Send a body as JSON."""
        return self.client.ask(
            f"/api/v1{path}",
            method=method,
            body=None if body is None else json.dumps(body).encode(),
            content_type=JSON,
            **self.headers,
            **more,
        )
