"""The files of arenas to be killed: what they trade, and who competes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from autonome.domain.variants import VARIANT_IDS
from simulation.paper_crash.market import SYMBOLS

__all__ = ["CODED", "models", "write_plan"]

_SPEED: Final = 3_600
_LATENCY_MS: Final = 90_000
"""Orders are at work over several minutes: a process may die at each of them."""

CODED = """
[[arms]]
kind = "agent"
agent = "simulation.paper_crash.busy:Busy"
[[arms]]
kind = "agent"
agent = "simulation.paper_crash.busy:Trailing"
[[arms]]
kind = "agent"
agent = "simulation.paper_crash.busy:Ratcheted"
[[arms]]
kind = "controls"
"""
"""Arms whose every figure is the same in every run."""


def models(url: str, *, deadline: str = "5s") -> str:
    """Return two arms that ask the server at ``url``."""
    return f"""
[endpoints.local]
url = "{url}"
keys = []
[[arms]]
kind = "llm"
name = "Model"
variant = "{VARIANT_IDS[0]}"
model = "scripted"
endpoint = "local"
deadline = "{deadline}"
replicas = 2
"""


def write_plan(file: Path, market: Path, arms: str) -> Path:
    """Write an arena's file, and return where it lies."""
    symbols = ", ".join(f'"{symbol}"' for symbol in SYMBOLS)
    file.write_text(
        f"""
[arena]
symbols = [{symbols}]
set = {{ latency_ms = {_LATENCY_MS} }}
[market]
source = "replay:{market}"
speed = {_SPEED}
history = "1d"
{arms}"""
    )
    return file
