"""Lighter's public REST endpoints: asked within its limits, repeated where that can help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import httpx2

from autonome.domain.errors import FeedRefused, FeedUnavailable, InvariantBroken
from autonome.domain.instrument import Instrument
from autonome.market.candles import MINUTE_MS
from autonome.market.feeds.clock import Clock, growing_delays
from autonome.market.feeds.lighter.payloads import (
    CandlesAnswer,
    FundingsAnswer,
    MarketRow,
    MarketsAnswer,
    Verdict,
    read,
)
from autonome.market.feeds.lighter.reading import HOUR_MS, bar_of, settlement_of
from autonome.market.feeds.lighter.settings import LighterSettings
from autonome.market.feeds.limits import WINDOW_MS, RateLimit
from autonome.market.feeds.minute import Bar, Settlement

__all__ = ["LighterRest"]

_WEIGHT: Final = 300
"""Of every endpoint that we ask."""
_CANDLES_PER_PAGE: Final = 500
_FUNDINGS_PER_PAGE: Final = 100
_MOST_ANSWER_BYTES: Final = 8 * 1024 * 1024
_TOO_FAST_STATUS: Final = frozenset({405, 429})
_TOO_FAST_CODES: Final = frozenset({23000, 23001, 23002, 23003, 29404})
_OK: Final = 200
_SERVER_ERROR: Final = 500


class LighterRest:
    """One client of one address; all of its calls share one rate limit."""

    def __init__(self, settings: LighterSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._limit = RateLimit(
            calls=settings.calls_per_minute, weight=settings.weight_per_minute, clock=clock
        )
        self._client = httpx2.AsyncClient(
            base_url=f"{settings.rest_url}/api/v1/",
            timeout=settings.answer_timeout_ms / 1000,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def markets(self) -> Sequence[MarketRow]:
        """Return every perpetual market.

        Raises:
            FeedError: the venue cannot be reached, or refuses; so do the methods below.
            MarketDataError: a figure breaks a rule; so do they.
        """
        raw = await self._get("orderBookDetails", {"filter": "perp"})
        rows = read(raw, MarketsAnswer).order_book_details or ()
        return [row for row in rows if row.market_type == "perp"]

    async def bars(
        self, market: int, instrument: Instrument, *, first_ms: int, end_ms: int
    ) -> list[Bar]:
        """Return the bars that open from ``first_ms`` to before ``end_ms``, ascending.

        Minutes in which nothing traded may be missing.
        """
        found: dict[int, Bar] = {}
        page_ms = _CANDLES_PER_PAGE * MINUTE_MS
        for start_ms in range(first_ms, end_ms, page_ms):
            # A millisecond less: we do not rely on whether the venue includes the end.
            last_ms = min(start_ms + page_ms, end_ms) - 1
            raw = await self._range("candles", market, "1m", first_ms=start_ms, end_ms=last_ms)
            for row in read(raw, CandlesAnswer).c or ():
                bar = bar_of(row, instrument)
                if bar is not None and first_ms <= bar.open_ms < end_ms:
                    found[bar.open_ms] = bar
        return [found[open_ms] for open_ms in sorted(found)]

    async def settlements(self, market: int, *, first_ms: int, end_ms: int) -> list[Settlement]:
        """Return the funding settled from ``first_ms`` to before ``end_ms``, ascending."""
        found: dict[int, Settlement] = {}
        page_ms = (_FUNDINGS_PER_PAGE - 1) * HOUR_MS
        for start_ms in range(first_ms, end_ms, page_ms):
            # A minute more, for the same reason: a settlement may lie on the end itself.
            last_ms = min(start_ms + page_ms, end_ms) + MINUTE_MS
            raw = await self._range("fundings", market, "1h", first_ms=start_ms, end_ms=last_ms)
            for row in read(raw, FundingsAnswer).fundings or ():
                settled = settlement_of(row)
                if first_ms <= settled.at_ms < end_ms:
                    found[settled.at_ms] = settled
        return [found[at_ms] for at_ms in sorted(found)]

    async def _range(
        self, path: str, market: int, resolution: str, *, first_ms: int, end_ms: int
    ) -> bytes:
        count = _CANDLES_PER_PAGE if path == "candles" else _FUNDINGS_PER_PAGE
        return await self._get(
            path,
            {
                "market_id": str(market),
                "resolution": resolution,
                "start_timestamp": str(first_ms),
                "end_timestamp": str(end_ms),
                "count_back": str(count),
            },
        )

    async def _get(self, path: str, parameters: Mapping[str, str]) -> bytes:
        """Return an answer whose code is 200, after as many attempts as the settings allow."""
        delays = growing_delays(
            first_ms=self._settings.first_delay_ms, most_ms=self._settings.most_delay_ms
        )
        for attempt in range(1, self._settings.most_attempts + 1):
            await self._limit.acquire(_WEIGHT)
            try:
                return await self._asked_once(path, parameters)
            except FeedUnavailable as error:
                if attempt == self._settings.most_attempts:
                    raise
                delay_ms = next(delays)
                if isinstance(error, _TooFast):
                    # Every call waits, not only this one: the venue counts them together.
                    self._limit.hold(max(delay_ms, error.wait_ms))
                else:
                    await self._clock.sleep(delay_ms)
        raise InvariantBroken("a request is sent at least once")

    async def _asked_once(self, path: str, parameters: Mapping[str, str]) -> bytes:
        try:
            async with self._client.stream("GET", path, params=dict(parameters)) as answer:
                body = await _body(answer, path)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise FeedUnavailable(
                f"expected an answer of Lighter to {path}, found {type(error).__name__}: {error}.",
                remedy=f"Check the network, and that {self._settings.rest_url} can be reached.",
            ) from error
        self._check(answer, body, path)
        return body

    def _check(self, answer: httpx2.Response, body: bytes, path: str) -> None:
        """Raise unless the answer is good by its status and by its code."""
        status = answer.status_code
        if status in _TOO_FAST_STATUS:
            wait = answer.headers.get("retry-after", "")
            wait_ms = min(int(wait) * 1000, WINDOW_MS) if wait.isdecimal() else 0
            raise _TooFast(path, f"HTTP {status}", wait_ms=wait_ms)
        if status >= _SERVER_ERROR:
            raise FeedUnavailable(
                f"expected an answer of Lighter to {path}, found HTTP {status}.",
                remedy="Wait; the venue has trouble of its own.",
            )
        verdict = read(body, Verdict)
        if verdict.code in _TOO_FAST_CODES:
            raise _TooFast(path, f"code {verdict.code}", wait_ms=0)
        if status != _OK or verdict.code != _OK:
            raise FeedRefused(
                f"expected code 200 of Lighter for {path}, found HTTP {status}, code"
                f" {verdict.code}: {verdict.message!r}.",
                remedy="Look the code up in the venue's documentation.",
                code=verdict.code,
            )


class _TooFast(FeedUnavailable):
    """The venue asks us to slow down."""

    def __init__(self, path: str, found: str, *, wait_ms: int) -> None:
        super().__init__(
            f"expected an answer of Lighter to {path}, found {found}: too many requests.",
            remedy="Let fewer programs ask from this address.",
        )
        self.wait_ms = wait_ms


async def _body(answer: httpx2.Response, path: str) -> bytes:
    """Return the body, unless it is larger than anything that we ask for."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > _MOST_ANSWER_BYTES:
            raise FeedUnavailable(
                f"expected at most {_MOST_ANSWER_BYTES} bytes of Lighter for {path}, found more.",
                remedy="If it goes on, the venue's format has changed.",
            )
    return bytes(body)
