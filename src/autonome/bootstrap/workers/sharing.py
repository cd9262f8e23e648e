"""The market that questions are about, passed on from the leader to who asks them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from autonome.ledger.questions import QuestionBook
from autonome.market.market import Market
from autonome.market.observation import Observation
from autonome.market.packing import joined, packed, unpacked

__all__ = ["MarketSharing", "SharedMarket"]

_NO_MARKET: Final = 0


class MarketSharing:
    """The leader's side: every bar is shared once, before the first question about it."""

    def __init__(self, book: QuestionBook) -> None:
        """Share nothing yet."""
        self._book = book
        self._number = _NO_MARKET
        self._parts = 0
        self._until_ms = 0
        self._one_at_a_time = asyncio.Lock()

    async def share(self, observation: Observation) -> int:
        """Share the bars that are new in an observation; return the number of the market."""
        async with self._one_at_a_time:
            if self._number == _NO_MARKET:
                seen = observation.market.until(observation.at_ms)
                self._number = await self._book.begin_market(await asyncio.to_thread(packed, seen))
            elif observation.at_ms > self._until_ms:
                seen = observation.market.until(observation.at_ms).since(self._until_ms)
                await self._book.extend_market(self._number, self._parts, packed(seen))
            else:
                return self._number
            self._parts += 1
            self._until_ms = observation.at_ms
            return self._number


class SharedMarket:
    """A worker's side: the market as far as it was asked for."""

    def __init__(self, book: QuestionBook) -> None:
        """Know nothing yet."""
        self._book = book
        self._number = _NO_MARKET
        self._parts: list[Market] = []
        """The bars so far, joined; nothing or one."""
        self._read = 0
        """Parts that were read."""
        self._one_at_a_time = asyncio.Lock()

    async def reaching(self, number: int, until_ms: int) -> Market:
        """Return market ``number``, with the bars that have closed at ``until_ms`` among others.

        Raises:
            LookupError: it is not shared any more: another process leads, and asks anew.
        """
        async with self._one_at_a_time:
            if number != self._number:
                self._number, self._parts, self._read = number, [], 0
            if not self._parts or int(self._parts[0].close_ms[-1]) < until_ms:
                new = await self._book.market_parts(number, first=self._read)
                if not new:
                    raise LookupError(f"market {number} is not shared until {until_ms}")
                self._read += len(new)
                self._parts = [await asyncio.to_thread(_with, self._parts, new)]
            return self._parts[0]


def _with(parts: Sequence[Market], new: Sequence[bytes]) -> Market:
    return joined([*parts, *map(unpacked, new)])
