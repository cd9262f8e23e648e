"""Simple momentum: follow the last hours' return, with a stop and a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.port import AccountView
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact
from autonome.market.observation import Observation

__all__ = ["Momentum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Momentum:
    """Go with a return beyond the threshold, long or short; turn when it turns."""

    symbols: tuple[str, ...]
    lookback_bars: int = 240
    threshold: Decimal = Decimal("0.01")
    """Return over the lookback, as a fraction, beyond which it enters."""
    stop_distance: Decimal = Decimal("0.015")
    """Distance of the stop from the last close, as a fraction."""
    target_distance: Decimal = Decimal("0.03")
    exposure: Decimal = Decimal("0.45")
    """Notional of each position, as a fraction of NAV."""
    leverage: Decimal = Decimal(2)

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return "Simple momentum"

    def decide(self, observation: Observation, account: AccountView) -> Sequence[Action]:
        """Return an entry or a turn for each symbol whose return is beyond the threshold."""
        actions = (self._action(symbol, observation, account) for symbol in self.symbols)
        return tuple(action for action in actions if action is not None)

    @exact
    def _action(self, symbol: str, observation: Observation, account: AccountView) -> Action | None:
        close = observation.close(symbol)
        before = observation.close(symbol, bars_ago=self.lookback_bars)
        if close is None or before is None:
            return None
        change = close - before
        if abs(change) <= self.threshold * before:
            return None
        side = OrderSide.LONG if change > 0 else OrderSide.SHORT
        held = account.positions.get(symbol)
        if held is not None and held.side is side:
            return None
        return CreatePosition(
            symbol=symbol,
            side=side,
            notional=account.nav * self.exposure,
            leverage=self.leverage,
            exit_plan=ExitPlan(
                stop=close * (1 - side.sign * self.stop_distance),
                target=close * (1 + side.sign * self.target_distance),
            ),
            reason=f"{symbol} moved from {before} to {close} in {self.lookback_bars} minutes.",
        )
