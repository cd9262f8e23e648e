"""Read more of the market than the snapshot holds: bars of any length, with indicators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autonome.market.frame import Frames
from autonome.market.observation import Observation
from autonome.market.snapshot.figures import figures, plains
from autonome.market.snapshot.readings import lines_of
from autonome.market.snapshot.taking import candles_of, recent_market

__all__ = ["read_series"]

_WARM_UP_BARS: Final = 250
"""Of history before the first bar that is shown: averages have forgotten how they began."""
_DAY_MINUTES: Final = 24 * 60


def read_series(
    observation: Observation,
    *,
    symbol: str,
    minutes: int,
    indicators: Sequence[str] = (),
    length: int,
) -> dict[str, object]:
    """Return the last ``length`` closed bars of a symbol, as JSON can hold them.

    ``columns`` names what each of ``rows`` holds, oldest first: the instant of the close, prices,
    volume, then the indicators' lines. Numbers are plain text, null where bars do not suffice.

    Raises:
        SettingError: the market has no such symbol.
        KeyError: there is no such indicator.
    """
    days = (length + _WARM_UP_BARS) * minutes // _DAY_MINUTES + 1
    frame = Frames(recent_market(observation, days=days)).frame(symbol, minutes=minutes)
    candles = candles_of(frame, length, tick=observation.market.candles[symbol].tick)
    lines = {name: figures(line[-length:]) for name, line in lines_of(frame, indicators).items()}
    return {
        "symbol": symbol,
        "timeframeMinutes": minutes,
        "columns": ["closeMs", "open", "high", "low", "close", "volume", *lines],
        "rows": [
            [candle.close_ms, *plains(candle[1:]), *plains(values)]
            for candle, *values in zip(candles, *lines.values(), strict=True)
        ],
    }
