"""Everything that a rule agent is written with."""

from __future__ import annotations

from autonome.agents.port import AccountView
from autonome.agents.rules.agent import RuleAgent
from autonome.agents.rules.entry import Entry
from autonome.agents.rules.ratchet import Ratchet, RatchetStep
from autonome.agents.rules.signals import Entries, Signals
from autonome.market.frame import Floats, Frame
from autonome.market.indicators import (
    Bools,
    adx,
    atr,
    bollinger,
    crosses_above,
    crosses_below,
    ema,
    highest,
    ichimoku,
    keltner,
    lowest,
    macd,
    previous,
    relative_volume,
    rsi,
    session_vwap,
    sma,
    supertrend,
    vwap_distance,
)

__all__ = [
    "AccountView",
    "Bools",
    "Entries",
    "Entry",
    "Floats",
    "Frame",
    "Ratchet",
    "RatchetStep",
    "RuleAgent",
    "Signals",
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
