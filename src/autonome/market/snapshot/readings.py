"""Indicators by name: which lines each has, and how they are computed from closed bars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from autonome.market.frame import Floats, Frame
from autonome.market.indicators import (
    adx,
    atr,
    bollinger,
    ema,
    highest,
    ichimoku,
    keltner,
    lowest,
    macd,
    relative_volume,
    rsi,
    session_vwap,
    supertrend,
    vwap_distance,
)

__all__ = ["INDICATORS", "Indicator", "lines_of"]


class Indicator(NamedTuple):
    """One indicator with one or several lines."""

    lines: tuple[str, ...]
    """Their names, in the order of what ``compute`` returns."""
    compute: Callable[[Frame], Sequence[Floats]]
    """Each line has one value per bar, shape (n,); NaN until there are enough bars."""


INDICATORS: Final[Mapping[str, Indicator]] = {
    "ema20": Indicator(("ema20",), lambda frame: (ema(frame.close, 20),)),
    "ema50": Indicator(("ema50",), lambda frame: (ema(frame.close, 50),)),
    "macd": Indicator(("macd", "macd_signal", "macd_histogram"), lambda frame: macd(frame.close)),
    "rsi7": Indicator(("rsi7",), lambda frame: (rsi(frame.close, 7),)),
    "rsi14": Indicator(("rsi14",), lambda frame: (rsi(frame.close, 14),)),
    "atr14": Indicator(("atr14",), lambda frame: (atr(frame, 14),)),
    "adx14": Indicator(("adx14",), lambda frame: (adx(frame, 14),)),
    "bollinger": Indicator(
        ("bollinger_upper", "bollinger_middle", "bollinger_lower", "bollinger_bandwidth"),
        lambda frame: bollinger(frame.close, 20, 2),
    ),
    "keltner": Indicator(
        ("keltner_upper", "keltner_middle", "keltner_lower"),
        lambda frame: keltner(frame, 20, 1.5),
    ),
    "supertrend": Indicator(
        ("supertrend", "supertrend_direction"), lambda frame: supertrend(frame, 10, 3)
    ),
    "ichimoku": Indicator(
        ("ichimoku_conversion", "ichimoku_base", "ichimoku_cloud_top", "ichimoku_cloud_bottom"),
        ichimoku,
    ),
    "range20": Indicator(
        ("highest20", "lowest20"), lambda frame: (highest(frame.high, 20), lowest(frame.low, 20))
    ),
    "vwap": Indicator(
        ("vwap", "vwap_distance"), lambda frame: (session_vwap(frame), vwap_distance(frame))
    ),
    "relative_volume": Indicator(("relative_volume",), lambda frame: (relative_volume(frame, 30),)),
}
"""Parameters: EMA 20 and 50, MACD 12/26/9, RSI 7 and 14, ATR and ADX 14, Bollinger 20/2, Keltner
20/1.5, Supertrend 10/3, Ichimoku 9/26/52, extremes of 20 bars, session VWAP since 00:00 UTC, volume
over the mean of 30 bars."""


def lines_of(frame: Frame, names: Sequence[str]) -> dict[str, Floats]:
    """Return the lines of the named indicators, each of shape (n,).

    Raises:
        KeyError: there is no such indicator.
    """
    lines: dict[str, Floats] = {}
    for name in names:
        indicator = INDICATORS[name]
        lines.update(zip(indicator.lines, indicator.compute(frame), strict=True))
    return lines
