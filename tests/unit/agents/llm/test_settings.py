"""Settings of a model that cannot work as they say are refused; light modules stay light."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from autonome.agents.llm.settings import OPENROUTER, Dialect, Endpoint, LlmSettings, Price
from autonome.domain.errors import SettingError
from autonome.domain.value import changed

LOCAL = Endpoint(name="local", base_url="http://127.0.0.1:11434/v1")
SETTINGS = LlmSettings(name="arm", model="maker/model-1", endpoint=LOCAL)


@pytest.mark.parametrize(
    "other",
    [
        {"deadline_ms": 0},
        {"most_steps": 0},
        {"most_output_tokens": 0},
        {"most_answer_bytes": 10},
        {"tokens_per_day": -1},
        {"money_per_day": Decimal(-1)},
        {"money_per_day": Decimal(1)},
        {"temperature": Decimal("-0.1")},
        {"upstream": "groq"},
        {"endpoint": OPENROUTER, "model": "model-1"},
    ],
)
def test_settings_under_which_no_turn_can_run_are_refused(other: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        changed(SETTINGS, **other)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://host/v1", ("https", "host", 443)),
        ("http://host:8000/v1", ("http", "host", 8000)),
        ("https://HOST/api", ("https", "host", 443)),
        ("http://[::1]:11434/v1", ("http", "::1", 11434)),
    ],
)
def test_an_endpoint_knows_to_what_its_keys_belong(url: str, origin: tuple[str, str, int]) -> None:
    assert Endpoint(name="e", base_url=url).origin == origin


@pytest.mark.parametrize("url", ["", "host/v1", "ftp://host/v1", "http://host:x/v1", "https://"])
def test_an_address_that_no_key_could_belong_to_is_refused(url: str) -> None:
    with pytest.raises(SettingError):
        Endpoint(name="e", base_url=url)


def test_an_address_with_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingError) as refused:
        Endpoint(name="e", base_url="https://user:pa55@host/v1", dialect=Dialect.OPENROUTER)
    assert "pa55" not in str(refused.value)


def test_a_price_below_zero_is_refused() -> None:
    with pytest.raises(SettingError):
        Price(input=Decimal(1), output=Decimal(-1))


@pytest.mark.parametrize("module", ["settings", "answer", "desk", "keys", "budget", "agent"])
def test_what_describes_a_model_loads_no_library_of_models(module: str) -> None:
    code = (
        f"import sys, autonome.agents.llm.{module};"
        "print(*{'pydantic_ai', 'openai', 'httpx', 'httpx2'} & set(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
