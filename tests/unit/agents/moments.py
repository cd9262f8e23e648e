"""Small markets, accounts and moments for tests of agents, written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from autonome.agents.actions import Action
from autonome.agents.port import AccountView, Leader, Moment, PositionView, TradeResult
from autonome.domain.choices import OrderSide
from autonome.domain.value import value
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market, align
from autonome.market.observation import observe
from unit.market.bars import START, START_MS, candles

__all__ = ["account", "after", "leader", "market_of", "moment", "position", "trade"]


@value
class _Account:
    """An account written by hand."""

    nav: Decimal
    positions: Mapping[str, PositionView]
    trades: Sequence[TradeResult]
    under_way: frozenset[str]

    def side_of(self, symbol: str) -> OrderSide | None:
        """Return on which side a symbol is held, ``None`` when it is not."""
        held = self.positions.get(symbol)
        return None if held is None else held.side


def after(minutes: int) -> int:
    """Return the instant so many minutes after the first bar opens."""
    return START_MS + minutes * MINUTE_MS


def market_of(closes: Mapping[str, Sequence[int]]) -> Market:
    """Return a market of flat one-minute bars at these prices, without funding."""
    bars = {
        symbol: candles([(close, close, close, close) for close in each], symbol=symbol)
        for symbol, each in closes.items()
    }
    return align(bars, {}, origin="by hand")


def position(
    symbol: str = "BTC",
    side: OrderSide = OrderSide.LONG,
    *,
    quantity: str = "1",
    stop: str | None = None,
    opened_ms: int = START_MS,
) -> PositionView:
    """Return an open position, entered at 1,000 and marked there."""
    level = None if stop is None else Decimal(stop)
    return PositionView(
        symbol=symbol,
        side=side,
        quantity=Decimal(quantity),
        leverage=Decimal(1),
        entry_price=Decimal(1_000),
        mark_price=Decimal(1_000),
        unrealized_pnl=Decimal(0),
        stop=level,
        first_stop=level,
        target=None,
        opened_ms=opened_ms,
    )


def trade(symbol: str) -> TradeResult:
    """Return a completed trade that earned nothing."""
    return TradeResult(
        symbol=symbol,
        side=OrderSide.LONG,
        realized_pnl=Decimal(0),
        entry_notional=Decimal(1_000),
        trigger=None,
        closed_at=START,
    )


def account(
    *positions: PositionView,
    nav: str = "10000",
    trades: Sequence[TradeResult] = (),
    under_way: Sequence[str] = (),
) -> AccountView:
    """Return an account with these positions."""
    return _Account(
        nav=Decimal(nav),
        positions={each.symbol: each for each in positions},
        trades=trades,
        under_way=frozenset(under_way),
    )


def leader(*accepted: Action, nav: str = "10000", held: Sequence[PositionView] = ()) -> Leader:
    """Return what a leader did, and what it held before."""
    positions = {each.symbol: each for each in held}
    return Leader(accepted=accepted, nav=Decimal(nav), positions=positions)


def moment(
    market: Market,
    minutes: int,
    own: AccountView | None = None,
    *,
    following: Leader | None = None,
) -> Moment:
    """Return the moment at which the first ``minutes`` bars have closed."""
    return Moment(
        at_ms=after(minutes),
        observation=observe(market, closed_bars=minutes),
        account=account() if own is None else own,
        leader=following,
    )
