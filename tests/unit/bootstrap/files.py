"""Arena files as tests write them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from autonome.bootstrap.arena_file.plan import ArenaPlan, LlmPlan
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.domain.errors import SettingError

__all__ = ["KEY", "LLM", "only_llm", "read", "refused"]

KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"
LLM = '[[arms]]\nkind = "llm"\nmodel = "maker/model-1"\nendpoint = "openrouter"\n'
_ENVIRONMENT = {"OPENROUTER_API_KEY": KEY}


def read(
    folder: Path, text: str | bytes, environment: Mapping[str, str] = _ENVIRONMENT
) -> ArenaPlan:
    """Write a file into ``folder``, and read it."""
    path = folder / "autonome.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_arena_file(path, environment)


def refused(
    folder: Path, text: str | bytes, environment: Mapping[str, str] = _ENVIRONMENT
) -> SettingError:
    """Return the error to which a file leads; it names the file."""
    with pytest.raises(SettingError) as caught:
        read(folder, text, environment)
    assert caught.value.problem.startswith(str(folder / "autonome.toml"))
    return caught.value


def only_llm(plan: ArenaPlan) -> LlmPlan:
    """Return the first arm that asks a model."""
    return next(arm for arm in plan.arms if isinstance(arm, LlmPlan))
