"""An account as its agent sees it; positions are looked at when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from autonome.agents.port import AccountView, PositionView, TradeResult
from autonome.arena.account import Account, Holding
from autonome.arena.stage import Stage
from autonome.domain.choices import OrderSide
from autonome.domain.instants import ms_of

__all__ = ["LiveView", "PositionViews", "position_view"]


class LiveView(AccountView):
    """An account at one instant, computed as far as somebody asks; later changes do not show.

    Most wake-ups look at one position or none: making all of it would cost more than deciding.
    """

    __slots__ = ("_account", "_instant", "_nav", "_stage", "_trades", "_under_way")

    def __init__(
        self,
        account: Account,
        stage: Stage,
        instant: int,
        trades: Sequence[TradeResult],
        under_way: Iterable[str],
    ) -> None:
        self._account = account
        self._stage = stage
        self._instant = instant
        self._nav: Decimal | None = None
        self._trades = trades
        self._under_way = under_way

    @property
    def trades(self) -> Sequence[TradeResult]:
        """Return every completed trade, oldest first."""
        return self._trades

    @property
    def under_way(self) -> frozenset[str]:
        """Return the symbols of which an order is on its way or still working."""
        return frozenset(self._under_way)

    @property
    def nav(self) -> Decimal:
        """Return the NAV (quote)."""
        if self._nav is None:
            self._nav = self._account.nav(self._mark_price)
        return self._nav

    @property
    def positions(self) -> Mapping[str, PositionView]:
        """Return the open positions, by symbol."""
        return PositionViews(self._account.holdings, self._mark_price)

    def side_of(self, symbol: str) -> OrderSide | None:
        """Return on which side a symbol is held, ``None`` when it is not."""
        holding = self._account.holdings.get(symbol)
        return None if holding is None else holding.order.side

    def _mark_price(self, symbol: str) -> Decimal:
        return self._stage.mark_price(symbol, self._instant)


class PositionViews(Mapping[str, PositionView]):
    """The open positions of one instant, by symbol."""

    def __init__(
        self, holdings: Mapping[str, Holding], mark_price: Callable[[str], Decimal]
    ) -> None:
        self._holdings = holdings
        self._mark_price = mark_price

    def __getitem__(self, symbol: str) -> PositionView:
        return position_view(self._holdings[symbol], self._mark_price(symbol))

    def __iter__(self) -> Iterator[str]:
        return iter(self._holdings)

    def __len__(self) -> int:
        return len(self._holdings)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self._holdings


def position_view(holding: Holding, mark_price: Decimal) -> PositionView:
    """Return an open position at ``mark_price`` (quote)."""
    order = holding.order
    return PositionView(
        symbol=order.symbol,
        side=order.side,
        quantity=order.quantity,
        leverage=order.leverage,
        entry_price=order.entry_price,
        mark_price=mark_price,
        unrealized_pnl=holding.position.unrealized_pnl(mark_price=mark_price),
        stop=order.sl_trigger_price,
        first_stop=holding.first_stop,
        target=order.tp_trigger_price,
        opened_ms=ms_of(order.opened_at),
    )
