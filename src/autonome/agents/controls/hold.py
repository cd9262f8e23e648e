"""Buy once and hold: what the market itself earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.controls.control import Control
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Moment
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact, share
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market

__all__ = ["Hold"]

_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Control):
    """Divide a fixed part of NAV evenly among symbols, without stop or target."""

    name: str
    """What the ledger calls it."""
    symbols: tuple[str, ...]
    exposure: Decimal = Decimal("0.99")
    """Notional of all symbols as a fraction of NAV; the rest pays fees and spread."""

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Holder:
        """Return a decider that buys at the first tick."""
        return _Holder(self, cadence_ms=cadence_minutes * MINUTE_MS)


class _Holder(FixedStops):
    """Buys what was never bought; after each attempt it waits twice as long as before."""

    def __init__(self, hold: Hold, *, cadence_ms: int) -> None:
        self._hold = hold
        self._wait_ms = cadence_ms
        self._next_ms = 0

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the next attempt, as long as a symbol is left to buy."""
        return max(self._next_ms, after_ms + 1) if self._left(account) else None

    def memory(self) -> dict[str, object]:
        """Return when it may try again (ms), and how long it waits after that."""
        return {"next": self._next_ms, "wait": self._wait_ms}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on waiting."""
        self._next_ms, self._wait_ms = int(memory["next"]), int(memory["wait"])

    @exact
    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return the purchases that are left."""
        # A denial may last, such as that of a stale mark: asking each tick would fill the record.
        self._next_ms = moment.at_ms + self._wait_ms
        self._wait_ms *= 2
        account = moment.account
        part = Decimal(len(self._hold.symbols))
        notional = share(account.nav * self._hold.exposure, part=_ONE, whole=part)
        return tuple(
            CreatePosition(
                symbol=symbol,
                side=OrderSide.LONG,
                notional=notional,
                leverage=_ONE,
                exit_plan=ExitPlan(),
                reason=f"Buy {symbol} once and hold it.",
            )
            for symbol in self._left(account)
            if symbol not in account.under_way
        )

    def _left(self, account: AccountView) -> list[str]:
        """Return what was never bought; what was liquidated is not bought again."""
        bought = {trade.symbol for trade in account.trades} | account.positions.keys()
        return [symbol for symbol in self._hold.symbols if symbol not in bought]
