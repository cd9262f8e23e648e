"""Buy once and hold: what the market itself earned."""

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

__all__ = ["Hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Put a fixed part of the first NAV into one symbol, without stop or target."""

    symbol: str = "BTC"
    exposure: Decimal = Decimal("0.99")
    """Notional as a fraction of NAV; the rest pays fees and spread."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return f"Hold {self.symbol}"

    @exact
    def decide(self, observation: Observation, account: AccountView) -> Sequence[Action]:
        """Return the one purchase, as long as nothing is held."""
        if self.symbol in account.positions:
            return ()
        return (
            CreatePosition(
                symbol=self.symbol,
                side=OrderSide.LONG,
                notional=account.nav * self.exposure,
                leverage=Decimal(1),
                exit_plan=ExitPlan(),
                reason=f"Hold {self.symbol} from the first bar on.",
            ),
        )
