"""Mistakes in an arena's file: each is refused by name, with what to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.arena_file.tables import (
    ARM_TABLES,
    ArenaFile,
    ArenaTable,
    EndpointTable,
    MarketTable,
)
from autonome.domain.errors import SettingError
from unit.bootstrap.files import LLM, read, refused

RULES = '[[arms]]\nkind = "rules"\n'


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("[arena]\ncadance = 1", "arena.cadance: expected a known key", "mean 'cadence'?"),
        ("[arean]\n", "arean: expected a known key", "mean 'arena'?"),
        ("[market]\nsped = 2", "market.sped: expected a known key", "mean 'speed'?"),
        ("[endpoints.a]\nkey = 2", "endpoints.a.key: expected a known key", "mean 'keys'?"),
        (LLM + "temprature = 1", "arms[1].temprature: expected a known", "mean 'temperature'?"),
        (RULES + LLM + "tokens = 1", "arms[2].tokens: expected a known key", "tokens_per_day"),
        (RULES + "replicas = 2", "arms[1].replicas: expected a known key", "kind, policy."),
        (
            '[[arms]]\nkind = "rule"',
            "arms[1].kind: expected one of 'rules', 'controls'",
            "'rules'?",
        ),
        ("[[arms]]\nkind = 3", "arms[1].kind: expected one of", "Correct it."),
        ("[[arms]]\nkind = []", "arms[1].kind: expected one of", "Correct it."),
        ("[[arms]]\n", "arms[1].kind: expected one of", "Add it."),
        ('[arms]\nkind = "rules"', "arms: expected a list, found a table.", "[[arms]]"),
        ("arms = []", "arms: expected at least 1 of them", "Correct it."),
        ("arms = [1]", "arms[1]: expected a table, found 1.", "Correct it."),
        ("arena = 1", "arena: expected a table, found 1.", "Correct it."),
        ('[[arms]]\nkind = "llm"\nendpoint = "a"', "arms[1].model: expected a value, found", "Add"),
        ('[arena]\nname = "Pg Arena"', "arena.name: expected an arena's name", "'public'"),
        ('[arena]\ncadence = "5"', "arena.cadence: expected a length of time from 1m", "Correct"),
        ("[arena]\ncadence = 5", "arena.cadence: expected a length of time from 1m", "Correct"),
        ('[arena]\ncadence = "90s"', "in whole m, found '90s'", "Correct"),
        ('[arena]\ncadence = "2d"', "arena.cadence: expected a length of time", "Correct"),
        ('[arena]\ncapital = "0"', "arena.capital: expected quote from 0.01", "Correct"),
        ('[arena]\ncapital = "1_000"', "arena.capital: expected quote from 0.01", "Correct"),
        ("[arena]\ncapital = 0.001", "arena.capital: expected quote from 0.01", "Correct"),
        ("[arena]\ncapital = nan", "arena.capital: expected quote", "Correct"),
        ("[arena]\ncapital = 1e999999999", "arena.capital: expected quote", "Correct"),
        ("[arena]\ncapital = true", "arena.capital: expected quote", "Correct"),
        ("[arena]\nsymbols = []", "arena.symbols: expected at least 1", "Correct"),
        ('[arena]\nsymbols = "BTC"', "arena.symbols: expected a list, found 'BTC'", "Correct"),
        ('[arena]\nsymbols = ["BTC", "BTC"]', "arena.symbols: expected each entry once", "Correct"),
        ('[arena]\nsymbols = ["BTC", 3]', "arena.symbols[2]: expected a symbol", "Correct"),
        ('[arena]\nsymbols = ["XXX"]', "arena.symbols: expected a symbol of binance-perp", "BTC"),
        ("[arena]\nseed = -1", "arena.seed: expected a whole number of at least 0", "Correct"),
        ("[arena]\nseed = 1.5", "arena.seed: expected a whole number, found 1.5", "Correct"),
        ('[arena]\nprofile = "nyse"', "arena.profile: expected a venue profile", "binance-perp"),
        ('[arena]\nprofile = "my.toml"', "arena.profile: expected a venue profile", "TOML"),
        (
            "[arena.set]\nfees = 1",
            "arena.set: expected a setting of binance-perp, found 'fees'",
            "Choose",
        ),
        (
            "[arena.set]\nBTC.tick = -1",
            "arena.set: Venue profile 'binance-perp', instruments.BTC.tick",
            "Correct",
        ),
        ("[arena.set]\nstarting_capital = 0.001", "arena.capital: expected quote", "State"),
        ('[market]\nsource = "dreams"', "market.source: expected synthetic, replay:DIR", "ccxt:"),
        ('[market]\nsource = "replay:gone"', "market.source: expected a folder", "folder"),
        ('[market]\nsource = "ccxt:"', "market.source: expected synthetic", "ccxt:"),
        ("[market]\nspeed = 0", "market.speed: expected a whole number of at least 1", "Correct"),
        ("[market]\nspeed = 4000", "market.speed: expected a whole number of at most 3,6", "Corr"),
        ('[market]\nsource = "live"\nspeed = 2', "market.speed: expected 1 on a live", "Leave"),
        ('[market]\nhistory = "1h"', "market.history: expected a length of time", "Correct"),
        (
            '[market]\nsource = "live"\nrest = "https://host"',
            "market.stream: expected both addresses",
            "Name both",
        ),
        (
            '[market]\nrest = "https://host"',
            "market.rest: expected an address for a market that is live alone",
            "Leave it out",
        ),
        (
            '[market]\nsource = "live"\nrest = "https://host"\nstream = "https://host/stream"',
            "market.stream: expected the URL of a stream",
            "Correct",
        ),
        ("[endpoints.Mine]\n", "endpoints.Mine: expected an endpoint's name", "Correct"),
        ('[[arms]]\nkind = "agent"\nagent = "a.py"', "arms[1].agent: expected module:Class", ""),
        (
            LLM.replace("openr", "openn"),
            "arms[1].endpoint: expected an endpoint's name",
            "router'?",
        ),
        (LLM + 'variant = "sovereign"', "arms[1].variant: expected one of", "Correct"),
        (LLM + 'name = " x"', "arms[1].name: expected a name", "Correct"),
        (LLM + "temperature = 2.5", "arms[1].temperature: expected a number from 0 to 2", "Corr"),
        (LLM + 'reasoning_effort = "hihg"', "arms[1].reasoning_effort: expected one", "'high'?"),
        (LLM + 'tool_choice = "none"', "arms[1].tool_choice: expected one of", "Correct"),
        (LLM + 'deadline = "2h"', "arms[1].deadline: expected a length of time", "Correct"),
        (LLM + "steps = 0", "arms[1].steps: expected a whole number of at least 1", "Correct"),
        (LLM + 'policy = "as-written"', "arms[1].policy: expected one of", "Correct"),
        (LLM + "replicas = 101", "arms[1].replicas: expected a whole number of at most 1", "Corr"),
        (LLM + "price_in = 1", "arms[1].price_out: expected both prices", "Add it."),
        (LLM + "money_per_day = 1", "arms[1].money_per_day: expected prices", "price_in"),
        (LLM.replace("maker/", ""), "arms[1]: expected a model as 'maker/model'", "Correct"),
        (RULES + RULES, "arms: expected each arm once, found 'kind = \"rules\"' twice", "Leave"),
        (LLM + LLM, "arms: expected each arm once, found 'model-1 ", "another name"),
    ],
)
def test_a_mistake_is_refused_by_the_name_of_its_key(
    tmp_path: Path, text: str, problem: str, remedy: str
) -> None:
    error = refused(tmp_path, text)
    assert problem in error.problem
    assert remedy in error.remedy


@pytest.mark.parametrize(
    "content",
    [
        b"[arena",
        b"\xff\xfe",
        b"seed = " + b"1" * 5_000,
        b"a = " + b"[" * 100_000,
        b"# " + b"x" * 1_000_001,
        b"[arena.set]\n" + b".".join([b"a"] * 10_000) + b" = 1",
        b"[arena]\nseed = 1\nseed = 2",
        b"[arena]\nseed = 2026-13-45",
    ],
    ids=["open", "bytes", "digits", "nested", "long", "deep", "twice", "date"],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.toml"):
        with pytest.raises(SettingError, match="expected an arena's file"):
            read_arena_file(path, {})


def test_a_byte_order_mark_does_not_count(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbf[arena]\nseed = 4\n").seed == 4


NASTY = [
    *("true", "-1", "0", "1.5", "nan", "-inf", "1e999999999", str(2**80), "2026-01-01", "12:00:00"),
    *(
        '""',
        '" "',
        '"\\u0000"',
        '"~nobody-here/x.toml"',
        '"\\u0000.toml"',
        '"{0}"',
        '"%s"',
        '"\\U0001F600"',
    ),
    *("[]", "[[]]", "[{}]", "{}", "{a = {b = []}}", '["a", 1]', '"replay:~nobody-here"'),
]


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("kind", ["arena", "market", "endpoints", "arms", *ARM_TABLES])
def test_no_value_at_any_key_ends_in_another_error(tmp_path: Path, kind: str, nasty: str) -> None:
    texts = [f"{kind} = {nasty}"] if kind in ArenaFile.model_fields else []
    table = {"arena": ArenaTable, "market": MarketTable, "endpoints": EndpointTable} | ARM_TABLES
    needed = {"agent": 'agent = "a:B"\n', "llm": 'model = "a/b"\nendpoint = "openrouter"\n'}
    for key in table[kind].model_fields if kind in table else ():
        if kind in ARM_TABLES:
            lines = f'kind = "{kind}"\n{needed.get(kind, "")}'.splitlines()
            kept = [line for line in lines if not line.startswith(f"{key} ")]
            texts.append("\n".join(["[[arms]]", *kept, f"{key} = {nasty}"]))
        else:
            head = "[endpoints.openrouter]" if kind == "endpoints" else f"[{kind}]"
            texts.append(f"{head}\n{key} = {nasty}\n")
    for text in texts:
        with suppress(SettingError):
            read(tmp_path, text)
