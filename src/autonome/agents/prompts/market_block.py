"""The market in a prompt: one paragraph a symbol, and nothing that the snapshot does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autonome.agents.prompts.words import (
    MOST_SYMBOL,
    clock,
    inert,
    joined,
    level,
    one_place,
    percent,
    span,
)
from autonome.domain.instants import utc, zulu
from autonome.market.snapshot import FundingFacts, Snapshot, SymbolSnapshot, Timeframe
from autonome.market.snapshot.figures import plain

__all__ = ["market_block"]

_NAMES: Final = {5: "5m", 60: "1h", 240: "4h"}
"""By length of the bars, in minutes."""
_SHOWN: Final = 10
"""Values of a series."""
_MILLION: Final = 1_000_000


def market_block(snapshot: Snapshot) -> str:
    """Return the market of a cycle, one symbol after the other."""
    # Bars of one length close together, as a rule: said once, unless a symbol differs.
    usual = [_closed(each) for each in snapshot.symbols[0].timeframes] if snapshot.symbols else []
    paragraphs = [_symbol(each, usual) for each in snapshot.symbols]
    head = f"Now {zulu(utc(snapshot.at_ms))}. Last bars: {'; '.join(usual)}."
    return "\n\n".join([f"<market>\n{head}", *paragraphs]) + "\n</market>"


def _closed(of: Timeframe) -> str:
    """Return when the last bar closed, and how old it is."""
    if of.close_ms is None or of.age_ms is None:
        return f"{_NAMES[of.minutes]} none"
    return f"{_NAMES[of.minutes]} closed {clock(of.close_ms)}, {span(of.age_ms)} ago"


def _symbol(of: SymbolSnapshot, usual: Sequence[str]) -> str:
    unusual = [closed for each in of.timeframes if (closed := _closed(each)) not in usual]
    head = _headline(of)
    lines = [f"{head} | {'; '.join(unusual)}" if unusual else head]
    if of.timeframe(5).candles:
        lines += _short(of.timeframe(5))
    hour, long = of.timeframe(60), of.timeframe(240)
    lines += [_line("1h", _hour(hour)), _line("4h", _background(long)), _closes(long)]
    return "\n".join([line for line in lines if line])


def _line(name: str, values: Sequence[str | None]) -> str:
    """Return newest values after the name of their bars; nothing where there are none."""
    return f"{name} {joined(values)}" if any(values) else ""


def _headline(of: SymbolSnapshot) -> str:
    return joined(
        [
            f"[{inert(of.symbol, most=MOST_SYMBOL)}] mark {plain(of.mark)}",
            f"STALE: mark {span(of.mark_age_ms)} old" if of.is_stale else None,
            None if of.mid is None else f"mid {plain(of.mid)}",
            None if of.spread_bps is None else f"spread {level(of.spread_bps, digits=3)} bps",
            None if of.change_24h is None else f"24h {percent(of.change_24h)}",
            None if of.volume_24h is None else f"24h volume {level(of.volume_24h / _MILLION)}M",
            None if of.open_interest is None else f"open interest {level(of.open_interest)} coins",
            None if of.funding is None else _funding(of.funding),
        ]
    )


def _funding(of: FundingFacts) -> str:
    rate = f"funding {percent(of.rate, places=4)}"
    if of.next_ms is None:
        return f"{rate} at {clock(of.settled_ms)}"
    return f"{rate}, next {clock(of.next_ms)}"


def _short(of: Timeframe) -> list[str]:
    """Return the five-minute bars: the last one, the series, the newest values."""
    last = of.candles[-1]
    ohlc = " ".join([plain(price) for price in (last.open, last.high, last.low, last.close)])
    distance = of.last("vwap_distance")
    newest = [
        _level(of, "EMA20", "ema20"),
        _level(of, "EMA50", "ema50"),
        _level(of, "MACD", "macd", digits=4),
        _one_place(of, "RSI14", "rsi14"),
        _level(of, "ATR14", "atr14", digits=4),
        _level(of, "VWAP", "vwap"),
        None if distance is None else f"off VWAP {percent(distance)}",
        _level(of, "volume ratio", "relative_volume", digits=3),
    ]
    lines = [
        f"5m OHLC: {ohlc}",
        f"5m close: {' '.join([plain(candle.close) for candle in of.candles[-_SHOWN:]])}",
        _series(of, "5m MACD hist", "macd_histogram", digits=3),
        _series(of, "5m RSI7", "rsi7", digits=2),
        f"5m {joined(newest)}" if any(newest) else None,
    ]
    return [line for line in lines if line]


def _series(of: Timeframe, label: str, name: str, *, digits: int) -> str | None:
    """Return the last values of a line, oldest first; ``-`` where bars did not suffice."""
    values = of.lines.get(name, ())[-_SHOWN:]
    texts = ["-" if each is None else level(each, digits=digits) for each in values]
    return f"{label}: {' '.join(texts)}" if texts else None


def _level(of: Timeframe, label: str, *names: str, digits: int = 5) -> str | None:
    """Return the newest values of some lines; nothing unless all of them are there."""
    values = [value for name in names if (value := of.last(name)) is not None]
    if len(values) < len(names):
        return None
    return f"{label} {'/'.join([level(each, digits=digits) for each in values])}"


def _hour(of: Timeframe) -> list[str | None]:
    """Return the newest values of the bars by which playbooks judge."""
    bandwidth = of.last("bollinger_bandwidth")
    return [
        _level(of, "EMA20", "ema20"),
        _level(of, "ATR14", "atr14", digits=4),
        _one_place(of, "ADX14", "adx14"),
        _level(of, "Bollinger", "bollinger_lower", "bollinger_middle", "bollinger_upper"),
        None if bandwidth is None else f"bandwidth {percent(bandwidth, signed=False)}",
        _level(of, "Keltner", "keltner_lower", "keltner_upper"),
        _squeeze(of),
        _supertrend(of),
        _level(of, "Ichimoku base", "ichimoku_base"),
        _level(of, "cloud", "ichimoku_cloud_bottom", "ichimoku_cloud_top"),
        _level(of, "range20", "lowest20", "highest20"),
    ]


def _background(of: Timeframe) -> list[str | None]:
    """Return the newest values of the bars that give the bias."""
    return [
        _one_place(of, "ADX14", "adx14"),
        _one_place(of, "RSI14", "rsi14"),
        _level(of, "Bollinger", "bollinger_lower", "bollinger_upper"),
        _squeeze(of),
        _supertrend(of),
        _level(of, "cloud", "ichimoku_cloud_bottom", "ichimoku_cloud_top"),
    ]


def _supertrend(of: Timeframe) -> str | None:
    line, direction = _level(of, "Supertrend", "supertrend"), of.last("supertrend_direction")
    if line is None or direction is None:
        return None
    return f"{line} {'up' if direction > 0 else 'down'}"


def _one_place(of: Timeframe, label: str, name: str) -> str | None:
    value = of.last(name)
    return None if value is None else f"{label} {one_place(value)}"


def _squeeze(of: Timeframe) -> str | None:
    """Return whether Bollinger lies inside Keltner."""
    names = ("keltner_lower", "bollinger_lower", "bollinger_upper", "keltner_upper")
    edges = [value for name in names if (value := of.last(name)) is not None]
    if len(edges) < len(names):
        return None
    floor, lower, upper, ceiling = edges
    return f"squeeze {'yes' if floor < lower and upper < ceiling else 'no'}"


def _closes(of: Timeframe) -> str:
    closes = [level(candle.close) for candle in of.candles[-_SHOWN:]]
    return f"4h close: {' '.join(closes)}" if closes else ""
