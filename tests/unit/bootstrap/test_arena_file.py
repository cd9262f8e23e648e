"""What an arena's file comes to, and what stands where it says nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from autonome.agents.llm.settings import Dialect, LlmSettings, Price
from autonome.bootstrap.arena_file.plan import AgentPlan, ControlsPlan, LlmPlan, RulesPlan
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.domain.choices import PolicyName
from autonome.domain.variants import VARIANT_IDS
from unit.bootstrap.files import KEY, LLM, only_llm, read

WHOLE = """
[arena]
name = "spring"
cadence = "15m"
capital = "2500.50"
symbols = ["BTC", "DOGE"]
profile = "binance-perp"
seed = 7
[arena.set]
taker_fee_bps = 4.5
slippage_bps = "0..10"
BTC.tick = "0.5"
[market]
source = "ccxt:kraken"
history = "10d"
[endpoints.openrouter]
url = "https://openrouter.ai/api/v1/"
keys = ["FIRST_KEY", "SECOND_KEY"]
[[arms]]
kind = "rules"
policy = "control"
[[arms]]
kind = "controls"
replicas = 3
[[arms]]
kind = "agent"
agent = "my_agents:EmaCross"
[[arms]]
kind = "llm"
name = "Mini"
variant = "Sovereign"
model = "openai/gpt-5-mini"
endpoint = "openrouter"
temperature = "0.7"
reasoning_effort = "medium"
tool_choice = "required"
upstream = "openai"
deadline = "90s"
steps = 4
tokens_per_day = 1000
money_per_day = 5
price_in = 0.15
price_out = "0.60"
policy = "standard"
replicas = 1
"""


def test_every_key_reaches_the_plan(tmp_path: Path) -> None:
    plan = read(tmp_path, WHOLE, {"FIRST_KEY": "one", "SECOND_KEY": " two\n"})
    assert plan.file == tmp_path / "autonome.toml"
    assert (plan.name, plan.cadence_minutes, plan.capital) == ("spring", 15, Decimal("2500.50"))
    assert (plan.symbols, plan.seed) == (("BTC", "DOGE"), 7)
    assert plan.profile.taker_fee_bps == Decimal("4.5")
    assert plan.profile.slippage("DOGE").high == 10
    assert plan.profile.instrument("BTC").tick == Decimal("0.5")
    market = plan.market
    assert (market.kind, market.exchange, market.folder) == ("ccxt", "kraken", None)
    assert (market.speed, market.history_minutes) == (1, 14_400)
    [server] = plan.endpoints
    assert [key.get_secret_value() for key in server.keys] == ["one", "two"]
    assert server.endpoint.base_url == "https://openrouter.ai/api/v1"
    assert server.endpoint.dialect is Dialect.OPENROUTER
    assert plan.arms == (
        RulesPlan(policy=PolicyName.CONTROL),
        ControlsPlan(replicas=3),
        AgentPlan(reference="my_agents:EmaCross", policy=PolicyName.STANDARD, number=3),
        LlmPlan(
            name="Mini",
            variant="Sovereign",
            replica=1,
            policy=PolicyName.STANDARD,
            settings=LlmSettings(
                name="Mini",
                model="openai/gpt-5-mini",
                endpoint=server.endpoint,
                temperature=Decimal("0.7"),
                reasoning_effort="medium",
                tool_choice="required",
                upstream="openai",
                deadline_ms=90_000,
                most_steps=4,
                tokens_per_day=1_000,
                money_per_day=Decimal(5),
                price=Price(input=Decimal("0.15"), output=Decimal("0.60")),
            ),
        ),
    )


def test_without_a_file_and_without_keys_rules_and_controls_compete_on_a_synthetic_market() -> None:
    plan = read_arena_file(None, {"OPENAI_API_KEY": "  "})
    assert plan.file is None
    assert plan.name is None
    assert (plan.cadence_minutes, plan.capital, plan.seed) == (5, Decimal(10_000), 0)
    assert plan.symbols == ("BTC", "ETH", "SOL", "XRP", "BNB")
    assert plan.profile.name == "binance-perp"
    assert (plan.market.kind, plan.market.speed) == ("synthetic", 60)
    assert plan.market.history_minutes == 43_200
    assert plan.arms == (RulesPlan(policy=PolicyName.STANDARD), ControlsPlan(replicas=1))
    assert plan.endpoints == ()


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("OPENROUTER_API_KEY", "https://openrouter.ai/api/v1"),
        ("NVIDIA_API_KEY", "https://integrate.api.nvidia.com/v1"),
        ("OPENAI_API_KEY", "https://api.openai.com/v1"),
    ],
)
def test_a_known_key_in_the_environment_adds_an_arm_of_each_variant(
    variable: str, url: str
) -> None:
    plan = read_arena_file(None, {variable: KEY})
    arms = [arm for arm in plan.arms if isinstance(arm, LlmPlan)]
    assert tuple(arm.variant for arm in arms) == VARIANT_IDS
    [server] = plan.endpoints
    assert server.endpoint.base_url == url
    assert [key.get_secret_value() for key in server.keys] == [KEY]
    assert all(arm.settings.endpoint == server.endpoint for arm in arms)


def test_all_known_keys_together_give_arms_of_different_names() -> None:
    variables = ("OPENROUTER_API_KEY", "NVIDIA_API_KEY", "OPENAI_API_KEY")
    plan = read_arena_file(None, dict.fromkeys(variables, KEY))
    names = [arm.name for arm in plan.arms if isinstance(arm, LlmPlan)]
    assert len(set(names)) == len(names) == 12


def test_a_file_without_arms_has_the_arms_of_the_defaults(tmp_path: Path) -> None:
    plan = read(tmp_path, "[arena]\nseed = 3\n")
    assert plan.seed == 3
    assert plan.arms == read_arena_file(None, {"OPENROUTER_API_KEY": KEY}).arms


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("", [f"model-1 {each}" for each in VARIANT_IDS]),
        ('name = "Mini"', [f"Mini {each}" for each in VARIANT_IDS]),
        ('variant = "Sovereign"', ["model-1 Sovereign"]),
        ('variant = "Sovereign"\nname = "Mini"', ["Mini"]),
        ('variant = "Sovereign"\nname = "Mini"\nreplicas = 2', ["Mini 1", "Mini 2"]),
    ],
)
def test_the_arms_of_a_table_are_told_apart_by_name(
    tmp_path: Path, keys: str, names: list[str]
) -> None:
    plan = read(tmp_path, LLM + keys)
    arms = [arm for arm in plan.arms if isinstance(arm, LlmPlan)]
    assert [arm.name for arm in arms] == names
    assert [arm.settings.name for arm in arms] == names


@pytest.mark.parametrize(
    ("keys", "money"),
    [("", None), ("price_in = 1\nprice_out = 2", Decimal(1))],
)
def test_an_arm_with_prices_has_a_budget_of_money_by_default(
    tmp_path: Path, keys: str, money: Decimal | None
) -> None:
    settings = only_llm(read(tmp_path, LLM + keys)).settings
    assert settings.tokens_per_day == 2_000_000
    assert settings.money_per_day == money


@pytest.mark.parametrize(
    ("source", "profile", "speed"),
    [("synthetic", "binance-perp", 60), ("live", "lighter-standard", 1)],
)
def test_the_market_decides_the_default_venue_and_speed(
    tmp_path: Path, source: str, profile: str, speed: int
) -> None:
    plan = read(tmp_path, f'[market]\nsource = "{source}"\n')
    assert (plan.profile.name, plan.market.speed) == (profile, speed)


def test_paths_are_sought_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "candles").mkdir()
    plan = read(tmp_path, '[market]\nsource = "replay:candles"\nspeed = 600\n')
    assert plan.market.folder == tmp_path / "candles"
    assert (plan.market.kind, plan.market.speed) == ("replay", 600)


@pytest.mark.parametrize("source", ["live", "ccxt:kraken"])
def test_a_live_market_may_list_symbols_that_no_profile_has(tmp_path: Path, source: str) -> None:
    plan = read(tmp_path, f'[arena]\nsymbols = ["kPEPE"]\n[market]\nsource = "{source}"\n')
    assert plan.symbols == ("kPEPE",)


def test_the_profile_decides_the_capital_where_the_file_does_not(tmp_path: Path) -> None:
    assert read(tmp_path, "[arena.set]\nstarting_capital = 500\n").capital == 500
    assert read(
        tmp_path, "[arena]\ncapital = 0.01\n[arena.set]\nstarting_capital = 500\n"
    ).capital == Decimal("0.01")


def test_overrides_that_only_fit_together_are_put_in_together(tmp_path: Path) -> None:
    # Lot times tick must be a multiple of 1e-8: this lot does not fit the tick of 0.1.
    plan = read(tmp_path, '[arena.set]\nBTC.lot = "0.00000001"\nBTC.tick = 1\n')
    assert plan.profile.instrument("BTC").lot == Decimal("0.00000001")


def test_a_process_that_is_not_alone_may_lack_a_key_and_knows_which(tmp_path: Path) -> None:
    path = tmp_path / "autonome.toml"
    path.write_text(LLM, encoding="utf-8")
    (lacking,) = read_arena_file(path, {}, may_lack_keys=True).endpoints
    assert (lacking.missing, lacking.keys) == ("OPENROUTER_API_KEY", ())
    (whole,) = read_arena_file(path, {"OPENROUTER_API_KEY": KEY}, may_lack_keys=True).endpoints
    assert (whole.missing, len(whole.keys)) == (None, 1)
