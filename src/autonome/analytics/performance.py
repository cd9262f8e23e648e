"""All measures of one arm together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from autonome.analytics.bootstrap import Interval
from autonome.analytics.comparison import Difference, TooLittle
from autonome.analytics.leaderboard import Measured, market_control
from autonome.analytics.linking import linked
from autonome.analytics.measures import (
    Drawdown,
    Ratio,
    calmar,
    current_drawdown,
    max_drawdown,
    sharpe,
    sortino,
)
from autonome.analytics.trades import Exposure, TradeMeasures, exposure, trade_measures
from autonome.domain.instants import utc
from autonome.domain.money import exact
from autonome.domain.value import value
from autonome.ledger.queries.hours import Competitor, competitors
from autonome.ledger.queries.nav_history import NavSeries, Resolution, nav_ranges, nav_series
from autonome.ledger.queries.trading import Trip, trips, turnover
from autonome.ledger.queries.transfers import Transfer, transfers
from autonome.ledger.reader import Rows

__all__ = ["Performance", "performance_of", "read_performance"]

_CENT = 0.01


@value
class Performance:
    """The measures of one arm; returns and ratios are net of inference unless they say gross."""

    competitor: Competitor
    start: datetime
    """The first NAV point."""
    end: datetime
    """The newest."""
    nav: Decimal
    """Quote, gross."""
    return_gross: float
    return_net: float
    interval: Interval | TooLittle
    """Of the net return, up to ``measured_until``; so are the ratios and ``versus_hold``."""
    measured_until: datetime | None
    """The end of the last hour that counts there, ``None`` while there is none."""
    max_drawdown: Drawdown
    """Of gross NAV; its places are those of ``drawdown_at``."""
    drawdown_at: tuple[datetime, datetime]
    """When the peak was, and the trough."""
    current_drawdown: float
    sharpe: Ratio | TooLittle
    sortino: Ratio | TooLittle
    calmar: Ratio | TooLittle
    trades: TradeMeasures
    turnover: Decimal
    """Sum of fill notionals (quote)."""
    turnover_of_capital: float
    exposure: Exposure | TooLittle
    versus_hold: Difference | TooLittle | None
    """Against the control that holds BTC; ``None`` where none competes, or it is this arm."""


async def read_performance(
    rows: Rows, model_id: str, *, net: Measured, gross: Measured
) -> Performance | None:
    """Return the measures of one arm, ``None`` where it is not known or was never valued."""
    arms = await rows.all(competitors())
    found = await rows.one(nav_ranges([model_id]))
    if found is None or model_id not in net.growths or model_id not in gross.growths:
        return None
    edges = nav_series([model_id], start=found.first, end=found.last, resolution=Resolution.HOUR)
    series = await rows.one(edges)
    traded = await rows.one(turnover(model_id))
    inference = await net.inference_since(rows)
    assert series is not None
    assert traded is not None
    return performance_of(
        next(each for each in arms if each.model_id == model_id),
        hold=market_control(arms),
        net=net,
        gross=gross,
        inference=inference,
        series=series,
        trips=await rows.all(trips(model_id)),
        turnover=traded,
        moved=[each for each in await rows.all(transfers()) if each.model_id == model_id],
    )


@exact
def performance_of(
    arm: Competitor,
    *,
    hold: Competitor | None,
    net: Measured,
    gross: Measured,
    inference: Mapping[str, Decimal],
    series: NavSeries,
    trips: list[Trip],
    turnover: Decimal,
    moved: Sequence[Transfer] = (),
) -> Performance:
    """Return the measures from what was read and resampled."""
    nav = np.maximum(linked(series.cents / 100.0, series.at_us, moved), _CENT)
    fall = max_drawdown(nav)
    times = [utc(int(at_us) // 1000) for at_us in series.at_us[[0, fall.peak, fall.trough, -1]]]
    start, peak_at, trough_at, end = times
    whole = net.growths[arm.model_id].whole
    is_hold = hold is None or hold.model_id == arm.model_id
    return Performance(
        competitor=arm,
        start=start,
        end=end,
        nav=Decimal(int(series.cents[-1])).scaleb(-2),
        return_gross=gross.total_return(arm, {}),
        return_net=net.total_return(arm, inference),
        measured_until=net.as_of,
        interval=net.comparison.interval(arm.model_id),
        max_drawdown=fall,
        drawdown_at=(peak_at, trough_at),
        current_drawdown=current_drawdown(nav),
        sharpe=sharpe(whole),
        sortino=sortino(whole),
        calmar=calmar(whole, deepest=fall.depth),
        trades=trade_measures(trips),
        turnover=turnover,
        turnover_of_capital=float(turnover) / float(arm.starting_capital),
        exposure=exposure(trips, start=start, end=end, capital=arm.starting_capital),
        versus_hold=None
        if is_hold or hold is None
        else net.comparison.difference(arm.model_id, hold.model_id),
    )
