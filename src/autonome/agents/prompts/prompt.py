"""One prompt: the constant part, then the market, then the account."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Context, localcontext
from typing import Final

from autonome.agents.prompts.account_block import account_block
from autonome.agents.prompts.market_block import market_block
from autonome.agents.prompts.standing import ArmStanding
from autonome.agents.prompts.system import system_text, version_of
from autonome.agents.tools import Tool
from autonome.domain.policy import Policy
from autonome.domain.value import value
from autonome.market.snapshot import Snapshot

__all__ = ["Prompt", "prompt_text", "render_prompt"]

_DIGEST_BYTES: Final = 32
_RATIOS: Final = Context(prec=28)
"""What is shown is rounded; nothing is computed from it."""


@value
class Prompt:
    """What a model is sent when it is asked, its tools aside."""

    system: str
    """The same in every cycle."""
    user: str
    """Market and account of this cycle."""
    digest: str
    """BLAKE2b (RFC 7693) of both, 32 bytes in hexadecimal."""
    version: str
    """The texts that it was made of, each with its version."""


def render_prompt(
    variant_id: str,
    snapshot: Snapshot,
    standing: ArmStanding,
    *,
    tools: Sequence[Tool],
    policy: Policy,
    cadence_minutes: int,
) -> Prompt:
    """Return the prompt of an arm in a cycle.

    Raises:
        SettingError: the registry has no such variant.
    """
    system = system_text(variant_id, tools=tools, policy=policy, cadence_minutes=cadence_minutes)
    with localcontext(_RATIOS):
        blocks = (market_block(snapshot), account_block(standing, at_ms=snapshot.at_ms))
    user = "\n\n".join([*blocks, "Decide now."])
    return Prompt(
        system=system, user=user, digest=_digest(system, user), version=version_of(variant_id)
    )


def prompt_text(prompt: Prompt) -> str:
    """Return both parts as a person reads them, with what is sent unchanged."""
    return f"--- system ({prompt.version}) ---\n{prompt.system}\n\n--- user ---\n{prompt.user}\n"


def _digest(system: str, user: str) -> str:
    content = b"".join([len(part).to_bytes(8, "little") + part for part in _encoded(system, user)])
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def _encoded(*parts: str) -> list[bytes]:
    return [part.encode() for part in parts]
