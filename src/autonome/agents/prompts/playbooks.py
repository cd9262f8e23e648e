"""The texts that prompts are made of: one frame, one playbook a variant, each with its version."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from autonome.domain.errors import InvariantBroken, SettingError
from autonome.domain.value import value
from autonome.domain.variants import VARIANT_IDS

__all__ = ["Playbook", "frame", "playbook"]

_FRAME: Final = "frame"
_FENCE: Final = "---\n"


@value
class Playbook:
    """One text and its version."""

    title: str
    """File and version, such as ``frame@1``."""
    text: str


def frame() -> Playbook:
    """Return the frame that every variant shares, with placeholders such as ``$playbook``."""
    return _read(_FRAME)


def playbook(variant_id: str) -> Playbook:
    """Return how a variant trades.

    Raises:
        SettingError: the registry has no such variant.
    """
    if variant_id not in VARIANT_IDS:
        raise SettingError(
            f"expected a variant, found {variant_id!r}.",
            remedy=f"Take one of {', '.join(VARIANT_IDS)}.",
        )
    return _read(variant_id.lower())


@cache
def _read(name: str) -> Playbook:
    content = files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    empty, head, text = content.split(_FENCE, 2)
    key, _, version = head.strip().partition(": ")
    if empty or key != "version" or not version.isdecimal():
        raise InvariantBroken(f"{name}.md: expected a head with a version, found {head!r}")
    return Playbook(title=f"{name}@{version}", text=text.strip())
