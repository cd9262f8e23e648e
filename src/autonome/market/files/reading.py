"""Read a market from a folder: the files of each symbol, in a range, with gaps as told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from autonome.domain.errors import MarketDataError
from autonome.domain.instants import ms_of, utc
from autonome.domain.instrument import Instrument
from autonome.market.candles import Candles, FundingRates
from autonome.market.files.bars import read_candles
from autonome.market.files.funding import read_funding
from autonome.market.files.names import Kind, data_files, files_of
from autonome.market.files.rules import refuse
from autonome.market.files.table import Table, read_table
from autonome.market.gaps import MOST_FILLED_MINUTES, Gaps, fill_gaps, find_gaps
from autonome.market.market import Market, align

__all__ = ["read_market"]


def read_market(
    folder: Path,
    instruments: Sequence[Instrument],
    *,
    gaps: Gaps = Gaps.ERROR,
    start: datetime | None = None,
    end: datetime | None = None,
    rate_interval_hours: int | None = None,
) -> Market:
    """Read candles and funding of ``instruments`` from ``folder``.

    Bars open at or after ``start`` and before ``end`` (aware); settlements outside of the bars
    are left out. ``rate_interval_hours`` is what a published funding rate is for; ``None`` says
    that it is for the interval that it settles.

    Raises:
        MarketDataError: a file is missing or breaks a rule; the message names file, row and rule.
    """
    paths = data_files(folder)
    candles: dict[str, Candles] = {}
    funding: dict[str, FundingRates] = {}
    read_as: set[str] = set()
    for each in instruments:
        table = read_table(files_of(paths, folder, each.symbol, Kind.CANDLES), Kind.CANDLES)
        bars = read_candles(table, symbol=each.symbol, tick=each.tick, report=refuse)
        candles[each.symbol] = _mend(table, bars, _range(bars, start, end, table), gaps)
        rates = read_table(files_of(paths, folder, each.symbol, Kind.FUNDING), Kind.FUNDING)
        funding[each.symbol] = _during(
            candles[each.symbol],
            read_funding(
                rates,
                symbol=each.symbol,
                rate_interval_hours=rate_interval_hours,
                report=refuse,
            ),
        )
        read_as |= {_words(table), _words(rates)}
    origin = f"{folder.resolve().name}: {', '.join(sorted(read_as))}"
    return align(candles, funding, origin=origin)


def _words(table: Table) -> str:
    return f"{table.layout.kind.value} {table.format.value} ({table.layout.name})"


def _range(
    bars: Candles, start: datetime | None, end: datetime | None, table: Table
) -> tuple[int, int]:
    """Return the first index of the range and the one after its last."""
    first = 0 if start is None else _first_from(bars, start)
    last = len(bars) if end is None else _first_from(bars, end)
    if first >= last:
        raise MarketDataError(
            f"{table.paths[0]}: expected bars of {bars.symbol} from {start or 'the first'} to"
            f" {end or 'the last'}, found none; the data covers {_instant(bars.open_ms[0])} to"
            f" {_instant(bars.close_ms[-1])}.",
            remedy="Choose a range within the data.",
        )
    return first, last


def _first_from(bars: Candles, instant: datetime) -> int:
    return int(np.searchsorted(bars.open_ms, ms_of(instant)))


def _instant(at_ms: np.int64) -> str:
    return f"{utc(int(at_ms)):%Y-%m-%d %H:%M} UTC"


def _mend(table: Table, bars: Candles, rows: tuple[int, int], gaps: Gaps) -> Candles:
    """Return the bars of the range after doing what the user wants about gaps."""
    kept = bars.between(*rows)
    found = [] if gaps is Gaps.SPLIT else find_gaps(kept.open_ms)
    longest = MOST_FILLED_MINUTES if gaps is Gaps.FILL else 0
    for gap in found:
        if gap.minutes > longest:
            raise MarketDataError(
                f"{table.place_of(rows[0] + gap.before)}: expected that each row opens one minute"
                f" after the row before; a gap of {gap.minutes} min begins at"
                f" {gap.first:%Y-%m-%d %H:%M} UTC{_limit(gaps)}.",
                remedy="Fetch the missing bars, or say what to do without them: --gaps split"
                f" leaves those minutes out, --gaps fill puts flat bars (up to"
                f" {MOST_FILLED_MINUTES} minutes).",
            )
    return fill_gaps(kept) if found else kept


def _limit(gaps: Gaps) -> str:
    return f", and at most {MOST_FILLED_MINUTES} are filled" if gaps is Gaps.FILL else ""


def _during(candles: Candles, funding: FundingRates) -> FundingRates:
    """Return the settlements from the opening of the first bar to the close of the last."""
    first_ms, last_ms = int(candles.open_ms[0]), int(candles.close_ms[-1])
    pairs = zip(funding.at_ms, funding.rate, strict=True)
    kept = [(at_ms, rate) for at_ms, rate in pairs if first_ms <= at_ms <= last_ms]
    return FundingRates(
        symbol=funding.symbol,
        at_ms=tuple(at_ms for at_ms, _ in kept),
        rate=tuple(rate for _, rate in kept),
    )
