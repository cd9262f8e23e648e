"""What the policy was asked and what it knew, as JSON: enough to ask it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from autonome.arena.events import Judged
from autonome.domain.policy import Request, Standing
from autonome.ledger.rows import Judgement

__all__ = ["judgement_of", "read_judgement"]


def judgement_of(judged: Judged) -> Judgement:
    """Return the row of a judgement; every number that is money is text."""
    return Judgement(
        tool_call_id=judged.tool_call_id,
        request=msgspec.to_builtins(judged.request, str_keys=True),
        standing=msgspec.to_builtins(judged.standing, str_keys=True),
    )


def read_judgement(
    request: Mapping[str, Any], standing: Mapping[str, Any]
) -> tuple[Request, Standing]:
    """Return what a row says.

    Raises:
        msgspec.ValidationError: another version wrote it.
    """
    return msgspec.convert(request, Request), msgspec.convert(standing, Standing)
