"""What the venue of a run lists, as its fact notes it: enough to say where accounts end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from autonome.domain.instrument import Instrument
from autonome.domain.value import value
from autonome.ledger.rows import Fact

__all__ = ["Listed", "listed_in", "said_of_listed"]


@value
class Listed:
    """One contract of the venue."""

    tick: Decimal
    """Quote; the step of prices."""
    maintenance_rate: Decimal
    """Maintenance margin as a fraction of the notional at mark, in (0, 1)."""


def said_of_listed(instruments: Iterable[Instrument]) -> dict[str, object]:
    """Return what the fact of a run says of instruments, as JSON by symbol."""
    return {
        each.symbol: {"tick": str(each.tick), "maintenanceRate": str(each.maintenance_rate)}
        for each in instruments
    }


def listed_in(run: Fact | None) -> dict[str, Listed]:
    """Return what the fact of a run lists, by symbol; nothing where it does not say."""
    said = {} if run is None else run.said.get("instruments")
    return {
        symbol: Listed(
            tick=Decimal(each["tick"]), maintenance_rate=Decimal(each["maintenanceRate"])
        )
        for symbol, each in (said if isinstance(said, Mapping) else {}).items()
    }
