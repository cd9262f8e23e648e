"""The parts of the core are called as ``step`` calls them: under exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import localcontext

import pytest

from autonome.domain.money import EXACT


@pytest.fixture(autouse=True)
def _exact() -> Iterator[None]:
    with localcontext(EXACT):
        yield
