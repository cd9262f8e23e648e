"""What a leader notes of how its arena is run, once the arena is open."""

from __future__ import annotations

from autonome.agents.llm.agent import LlmAgent
from autonome.arena.paper.arena import PaperArena
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.paper.stored_arms import settings_of
from autonome.ledger.listed import said_of_listed

__all__ = ["said_of"]


def said_of(plan: ArenaPlan, arena: PaperArena) -> dict[str, object]:
    """Return the plan, what its venue lists by symbol, and how each model is asked or why not.

    The row of an arm keeps how it was asked at first; the file may have changed since.
    """
    listings = arena.stage.venue.listings.values()
    entrants = [each.entrant for each in arena.arms]
    return {
        **plan.said,
        "instruments": said_of_listed(each.instrument for each in listings),
        "models": {
            each.model.id: settings_of(each.agent)
            for each in entrants
            if isinstance(each.agent, LlmAgent)
        },
        "unasked": arena.unasked,
    }
