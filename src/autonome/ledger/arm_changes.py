"""How an arm stands before a change that an operator asks for, and how it will stand after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import psycopg

from autonome.domain.choices import ArmKind, PolicyName
from autonome.domain.policy import limits_of, policy_for
from autonome.ledger.policies import played_by
from autonome.ledger.rows import Command, CommandKind

__all__ = ["OPERATORS", "SET_BY", "Change", "change_of_arm"]

SET_BY: Final = "setBy"
"""The setting of an arm that says whether operators added or changed it, ``OPERATORS``."""
OPERATORS: Final = "operators"

_ARM: Final = """
    SELECT a.kind, m.variant::text, a.policy, a.settings, a."startingCapital"::text,
           a."haltedReason",
           (SELECT "netPortfolio"::text FROM "PortfolioSize" WHERE "modelId" = a."modelId"
            ORDER BY "createdAt" DESC LIMIT 1),
           (SELECT said->'models'->a."modelId" FROM "Facts" WHERE name = 'run')
    FROM "Arms" a JOIN "Models" m ON m.id = a."modelId" WHERE a."modelId" = %s
"""
_LIMITS: Final = """
    SELECT version, limits FROM "ArmPolicies" WHERE "modelId" = %s ORDER BY version DESC LIMIT 1
"""
_MS_PER_SECOND: Final = 1_000
_UNTOLD: Final = "keys"
"""Names of variables that hold keys: whoever asked has named them, and nobody else needs to."""


class Change(NamedTuple):
    """What an entry of the log says."""

    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


def change_of_arm(connection: psycopg.Connection[Any], command: Command) -> Change:
    """Return what a command changes of how one arm is run."""
    payload = dict(command.payload or {})
    if command.kind is CommandKind.ADD_ARM:
        return Change(None, payload)
    found = connection.execute(_ARM, [command.model_id]).fetchone()
    if found is None:
        return Change(None, payload)
    kind, variant, policy, settings, capital, halted, nav, began_with = found
    if command.kind is CommandKind.RESET:
        return Change({"nav": nav, "haltedReason": halted}, {"nav": capital})
    if command.kind is CommandKind.EDIT_ARM:
        asked = payload.get("settings")
        named = dict(asked) if isinstance(asked, Mapping) else {}
        named.pop(_UNTOLD, None)
        present = _present(settings, began_with or {})
        return Change({key: present.get(key) for key in named}, named)
    asked = payload.get("limits")
    limits = dict(asked) if isinstance(asked, Mapping) else {}
    newest = connection.execute(_LIMITS, [command.model_id]).fetchone()
    if newest is None:
        whose = played_by(ArmKind(kind), variant)
        newest = 1, limits_of(policy_for(PolicyName(policy), whose))
    version, present = newest
    return Change(
        {"version": version, "limits": present},
        {"version": version + 1, "limits": {**present, **limits}},
    )


def _present(settings: Mapping[str, Any], began_with: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a model is asked now, under the names by which it is changed.

    Of an arm that operators set, its row says it; of one of the file, whoever leads noted it.
    """
    is_set = settings.get(SET_BY) == OPERATORS
    present: dict[str, Any] = dict(settings) if is_set else {**settings, **began_with}
    deadline_ms = present.get("deadlineMs")
    if isinstance(deadline_ms, int):
        present["deadlineSeconds"] = deadline_ms // _MS_PER_SECOND
    return present
