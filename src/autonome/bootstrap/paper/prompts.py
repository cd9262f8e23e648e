"""What a model of an arena would be sent now; nothing is asked, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import msgspec.json

from autonome.agents.prompts import Prompt, prompt_text
from autonome.agents.tools import tools_of
from autonome.arena.paper.thinking_arm import ThinkingArm
from autonome.bootstrap.arena_file.plan import ArenaPlan, LlmPlan
from autonome.bootstrap.database import open_database
from autonome.bootstrap.paper.opening import arena_of, found_in
from autonome.bootstrap.paper.stored_arms import is_set_by_operators
from autonome.config import Settings
from autonome.domain.choices import ArmKind
from autonome.domain.errors import SettingError
from autonome.ledger.arenas import arena_relations, check_arena, transaction
from autonome.ledger.embedded.files import Folder
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.queries.restoring import RestoredArena
from autonome.ledger.tables import arm_states
from autonome.market.observation import observe
from autonome.market.snapshot import take_snapshot

__all__ = ["Sent", "sent_now"]

_NOTHING: Final = RestoredArena(arms=(), marked_at=None, ticked_at=None, commands=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a model would be sent."""

    at: datetime
    """The arena's time (UTC)."""
    is_new: bool
    """Whether the arm has an account of its own still to come."""
    prompt: Prompt
    tools: str
    """The schemas of the tools, JSON."""

    @property
    def text(self) -> str:
        """Return all of it as a person reads it."""
        return f"{prompt_text(self.prompt)}\n--- tools ---\n{self.tools}\n"


def sent_now(settings: Settings, plan: ArenaPlan, name: str, *, arm: str) -> Sent:
    """Return what an arm would be asked at the minute that its arena has reached.

    An arena of which there is no record begins now, and the arm with a new account.

    Raises:
        SettingError: the plan has no such arm, or ``name`` may not name an arena.
        MarketDataError, LedgerError: what each says.
    """
    models = [each for each in plan.arms if isinstance(each, LlmPlan)]
    own = tuple([each for each in models if each.name == arm])
    record = _record(settings, check_arena(name))
    added = [
        each.model.name
        for each in record.arms
        if each.arm.kind is ArmKind.LLM and is_set_by_operators(each.arm)
    ]
    names = list(dict.fromkeys([*(each.name for each in models), *added]))
    if arm not in names:
        known = ", ".join(names) or "none: add [[arms]] of kind llm"
        raise SettingError(
            f"expected the name of an arm that asks a model, found {arm!r}.",
            remedy=f"Those of the plan are {known}.",
        )
    journal = MemoryJournal()
    for each in record.arms:
        journal.enter(each.model, each.arm)
    arena, _ = arena_of(replace(plan, arms=own), record, journal, only=arm)
    (thinking,) = arena.arms
    assert isinstance(thinking, ThinkingArm)
    clock = arena.stage.clock
    observation = observe(arena.stage.market, closed_bars=clock.end)
    today = datetime.now(UTC).date().isoformat()
    question = thinking.question(observation, take_snapshot(observation), today=today)
    tools = msgspec.json.encode(tools_of(arena.stage.symbols))
    return Sent(
        at=clock.at(clock.end),
        is_new=thinking.entrant.model.id not in {each.model.id for each in record.arms},
        prompt=question.prompt,
        tools=msgspec.json.format(tools).decode(),
    )


def _record(settings: Settings, name: str) -> RestoredArena:
    """Return what the ledger holds of an arena; no database is made for this."""
    data = Folder(path=settings.home / "postgres").data
    if settings.database_url is None and not data.is_dir():
        return _NOTHING
    with open_database(settings) as url:
        with transaction(url, name) as connection:
            if arm_states.name not in arena_relations(connection, name):
                return _NOTHING
        return found_in(url, name)
