"""Where questions wait for a process that may ask them, and how long until it counts as dead."""

from __future__ import annotations

import hashlib
from typing import Final

from autonome.agents.llm.settings import Endpoint

__all__ = ["HEARTBEAT_S", "STALLED_S", "TASK", "queue_of"]

TASK: Final = "autonome.ask"
"""The one task: ask the model of a question."""
HEARTBEAT_S: Final = 5.0
"""How often a worker says that it lives."""
STALLED_S: Final = 20.0
"""Silence after which a worker counts as dead."""
_LEGIBLE: Final = 16
_DIGEST_BYTES: Final = 8


def queue_of(arena: str, endpoint: Endpoint) -> str:
    """Return the queue of an endpoint's questions in an arena.

    Only who has the endpoint at the same address, and its keys, takes jobs from there. The name is
    short, since PostgreSQL takes no channel of more than 63 bytes.
    """
    whole = f"{arena}\n{endpoint.name}\n{endpoint.base_url}\n{endpoint.dialect.value}"
    digest = hashlib.blake2b(whole.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return f"{arena[:_LEGIBLE]}-{digest}"
