"""One market of the fake exchange: its rows, its book, and the frames that tell of a change."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from autonome.domain.choices import Side
from autonome.domain.money import ZERO
from autonome.market.candles import MINUTE_MS

__all__ = ["FakeMarket", "Frame"]

Frame = dict[str, Any]

_HOUR_MS: Final = 60 * MINUTE_MS
_NONCE_STEP: Final = 22
"""Nonces count the exchange's transactions: a frame covers many."""


class FakeMarket:
    """A market whose state is set by hand; every change returns the frame that tells of it."""

    def __init__(
        self,
        symbol: str,
        market_id: int,
        *,
        price_decimals: int = 2,
        size_decimals: int = 4,
        mark_price: Decimal = Decimal(2000),
    ) -> None:
        self.symbol = symbol
        self.market_id = market_id
        self.status = "active"
        self.force_reduce_only = False
        self.price_decimals = price_decimals
        self.size_decimals = size_decimals
        self.mark_price = mark_price
        self.bids: dict[Decimal, Decimal] = {}
        self.asks: dict[Decimal, Decimal] = {}
        self.nonce = 0
        self.offset = 1
        self.candles: dict[int, Frame] = {}
        """Rows by their opening."""
        self.fundings: list[Frame] = []
        self.funding_rate = "0.0000"
        self.expected_rate = "0.0000"
        self.settled_ms: int | None = None
        self.trades = 0

    def details(self) -> Frame:
        """Return the row of ``orderBookDetails``."""
        return {
            "symbol": self.symbol,
            "market_id": self.market_id,
            "market_type": "perp",
            "status": self.status,
            "taker_fee": "0.0000",
            "maker_fee": "0.0000",
            "liquidation_fee": "1.0000",
            "min_base_amount": "0.0050",
            "min_quote_amount": "10.000000",
            "order_quote_limit": "281474976.710655",
            "size_decimals": self.size_decimals,
            "price_decimals": self.price_decimals,
            "quote_multiplier": 1,
            "default_initial_margin_fraction": 500,
            "min_initial_margin_fraction": 200,
            "maintenance_margin_fraction": 120,
            "closeout_margin_fraction": 80,
            "last_trade_price": self.mark_price,
            "daily_chart": {},
            "market_config": {"force_reduce_only": self.force_reduce_only, "hidden": False},
        }

    def set_level(self, side: Side, price: Decimal, size: Decimal, *, now_ms: int) -> Frame:
        """Set what rests at a price (a BUY rests among the bids); size zero deletes it."""
        return self.set_levels({(side, price): size}, now_ms=now_ms)

    def set_levels(self, levels: Mapping[tuple[Side, Decimal], Decimal], *, now_ms: int) -> Frame:
        """Set several levels by one frame."""
        changed: dict[Side, list[Frame]] = {Side.BUY: [], Side.SELL: []}
        for (side, price), size in levels.items():
            resting = self.bids if side is Side.BUY else self.asks
            if size:
                resting[price] = size
            else:
                resting.pop(price, None)
            changed[side].append(_level(price, size))
        begin, self.nonce = self.nonce, self.nonce + _NONCE_STEP
        self.offset += 3  # Not contiguous.
        return self._book_frame(
            "update", begin, changed[Side.BUY], changed[Side.SELL], now_ms=now_ms
        )

    def book_snapshot(self, *, now_ms: int) -> Frame:
        """Return the first frame of a subscription to the book."""
        bids = [_level(price, self.bids[price]) for price in sorted(self.bids, reverse=True)]
        asks = [_level(price, self.asks[price]) for price in sorted(self.asks)]
        return self._book_frame("subscribed", 0, bids, asks, now_ms=now_ms)

    def stats(self, kind: str, *, now_ms: int) -> Frame:
        """Return a frame of ``market_stats``."""
        settled_ms = self.settled_ms
        if settled_ms is None:
            settled_ms = now_ms - now_ms % _HOUR_MS
        return {
            "channel": f"market_stats:{self.market_id}",
            "market_stats": {
                "symbol": self.symbol,
                "market_id": self.market_id,
                "index_price": str(self.mark_price),
                "mark_price": str(self.mark_price),
                "open_interest": "102123609.308856",
                "current_funding_rate": self.expected_rate,
                "funding_rate": self.funding_rate,
                "funding_timestamp": settled_ms + 1,
                "daily_price_change": Decimal("-4.366136694955931"),
            },
            "timestamp": now_ms,
            "type": f"{kind}/market_stats",
        }

    def trade(self, price: Decimal, size: Decimal, *, now_ms: int) -> Frame:
        """Let a trade happen, and return the candle that it forms."""
        self.trades += 1
        open_ms = now_ms - now_ms % MINUTE_MS
        row = self.candles.get(open_ms)
        if row is None:
            row = {"o": price, "h": price, "l": price, "v": ZERO, "V": ZERO}
        return self.put_candle(
            open_ms,
            row
            | {
                "h": max(row["h"], price),
                "l": min(row["l"], price),
                "c": price,
                "v": row["v"] + size,
                "V": row["V"] + size * price,
            },
            now_ms=now_ms,
        )

    def put_candle(self, open_ms: int, row: Frame, *, now_ms: int) -> Frame:
        """Set the candle of a minute, and return the frame that tells of it."""
        self.candles[open_ms] = {"t": open_ms, **row, "i": 19_000_000_000 + self.trades}
        return self.candle("update", now_ms=now_ms)

    def candle(self, kind: str, *, now_ms: int) -> Frame:
        """Return a frame of ``candle`` with the last candle."""
        return {
            "candles": [self.candles[max(self.candles)]] if self.candles else [],
            "channel": f"candle:{self.market_id}:1m",
            "timestamp": now_ms,
            "type": f"{kind}/candle",
        }

    def settle(self, percent: Decimal, *, at_ms: int, now_ms: int) -> Frame:
        """Settle funding at a rate (percent for the hour; positive: longs pay)."""
        self.funding_rate, self.settled_ms = str(percent), at_ms
        self.fundings.append(
            {
                "timestamp": at_ms // 1000,
                "value": str(abs(percent) * self.mark_price / 100),
                "rate": str(abs(percent)),
                "direction": "long" if percent >= 0 else "short",
            }
        )
        return self.stats("update", now_ms=now_ms)

    def _book_frame(
        self, kind: str, begin: int, bids: list[Frame], asks: list[Frame], *, now_ms: int
    ) -> Frame:
        return {
            "channel": f"order_book:{self.market_id}",
            "last_updated_at": now_ms * 1000,
            "offset": self.offset,
            "order_book": {
                "code": 0,
                "asks": asks,
                "bids": bids,
                "offset": self.offset,
                "nonce": self.nonce,
                "begin_nonce": begin,
                "last_updated_at": now_ms * 1000,
            },
            "timestamp": now_ms,
            "type": f"{kind}/order_book",
        }


def _level(price: Decimal, size: Decimal) -> Frame:
    return {"price": str(price), "size": str(size)}
