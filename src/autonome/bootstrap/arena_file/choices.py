"""The fixed choices of an arena's file."""

from __future__ import annotations

from typing import Literal

__all__ = ["DialectName", "GuardingPolicy", "ReasoningEffort", "SourceKind", "ToolChoice"]

SourceKind = Literal["synthetic", "replay", "live", "ccxt"]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high"]
DialectName = Literal["openai", "openrouter"]
ToolChoice = Literal["auto", "required"]
GuardingPolicy = Literal["standard", "control"]
"""``as-written`` is for replays alone: it lets an arm risk everything."""
