"""The fingerprint of everything that had happened up to an instant.

A chain of BLAKE2b digests (RFC 7693) over blocks of bars: two markets that agree up to an instant
have the same digest there, whatever comes later.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np

from autonome.market.candles import Ints
from autonome.market.market import Market

__all__ = ["History"]

_BLOCK_BYTES: Final = 1024
_DIGEST_BYTES: Final = 16


class History:
    """Digests of the closed bars of a market."""

    def __init__(self, market: Market) -> None:
        columns = [market.open_ms]
        for symbol in market.symbols:
            candles = market.candles[symbol]
            columns += [candles.open, candles.high, candles.low, candles.close]
            columns.append(candles.volume.view(np.int64))
            if candles.filled is not None:
                columns.append(candles.filled.astype(np.int64))
        self._rows: Ints = np.ascontiguousarray(np.stack(columns, axis=1).astype("<i8", copy=False))
        self._block = max(_BLOCK_BYTES // self._rows[0].nbytes, 1)
        self._chain: list[bytes] = [_digest("|".join(market.symbols).encode())]
        for start in range(0, len(self._rows) - self._block + 1, self._block):
            rows = self._rows[start : start + self._block]
            self._chain.append(_digest(self._chain[-1] + rows.tobytes()))

    def digest(self, closed_bars: int) -> str:
        """Return the digest of the first ``closed_bars`` bars, in hexadecimal."""
        blocks, rest = divmod(closed_bars, self._block)
        digest: bytes = self._chain[blocks]
        if rest:
            digest = _digest(digest + self._rows[closed_bars - rest : closed_bars].tobytes())
        return digest.hex()


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
