"""The guide to the arena's file names every key, its default, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import BaseModel

from autonome.bootstrap.arena_file.providers import PROVIDERS
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.arena_file.tables import (
    ARM_TABLES,
    ArenaFile,
    ArenaTable,
    EndpointTable,
    MarketTable,
)
from unit.bootstrap.files import LLM, only_llm, read

GUIDE = (Path(__file__).parents[3] / "docs" / "arena-file.md").read_text(encoding="utf-8")
TABLES: Mapping[str, type[BaseModel]] = {
    "[arena]": ArenaTable,
    "[market]": MarketTable,
    "[endpoints.NAME]": EndpointTable,
    **{f'kind = "{kind}"': table for kind, table in ARM_TABLES.items()},
}


def _rows(heading: str) -> list[tuple[str, str]]:
    """Return key and default of each row below a heading."""
    body = GUIDE.split(f"# `{heading}`\n", 1)[1].split("\n#", 1)[0]
    return re.findall(r"^\| `([a-z_]+)` \| (.*?) \|", body, flags=re.MULTILINE)


def _stated(heading: str) -> dict[str, str]:
    """Return the defaults that are a value of TOML and nothing else, by key."""
    rows = ((key, re.fullmatch(r"`(.*)`", default)) for key, default in _rows(heading))
    return {key: found[1] for key, found in rows if found}


@pytest.mark.parametrize("heading", TABLES)
def test_the_guide_names_the_keys_of_a_table(heading: str) -> None:
    assert [key for key, _ in _rows(heading)] == list(TABLES[heading].model_fields)


def test_the_guide_names_the_tables_of_the_file() -> None:
    named = re.findall(r"^## `\[+(\w+)[.\w]*\]+`$", GUIDE, flags=re.MULTILINE)
    assert named == list(ArenaFile.model_fields)


@pytest.mark.parametrize("heading", TABLES)
def test_a_key_without_a_stated_default_is_needed_or_described(heading: str) -> None:
    for key, default in _rows(heading):
        is_needed = TABLES[heading].model_fields[key].is_required() or key == "kind"
        assert (default == "needed") == is_needed, key


def test_the_stated_defaults_change_nothing_when_they_are_written_down(tmp_path: Path) -> None:
    arms = {kind: f'[[arms]]\nkind = "{kind}"\n' for kind in ("rules", "controls")}
    arms["agent"] = '[[arms]]\nkind = "agent"\nagent = "a:B"\n'
    arms["llm"] = LLM
    heads = {"[arena]": "[arena]\n", "[market]": "[market]\n"} | {
        f'kind = "{kind}"': head for kind, head in arms.items()
    }
    stated = {heading: _stated(heading) for heading in heads}
    assert sum(map(len, stated.values())) == 14
    written = "".join(
        head + "".join(f"{key} = {default}\n" for key, default in stated[heading].items())
        for heading, head in heads.items()
    )
    assert read(tmp_path, written) == read(tmp_path, "".join(heads.values()))


def test_the_example_of_the_guide_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    example = GUIDE.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)
    assert len(read(tmp_path, example).arms) == 3 + 4 + 4


def test_the_guide_names_the_known_providers_and_their_models() -> None:
    rows = re.findall(r"^\| `([A-Z_]+_KEY)` \| `(\w+)` \| `(\S+)` \|$", GUIDE, flags=re.MULTILINE)
    assert rows == [
        (provider.variable, name, provider.model) for name, provider in PROVIDERS.items()
    ]


def test_the_guide_says_what_the_defaults_are() -> None:
    plan = read_arena_file(None, {"OPENAI_API_KEY": "one"})
    settings = only_llm(plan).settings
    budget = f"{settings.tokens_per_day:,} tokens a day and, except at `nvidia`, USD "
    assert f"{budget}{settings.money_per_day}." in GUIDE
    assert f"at {plan.market.speed} times the speed of time" in GUIDE
    assert f"| the profile's, else {plan.capital} |" in GUIDE
    assert f"| {plan.profile.name}; lighter-standard when" in GUIDE
