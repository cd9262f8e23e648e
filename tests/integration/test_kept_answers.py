"""A replay of models, twice: what was answered once costs nothing again, and all is the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from autonome.arena.competitor import Entrant
from autonome.arena.replay import Replayed
from autonome.bootstrap.arms import ArmsOrder, agents_of, entrants_of
from autonome.bootstrap.asked_replay import AskedReplay, kept_or_asked
from autonome.config import Settings
from autonome.domain.errors import SettingError
from autonome.domain.instants import ms_of
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.content import content_hash
from autonome.ledger.journal.copying import fresh_arena
from autonome.market.market import Market
from autonome.market.synthetic import SyntheticMarket, synthesize
from autonome.testing.model_server import ModelServer
from autonome.testing.models.nasty import nasty_model, trading_model
from autonome.venue.profile import load_profile
from autonome.venue.simulated.candle_venue import CandleVenue

PROFILE = load_profile("binance-perp")
START = datetime(2026, 1, 5, tzinfo=UTC)
HOURS_MS = 2 * 60 * 60_000
TICKS = 24
ARMS = """
[endpoints.local]
url = "{url}"
keys = []
[[arms]]
kind = "llm"
name = "Local"
variant = "{variant}"
model = "scripted"
endpoint = "local"
replicas = 2
deadline = "10s"
"""


@pytest.fixture(scope="module")
def market() -> Market:
    instruments = [PROFILE.instrument(symbol) for symbol in ("BTC", "ETH")]
    made = synthesize(
        SyntheticMarket(start_ms=ms_of(START), days=1, seed=1),
        instruments,
        funding_interval_hours=PROFILE.funding_interval_hours,
    )
    return made.until(ms_of(START) + HOURS_MS)


def replayed(
    settings: Settings, market: Market, file: Path, arena: str, *, offline: bool = False
) -> Replayed:
    assert settings.database_url is not None
    with fresh_arena(settings.database_url.get_secret_value(), arena) as journal:
        replay = AskedReplay(
            venue=CandleVenue(profile=PROFILE, market=market, seed=1),
            journal=journal,
            asking=lambda: kept_or_asked(settings, file, offline=offline),
            cadence_minutes=5,
            seed=1,
        )
        return replay.run(entrants(market, file))


def entrants(market: Market, file: Path) -> list[Entrant]:
    order = ArmsOrder(
        arms=(f"llm:{file}", "rules"),
        agents=(),
        policy=None,
        capital=Decimal(10_000),
        replicas=1,
    )
    agents = agents_of(order, market, cadence_minutes=5, seed=1)
    return entrants_of(agents, order, start=market.start)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=SecretStr(database_url))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "models.toml"


def write_arms(file: Path, server: ModelServer) -> None:
    file.write_text(ARMS.format(url=server.url, variant=VARIANT_IDS[0]), encoding="utf-8")


def test_what_was_answered_once_is_not_asked_again_and_the_ledger_is_the_same(
    settings: Settings, market: Market, database_url: str, file: Path
) -> None:
    with ModelServer(trading_model(1)) as server:
        write_arms(file, server)
        first = replayed(settings, market, file, "first")
        asked = len(server.requests)
        assert asked >= 2 * first.cycles == 2 * TICKS
        replayed(settings, market, file, "second")
        assert len(server.requests) == asked
    replayed(settings, market, file, "third", offline=True)
    hashes = {content_hash(database_url, arena=arena) for arena in ("first", "second", "third")}
    assert len(hashes) == 1
    with psycopg.connect(database_url) as connection:
        fills = connection.execute('SELECT count(*) FROM third."Fills"').fetchone()
    assert fills is not None
    assert fills[0] > 10


def test_only_what_came_to_its_own_end_is_kept(
    settings: Settings, market: Market, database_url: str, file: Path
) -> None:
    with ModelServer(nasty_model(1, may_stall=False)) as server:
        write_arms(file, server)
        replayed(settings, market, file, "nasty")
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            """SELECT count(*), count(*) FILTER (WHERE "responsePayload"->>'state' = 'COMPLETED')
            FROM nasty."Invocations" WHERE "responsePayload" IS NOT NULL"""
        ).fetchone()
    assert found == (2 * TICKS, len(list((settings.home / "answers").iterdir())))
    assert found[0] > found[1] > 0


def test_an_answer_that_is_not_there_or_cannot_be_read_is_an_error_that_names_its_file(
    settings: Settings, market: Market, file: Path
) -> None:
    with ModelServer(trading_model(1)) as server:
        write_arms(file, server)
        with pytest.raises(SettingError, match=r"Local 1 at 2026-01-05 00:05 UTC.*\.json") as miss:
            replayed(settings, market, file, "offline", offline=True)
        assert "--offline" in miss.value.remedy
        assert not server.requests
        replayed(settings, market, file, "first")
    for each in (settings.home / "answers").iterdir():
        each.write_text("{}", encoding="utf-8")
    with pytest.raises(SettingError, match=r"an answer of a model in .*\.json"):
        replayed(settings, market, file, "broken", offline=True)
