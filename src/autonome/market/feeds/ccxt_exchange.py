"""Exchanges as ccxt gives them: an extra that loads only here, with exact numbers, without keys."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from autonome.domain.errors import FeedUnavailable, SettingError

__all__ = ["CcxtExchange", "asked", "open_exchange"]

T = TypeVar("T")


class CcxtExchange(Protocol):
    """What we use of an exchange of ``ccxt.async_support``."""

    @property
    def has(self) -> Mapping[str, Any]:
        """Return what it offers, by ccxt's names of methods."""

    @property
    def precisionMode(self) -> int:  # noqa: N802  ccxt's own name.
        """Return how it writes precisions."""

    async def load_markets(self) -> Mapping[str, Mapping[str, Any]]:
        """Return every market by its name."""

    async def fetch_ohlcv(
        self, symbol: str, timeframe: str, since: int, limit: int
    ) -> Sequence[Sequence[Any]]:
        """Return bars as ``[opening ms, open, high, low, close, volume]``."""

    async def fetch_order_book(self, symbol: str, limit: int) -> Mapping[str, Any]:
        """Return ``bids`` and ``asks`` as ``[price, contracts]``."""

    async def fetch_funding_rate(self, symbol: str) -> Mapping[str, Any]:
        """Return mark price, coming rate and when it is settled."""

    async def fetch_funding_rate_history(
        self, symbol: str, since: int, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return settlements."""

    async def close(self) -> None:
        """Close its connections."""


def open_exchange(name: str) -> CcxtExchange:
    """Return an exchange of ccxt by its id, such as ``bybit``; no key is given to it.

    Raises:
        SettingError: ccxt is not installed, or does not know the exchange.
    """
    try:
        from ccxt import async_support  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise SettingError(
            f"expected the extra ccxt for the market ccxt:{name}, found it missing.",
            remedy="Install it: pip install 'autonome[ccxt]'.",
        ) from None
    if name not in async_support.exchanges:
        raise SettingError(
            f"expected an exchange that ccxt knows, found {name!r}.",
            remedy="Choose one of ccxt.exchanges, in lower case.",
        )
    exchange: Any = getattr(async_support, name)({"enableRateLimit": True})
    exchange.number = Decimal
    opened: CcxtExchange = exchange
    return opened


async def asked(answer: Awaitable[T]) -> T:
    """Return what the exchange answers; ccxt's own errors become ours.

    Raises:
        FeedUnavailable: the exchange did not answer, or refused; ccxt tells the two apart badly.
    """
    try:
        return await answer
    except Exception as error:
        # ccxt may not be there to import its errors from: the root of them is known by name.
        if isinstance(error, OSError) or "BaseError" in {
            kind.__name__ for kind in type(error).mro()
        }:
            raise FeedUnavailable(
                f"expected an answer of the exchange, found {type(error).__name__}: {error}.",
                remedy="Check the network, and the exchange's state.",
            ) from error
        raise
