"""Read an arena's file: from text to a plan, or to the first mistake in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from autonome.bootstrap.arena_file.endpoints import Endpoints
from autonome.bootstrap.arena_file.llm_arms import llm_arms
from autonome.bootstrap.arena_file.market import market_plan, profile_plan
from autonome.bootstrap.arena_file.mistakes import mistake
from autonome.bootstrap.arena_file.places import Place
from autonome.bootstrap.arena_file.plan import (
    AgentPlan,
    ArenaPlan,
    ArmPlan,
    ControlsPlan,
    LlmPlan,
    RulesPlan,
)
from autonome.bootstrap.arena_file.providers import PROVIDERS
from autonome.bootstrap.arena_file.readers import read_capital
from autonome.bootstrap.arena_file.tables import (
    AgentTable,
    ArenaFile,
    ArmTable,
    ControlsTable,
    LlmTable,
    RulesTable,
)
from autonome.domain.choices import PolicyName
from autonome.domain.errors import SettingError
from autonome.venue.profile import VenueProfile

__all__ = ["DEFAULT_CAPITAL", "read_arena_file", "read_arena_name"]

DEFAULT_CAPITAL: Final = Decimal(10_000)
_MOST_BYTES: Final = 1_000_000


def read_arena_file(
    path: Path | None, environment: Mapping[str, str], *, may_lack_keys: bool = False
) -> ArenaPlan:
    """Return what ``path`` plans, with keys from ``environment``; ``None`` plans the defaults.

    Paths in the file are relative to its folder. A process that is not alone may lack keys.

    Raises:
        SettingError: the file cannot be read or has a mistake; the message names the file and the
            key, and never repeats a secret.
    """
    place = Place("the defaults" if path is None else str(path))
    file = ArenaFile() if path is None else _parsed(path, place)
    folder = Path.cwd() if path is None else path.absolute().parent
    profile = profile_plan(file, folder, place)
    tables = _default_arms(environment) if file.arms is None else file.arms
    endpoints = Endpoints(file.endpoints, environment, place, may_lack_keys=may_lack_keys)
    arms = tuple(
        arm
        for number, table in enumerate(tables, start=1)
        for arm in _arms(table, number, endpoints, place)
    )
    _require_one_each(arms, place)
    return ArenaPlan(
        file=path,
        name=_arena_name(file.arena.name, place),
        cadence_minutes=file.arena.cadence,
        capital=_capital(file.arena.capital, profile, place),
        symbols=file.arena.symbols,
        profile=profile,
        seed=file.arena.seed,
        market=market_plan(file.market, folder, place),
        endpoints=endpoints.used,
        offered=endpoints.offered(),
        may_lack_keys=may_lack_keys,
        arms=arms,
    )


def read_arena_name(path: Path) -> str | None:
    """Return the arena that a file names, if it names one; nothing else of it is looked at.

    Raises:
        SettingError: the file cannot be read, or names what no arena may be called.
    """
    place = Place(str(path))
    table = _values(path, place).get("arena")
    name = table.get("name") if isinstance(table, dict) else None
    if not isinstance(name, str | None):
        raise place.refusal(
            "arena.name", f"expected text, found {name!r}.", remedy="Put it into quotes."
        )
    return _arena_name(name, place)


def _parsed(path: Path, place: Place) -> ArenaFile:
    try:
        return ArenaFile.model_validate(_values(path, place))
    except ValidationError as error:
        raise mistake(error, place) from None


def _values(path: Path, place: Place) -> dict[str, Any]:
    try:
        with path.open("rb") as opened:
            content = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise place.refusal(
            "", f"expected an arena's file: {error.strerror}.", remedy="Name another file."
        ) from error
    if len(content) > _MOST_BYTES:
        raise place.refusal(
            "", f"expected at most {_MOST_BYTES:,} bytes, found more.", remedy="Name another file."
        )
    try:
        return tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise place.refusal(
            "", f"expected TOML in UTF-8: {error}.", remedy="Correct the file."
        ) from None


def _arena_name(name: str | None, place: Place) -> str | None:
    if name is None:
        return None
    from autonome.ledger.arenas import check_arena

    try:
        return check_arena(name)
    except SettingError as error:
        raise place.refusal("arena.name", error.problem, remedy=error.remedy) from None


def _capital(stated: Decimal | None, profile: VenueProfile, place: Place) -> Decimal:
    try:
        return read_capital(stated or profile.starting_capital or DEFAULT_CAPITAL)
    except ValueError as error:
        raise place.refusal(
            "arena.capital",
            f"expected {error}, found {profile.starting_capital} in the profile.",
            remedy="State a capital of your own.",
        ) from None


def _default_arms(environment: Mapping[str, str]) -> tuple[ArmTable, ...]:
    """Return the rules, the controls, and each variant by each provider whose key is there."""
    llm = (
        LlmTable(
            model=provider.model,
            endpoint=name,
            price_in=provider.price.input if provider.price else None,
            price_out=provider.price.output if provider.price else None,
        )
        for name, provider in PROVIDERS.items()
        if environment.get(provider.variable, "").strip()
    )
    return (RulesTable(), ControlsTable(), *llm)


def _arms(table: ArmTable, number: int, endpoints: Endpoints, place: Place) -> Iterator[ArmPlan]:
    match table:
        case RulesTable():
            yield RulesPlan(policy=PolicyName(table.policy))
        case ControlsTable():
            yield ControlsPlan(replicas=table.replicas)
        case AgentTable():
            yield AgentPlan(reference=table.agent, policy=PolicyName(table.policy), number=number)
        case LlmTable():
            yield from llm_arms(table, number, endpoints, place)


def _require_one_each(arms: tuple[ArmPlan, ...], place: Place) -> None:
    """Refuse two arms that nobody could tell apart."""
    seen: set[str] = set()
    for arm in arms:
        match arm:
            case LlmPlan():
                label, remedy = arm.name, "Give one of them another name."
            case AgentPlan():
                label, remedy = arm.reference, "Leave one out."
            case RulesPlan():
                label, remedy = 'kind = "rules"', "Leave one out."
            case ControlsPlan():
                label, remedy = 'kind = "controls"', "Leave one out; replicas = 2 gives more."
        if label in seen:
            raise place.refusal(
                "arms", f"expected each arm once, found {label!r} twice.", remedy=remedy
            )
        seen.add(label)
