"""What a model is told: four playbooks, one frame, the market and its own account."""

from __future__ import annotations

from autonome.agents.prompts.prompt import Prompt, prompt_text, render_prompt
from autonome.agents.prompts.standing import ArmStanding, HeldPosition

__all__ = ["ArmStanding", "HeldPosition", "Prompt", "prompt_text", "render_prompt"]
