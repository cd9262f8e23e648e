"""Live feeds run on asyncio."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that the feeds are written for."""
    return "asyncio"
