"""Indicators on closed bars: each row depends on its own bar and earlier ones, never on later."""

from __future__ import annotations

from autonome.market.indicators.averages import Macd, ema, macd, sma
from autonome.market.indicators.series import (
    Bools,
    crosses_above,
    crosses_below,
    highest,
    lowest,
    previous,
)
from autonome.market.indicators.trend import (
    Ichimoku,
    Supertrend,
    adx,
    ichimoku,
    rsi,
    supertrend,
)
from autonome.market.indicators.volatility import Bollinger, Channel, atr, bollinger, keltner
from autonome.market.indicators.volume import relative_volume, session_vwap, vwap_distance

__all__ = [
    "Bollinger",
    "Bools",
    "Channel",
    "Ichimoku",
    "Macd",
    "Supertrend",
    "adx",
    "atr",
    "bollinger",
    "crosses_above",
    "crosses_below",
    "ema",
    "highest",
    "ichimoku",
    "keltner",
    "lowest",
    "macd",
    "previous",
    "relative_volume",
    "rsi",
    "session_vwap",
    "sma",
    "supertrend",
    "vwap_distance",
]
