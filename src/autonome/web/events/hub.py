"""The hub of one arena: reads its events once, and hands them to everybody who listens."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from autonome.domain.errors import LedgerUnavailable
from autonome.ledger.listening import EventListener, listening
from autonome.web.events.frames import OPENING, frame_of, heartbeat, position, resync
from autonome.web.events.history import MOST_KEPT, History
from autonome.web.events.source import EventsBroken, OrderedEvents
from autonome.web.events.subscription import MOST_WAITING_BYTES, Interest, Subscription

__all__ = ["HEARTBEAT_S", "Hub"]

HEARTBEAT_S: Final = 15.0
_RETRY_S: Final = 1.0
"""Before the database is tried again."""
_LONGEST_START_S: Final = 10.0
_MOST_AT_ONCE_BYTES: Final = MOST_WAITING_BYTES // 4
_LOG: Final = logging.getLogger(__name__)


class Hub:
    """Everybody who listens to one arena, in this process."""

    def __init__(self, url: str, arena: str, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        """Name the arena; nothing is read before ``start``."""
        self._url = url
        self._arena = arena
        self._heartbeat_s = heartbeat_s
        self._history = History()
        self._readers: set[Subscription] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._listens = asyncio.Event()

    @property
    def readers(self) -> int:
        """Return how many listen."""
        return len(self._readers)

    async def start(self) -> None:
        """Read what there is, and go on by itself.

        Raises:
            ArenaMissing, LedgerError: what each says.
        """
        async with listening(self._url, self._arena):
            """Who cannot be listened to is refused at once; later failures are tried again."""
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._beat())]
        try:
            async with asyncio.timeout(_LONGEST_START_S):
                await self._listens.wait()
        except TimeoutError as error:
            await self.close()
            raise LedgerUnavailable(
                f"expected the events of arena {self._arena!r} within {_LONGEST_START_S:.0f} s.",
                remedy="Try again in a moment.",
            ) from error

    async def close(self) -> None:
        """Stop reading, and let every stream end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for reader in self._readers:
            reader.end()

    def subscribe(self, interest: Interest, *, last_id: int | None) -> Subscription:
        """Return the events from now on, or those behind ``last_id``; what is lost is said."""
        last = self._history.last
        opening = position(last)
        if last_id is not None:
            missed = self._history.after(last_id)
            if missed is None:
                opening = resync(last)
            else:
                frames = [frame.content for frame in missed if interest.includes(frame)]
                opening = b"".join([b"\n", *frames, position(last)])
        reader = Subscription(interest, OPENING + opening, left=self._readers.discard)
        self._readers.add(reader)
        return reader

    async def _read(self) -> None:
        """Read for ever; after every interruption all readers begin anew."""
        while True:
            try:
                async with listening(self._url, self._arena) as listener:
                    await self._pass_on(listener)
            except EventsBroken:
                _LOG.warning("arena %s: its events were not in order", self._arena)
            except Exception as error:
                _LOG.warning("arena %s: %s", self._arena, error)
                await asyncio.sleep(_RETRY_S)

    async def _pass_on(self, listener: EventListener) -> None:
        self._history = History(map(frame_of, await listener.newest(MOST_KEPT)))
        if self._listens.is_set():
            self._tell_all(resync(self._history.last))
        self._listens.set()
        events = OrderedEvents(listener, self._history.last)
        unsent = 0
        while True:
            for event in await events.next():
                frame = frame_of(event)
                self._history.append(frame)
                for reader in [each for each in self._readers if not each.put(frame)]:
                    self._cut_off(reader)
                unsent += len(frame.content)
                if unsent > _MOST_AT_ONCE_BYTES:
                    # Nobody is slow who had no turn to send.
                    await asyncio.sleep(0)
                    unsent = 0

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            self._tell_all(heartbeat(self._history.last))

    def _tell_all(self, content: bytes) -> None:
        for reader in [each for each in self._readers if not each.put_bytes(content)]:
            self._cut_off(reader)

    def _cut_off(self, reader: Subscription) -> None:
        """Let a reader go that is too slow, so that it harms nobody."""
        self._readers.discard(reader)
        reader.end(resync(self._history.last))
