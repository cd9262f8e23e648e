"""417,600 NAV rows (ten arms, 29 days of minutes) into a fresh arena, indexes and keys included."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np

from autonome.domain.choices import ArmKind
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.embedded import attach
from autonome.ledger.journal.copying import fresh_arena
from autonome.ledger.journal.port import NavPoints
from autonome.ledger.rows import Arm, Model
from bench.figures import report

__all__ = ["run"]

RUNS = 5
ARMS = 10
MINUTES = 29 * 24 * 60
START = datetime(2025, 5, 5, tzinfo=UTC)
CAPITAL = Decimal(10_000)


def run(folder: Path) -> None:
    """Measure writing and committing the whole arena; what is written was made before."""
    chance = np.random.default_rng(7)
    at_ms = 1_746_403_260_000 + 60_000 * np.arange(MINUTES, dtype=np.int64)
    navs = [chance.integers(9 * 10**11, 11 * 10**11, MINUTES) for _ in range(ARMS)]
    with attach(folder) as server:
        figures = [_written(server.url, at_ms, navs) for _ in range(RUNS)]
    report(f"COPY of {ARMS * MINUTES:,} NAV rows", figures, unit="s", bound="bound 4")


def _written(url: str, at_ms: np.ndarray, navs: list[np.ndarray]) -> float:
    begin = time.perf_counter()
    with fresh_arena(url, "nav_bench") as journal:
        for number, nav in enumerate(navs):
            model = Model(
                name=f"arm {number}", open_router_model_name="bench", variant=VARIANT_IDS[0]
            )
            arm = Arm(
                model_id=model.id,
                kind=ArmKind.RULE,
                starting_capital=CAPITAL,
                created_at=START,
                updated_at=START,
            )
            journal.enter(model, arm)
            journal.value(NavPoints(model_id=model.id, at_ms=at_ms, nav=nav))
    return time.perf_counter() - begin
