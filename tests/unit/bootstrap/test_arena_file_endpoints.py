"""Endpoints and keys of an arena's file: each key goes to its own host, and is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonome.agents.llm.settings import Dialect
from unit.bootstrap.files import KEY, LLM, only_llm, read, refused

SECRETS = [
    KEY,
    "sk-proj-Ab12",
    "nvapi-0123456789abcdefghij",
    "gsk_0123456789abcdefghij",
    "AIzaSyA0123456789abcdefghijklmnopqrstuv",
    "0123456789abcdef0123456789abcdef",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345",
]


def _endpoint(keys: str, *, name: str = "openrouter") -> str:
    return f"[endpoints.{name}]\n{keys}\n" + LLM.replace('"openrouter"', f'"{name}"')


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "text",
    [
        'keys = ["{}"]',
        'keys = "{}"',
        'api_key = "{}"',
        'url = "{}"',
        'url = "https://user:{}@host/v1"',
        'url = "https://host/v1?key={}"',
        'dialect = "{}"',
        '"{}" = 1',
    ],
)
def test_a_key_written_into_the_file_is_refused_and_not_repeated(
    tmp_path: Path, text: str, secret: str
) -> None:
    error = refused(tmp_path, _endpoint(text.format(secret)))
    assert secret not in error.problem
    assert secret not in error.remedy
    assert error.__cause__ is None


@pytest.mark.parametrize("secret", SECRETS[:2])
@pytest.mark.parametrize(
    "text",
    [
        '[arena]\nname = "{}"\n',
        '[arena]\nprofile = "{}"\n',
        '[arena.set]\n"{}" = 1\n',
        '[market]\nsource = "{}"\n',
        '[endpoints."{}"]\n',
        '[[arms]]\nkind = "{}"\n',
        LLM + 'upstream = "a b {}"',
        LLM.replace("openrouter", "{}"),
    ],
)
def test_a_key_in_a_wrong_place_is_not_repeated(tmp_path: Path, text: str, secret: str) -> None:
    error = refused(tmp_path, text.format(secret))
    assert secret not in error.problem + error.remedy


def test_keys_do_not_show_in_the_words_of_a_plan(tmp_path: Path) -> None:
    plan = read(tmp_path, LLM)
    assert plan.endpoints[0].keys[0].get_secret_value() == KEY
    assert KEY not in repr(plan)
    assert KEY not in str(plan.endpoints)


@pytest.mark.parametrize("environment", [{}, {"A_KEY": ""}, {"A_KEY": " \n"}, {"A_KEY": "a b"}])
def test_a_key_that_an_arm_needs_must_be_in_the_environment(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    error = refused(tmp_path, _endpoint('keys = ["A_KEY"]'), environment)
    assert "endpoints.openrouter.keys[1]" in error.problem
    assert "A_KEY" in error.remedy


def test_a_key_that_no_arm_needs_may_be_missing(tmp_path: Path) -> None:
    text = '[endpoints.other]\nurl = "https://host/v1"\nkeys = ["A_KEY"]\n[[arms]]\nkind = "rules"'
    assert read(tmp_path, text, {}).endpoints == ()


def test_an_endpoint_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    plan = read(tmp_path, _endpoint('url = "http://localhost:11434/v1/"', name="local"), {})
    assert plan.endpoints[0].keys == ()
    endpoint = only_llm(plan).settings.endpoint
    assert endpoint == plan.endpoints[0].endpoint
    assert endpoint.base_url == "http://localhost:11434/v1"
    assert endpoint.dialect is Dialect.OPENAI


def test_the_key_of_a_known_provider_does_not_go_to_another_host(tmp_path: Path) -> None:
    plan = read(tmp_path, _endpoint('url = "https://elsewhere.example/v1"'))
    assert plan.endpoints[0].keys == ()


def test_an_endpoint_may_say_that_it_speaks_as_openrouter_does(tmp_path: Path) -> None:
    text = _endpoint('url = "http://127.0.0.1:1/v1"\ndialect = "openrouter"', name="local")
    plan = read(tmp_path, text + 'upstream = "maker"')
    assert only_llm(plan).settings.endpoint.dialect is Dialect.OPENROUTER
    assert only_llm(plan).settings.upstream == "maker"


@pytest.mark.parametrize(
    ("url", "is_good"),
    [
        ("https://host.example/v1", True),
        ("https://host.example:8443/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://10.0.0.5:8000/v1", True),
        ("http://vllm:8000/v1", True),
        ("http://host.example/v1", False),
        ("http://8.8.8.8/v1", False),
        ("ftp://host.example/v1", False),
        ("host.example/v1", False),
        ("https:///v1", False),
        ("https://host.example:99999/v1", False),
        ("https://[::1/v1", False),
        ("https://host.example/v1#part", False),
        ("", False),
    ],
)
def test_a_base_url_is_https_or_near(tmp_path: Path, url: str, is_good: bool) -> None:
    text = _endpoint(f'url = "{url}"', name="other")
    if is_good:
        assert only_llm(read(tmp_path, text)).settings.endpoint.base_url == url
    else:
        assert "endpoints.other.url: expected" in refused(tmp_path, text).problem
