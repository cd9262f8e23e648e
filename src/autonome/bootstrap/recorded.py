"""The arms of an arena that was recorded, as agents that ask for the same once more."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from autonome.agents.port import Agent
from autonome.agents.recorded.agent import Recorded, RecordedTurn
from autonome.agents.recorded.calls import AskedAgain, RecordedCall, asked_again
from autonome.bootstrap.database import open_database
from autonome.config import Settings
from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.instants import ms_of, utc
from autonome.ledger.arenas import check_arena
from autonome.ledger.queries.asking import AskedCall, asked_calls
from autonome.ledger.queries.models import ListedModel, listed_models
from autonome.ledger.reader import open_reader
from autonome.ledger.types import json_dumps, json_loads
from autonome.market.market import Market

__all__ = ["recorded_agents"]

_KINDS: Final = (ArmKind.LLM, ArmKind.RULE, ArmKind.EXTERNAL)
"""Controls are left out: they are coded, and compared with who competes now."""


def recorded_agents(
    settings: Settings,
    arena: str,
    market: Market,
    *,
    cadence_minutes: int,
    policy: PolicyName | None,
) -> list[Recorded]:
    """Return an agent for each model, rule and outside agent of a recorded arena, by name.

    ``policy`` is that of the replay; ``None``: each arm is recorded and replayed under its own.

    Raises:
        SettingError: ``arena`` may not name an arena, or nothing was decided there in the period
            of ``market``.
        LedgerError: the arena has no tables, or the server cannot be used.
    """
    models, calls = _read(settings, check_arena(arena))
    first_ms, last_ms = int(market.open_ms[0]), int(market.open_ms[-1])
    if not any(first_ms <= ms_of(call.at) <= last_ms for call in calls):
        raise _nothing_recorded(arena, calls, first_ms, last_ms)
    by_model = {model_id: list(own) for model_id, own in groupby(calls, key=attrgetter("model_id"))}
    rules = _variant_rules(cadence_minutes)
    agents = []
    for model in models:
        if model.kind in _KINDS:
            own = by_model.get(model.model_id, [])
            within = [call for call in own if first_ms <= ms_of(call.at) <= last_ms]
            again = list(asked_again(within, same_policy=policy in (None, model.policy)))
            again.sort(key=attrgetter("at_ms"))
            # What a late answer asked for at the end was sent after it.
            asked = [each for each in again if each.at_ms <= last_ms]
            recording = {
                "arena": arena,
                "sha256": _digest(asked),
                "calls": len(asked),
                "leftOut": len(within) - len(again),
                "outsideOfThePeriod": len(own) - len(within) + len(again) - len(asked),
            }
            stops = next((each for each in rules if _made(each, model)), None)
            agents.append(_agent(model, asked, recording, stops))
    return agents


def _read(settings: Settings, arena: str) -> tuple[list[ListedModel], list[RecordedCall]]:
    async def rows(url: str) -> tuple[list[ListedModel], list[RecordedCall]]:
        async with open_reader(url, arena=arena) as reader:
            calls = await reader.all(asked_calls(_KINDS))
            return await reader.all(listed_models()), [_recorded(call) for call in calls]

    with open_database(settings) as url:
        return asyncio.run(rows(url))


def _recorded(call: AskedCall) -> RecordedCall:
    return RecordedCall(
        id=call.id,
        invocation_id=call.invocation_id,
        model_id=call.model_id,
        at=call.at,
        metadata=call.metadata,
        refused=call.refused,
    )


def _agent(
    model: ListedModel,
    asked: Sequence[AskedAgain],
    recording: Mapping[str, object],
    stops: Agent | None,
) -> Recorded:
    assert model.kind is not None
    turns = groupby(asked, key=attrgetter("at_ms"))
    return Recorded(
        name=model.model,
        kind=model.kind,
        variant=model.competing_variant,
        policy=model.policy or PolicyName.STANDARD,
        settings={"recording": recording, "recorded": _first_settings(model)},
        turns=tuple(
            [
                RecordedTurn(at_ms=at_ms, actions=tuple([each.action for each in turn]))
                for at_ms, turn in turns
            ]
        ),
        stops=stops,
    )


def _digest(asked: Sequence[AskedAgain]) -> str:
    """Return the SHA-256 of what is asked again, in hexadecimal digits."""
    digest = hashlib.sha256()
    for each in asked:
        digest.update(f"{each.at_ms} {json_dumps(each.words)}\n".encode())
    return digest.hexdigest()


def _variant_rules(cadence_minutes: int) -> tuple[Agent, ...]:
    from autonome.agents.rules.variants import variant_agents

    return variant_agents(cadence_minutes=cadence_minutes)


def _made(rules: Agent, model: ListedModel) -> bool:
    """Say whether a record was made by coded rules of ours, with just these settings."""
    stored = json_loads(json_dumps(rules.settings))
    own = (rules.kind, rules.name, rules.variant, stored)
    return own == (model.kind, model.model, model.variant, _first_settings(model))


def _first_settings(model: ListedModel) -> Mapping[str, object]:
    """Return the settings of whoever decided, also where the arena replayed a recording itself."""
    settings = model.settings or {}
    found = settings.get("recorded") if "recording" in settings else settings
    return found if isinstance(found, Mapping) else {}


def _nothing_recorded(
    arena: str, calls: Sequence[RecordedCall], first_ms: int, last_ms: int
) -> SettingError:
    if not calls:
        return SettingError(
            f"expected decisions of models, rules or outside agents in arena {arena!r},"
            " found none.",
            remedy="Name an arena that a replay or autonome up has written.",
        )
    begin, end = min(call.at for call in calls), max(call.at for call in calls)
    return SettingError(
        f"expected decisions of arena {arena!r} from {utc(first_ms):%Y-%m-%d %H:%M} to"
        f" {utc(last_ms):%Y-%m-%d %H:%M} UTC, the market's period; found them from"
        f" {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.",
        remedy="Take the market of that period: --from and --to, or --data.",
    )
