"""What the fact of a run says of the venue's contracts is read as it was said."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from autonome.domain.instrument import Instrument
from autonome.ledger.listed import Listed, listed_in, said_of_listed
from autonome.ledger.rows import Fact, FactName

BTC = Instrument(
    symbol="BTC",
    tick=Decimal("0.10"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    min_notional=Decimal(10),
    max_leverage=Decimal(50),
    maintenance_rate=Decimal("0.012"),
    liquidation_fee_rate=Decimal("0.01"),
)


def _run(said: dict[str, object]) -> Fact:
    return Fact(name=FactName.RUN, at=datetime(2026, 1, 1, tzinfo=UTC), said=said)


def test_tick_and_maintenance_rate_come_back_digit_by_digit() -> None:
    kept = json.loads(json.dumps({"instruments": said_of_listed([BTC])}))
    assert kept == {"instruments": {"BTC": {"tick": "0.10", "maintenanceRate": "0.012"}}}
    found = listed_in(_run(kept))
    assert found == {"BTC": Listed(tick=Decimal("0.10"), maintenance_rate=Decimal("0.012"))}


@pytest.mark.parametrize("run", [None, _run({}), _run({"instruments": None})])
def test_nothing_is_listed_where_nobody_said(run: Fact | None) -> None:
    assert listed_in(run) == {}
