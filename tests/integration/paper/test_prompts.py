"""What ``autonome prompt`` shows is what a model is sent, and showing it changes nothing."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from autonome.agents.actions import CreatePosition
from autonome.agents.llm.answer import Answer, Attempt
from autonome.agents.llm.budget import Spent
from autonome.agents.prompts import Prompt
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.bootstrap.arena_file.plan import ArenaPlan
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.paper import running
from autonome.bootstrap.paper.prompts import sent_now
from autonome.config import Settings
from autonome.domain.choices import OrderSide
from autonome.domain.errors import SettingError
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.content import content_hash
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.market.feeds.playback import Playback
from autonome.venue.simulated.candle_venue import CandleVenue

ARENA = "asked"
FILE = """
[arena]
symbols = ["BTC", "ETH"]
[market]
history = "2d"
[endpoints.local]
url = "http://127.0.0.1:9/v1"
keys = []
[[arms]]
kind = "rules"
[[arms]]
kind = "llm"
name = "Local"
variant = "Apex"
model = "scripted"
endpoint = "local"
"""


@pytest.fixture
def plan(tmp_path: Path) -> ArenaPlan:
    (tmp_path / "autonome.toml").write_text(FILE, encoding="utf-8")
    return read_arena_file(tmp_path / "autonome.toml", {})


def settings_of(home: Path, url: str | None) -> Settings:
    return Settings(home=home, database_url=None if url is None else SecretStr(url))


def run_until_asked_twice(plan: ArenaPlan, url: str) -> Prompt:
    """Run the arena until its model, which entered when first asked, is asked again."""
    with transaction(url, ARENA) as connection:
        upgrade(connection, ARENA)
    with connect(url, arena=ARENA, autocommit=True) as raw:
        arena, playback = running.arena_of(plan, running.found_in(url, ARENA), PostgresJournal(raw))
        (model,) = [arm for arm in arena.arms if isinstance(arm, ThinkingArm)]
        first = _asked(arena, playback, model)
        model.answered(first, _entry(arena.stage.mark_price("BTC", arena.stage.clock.end)))
        return _asked(arena, playback, model).prompt


def _asked(arena: PaperArena, playback: Playback, model: ThinkingArm) -> Question:
    tick = None
    while tick is None:
        market = playback.until(arena.stage.clock.end + 1)
        assert market is not None
        venue = arena.stage.venue
        grown = CandleVenue(profile=venue.profile, market=market, seed=venue.seed)
        tick = arena.close_minute(grown)
    today = datetime.now(UTC).date().isoformat()
    return model.question(tick.observation, tick.snapshot, today=today)


def _entry(mark: Decimal) -> Answer:
    entry = CreatePosition(
        symbol="BTC",
        side=OrderSide.LONG,
        notional=Decimal(1_000),
        leverage=Decimal(2),
        exit_plan=ExitPlan(stop=mark * Decimal("0.9"), target=mark * 2),
        reason="a test",
    )
    return Answer(
        response="I buy.",
        calls=(Attempt(action=entry),),
        payload={"state": "COMPLETED"},
        cost=Decimal("0.25"),
        tokens=1_000,
        spent=Spent(tokens=1_000, cost=Decimal("0.25")),
    )


def test_what_is_shown_of_a_running_arena_is_what_its_model_was_sent(
    plan: ArenaPlan, database_url: str, tmp_path: Path
) -> None:
    asked = run_until_asked_twice(plan, database_url)
    before = content_hash(database_url, arena=ARENA)
    sent = sent_now(settings_of(tmp_path, database_url), plan, ARENA, arm="Local")
    assert "BTC LONG" in asked.user
    assert sent.prompt.system == asked.system
    # Its turn goes on: until it is answered, it counts with its most.
    budget = re.compile(r"[0-9]+ tokens")
    assert budget.sub("", sent.prompt.user) == budget.sub("", asked.user)
    assert "1999000 tokens" in asked.user
    assert "1999000 tokens" not in sent.prompt.user
    assert not sent.is_new
    assert content_hash(database_url, arena=ARENA) == before
    with connect(database_url, arena=ARENA) as connection:
        assert connection.execute('SELECT DISTINCT epoch FROM "Arms"').fetchall() == [(1,)]
        states = """SELECT "responsePayload"->>'state' FROM "Invocations" ORDER BY "createdAt" """
        assert connection.execute(states).fetchall()[-1] == ("RUNNING",)


def test_an_arena_without_a_record_begins_and_no_database_is_made_for_it(
    plan: ArenaPlan, tmp_path: Path
) -> None:
    sent = sent_now(settings_of(tmp_path / "home", None), plan, ARENA, arm="Local")
    assert sent.is_new
    assert "NAV 10000.00 | return 0.00 %" in sent.prompt.user
    assert not (tmp_path / "home").exists()
    names = [tool["name"] for tool in json.loads(sent.tools)]
    assert {"create_position", "close_position", "holding"} <= set(names)
    assert sent.prompt.system in sent.text
    assert sent.prompt.user in sent.text


def test_a_database_without_the_arena_is_left_without_it(
    plan: ArenaPlan, database_url: str, tmp_path: Path
) -> None:
    assert sent_now(settings_of(tmp_path, database_url), plan, ARENA, arm="Local").is_new
    with connect(database_url) as connection:
        assert connection.execute(
            "SELECT count(*) FROM information_schema.schemata WHERE schema_name = %s", [ARENA]
        ).fetchall() == [(0,)]


@pytest.mark.parametrize("arm", ["Apex rules", "Nobody"])
def test_an_arm_that_asks_no_model_is_refused_and_the_models_are_named(
    plan: ArenaPlan, tmp_path: Path, arm: str
) -> None:
    with pytest.raises(SettingError, match=f"found '{arm}'") as refused:
        sent_now(settings_of(tmp_path, None), plan, ARENA, arm=arm)
    assert "Local" in refused.value.remedy
