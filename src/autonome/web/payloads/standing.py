"""How arms stand against each other: NAV over time, leaderboard, performance, how a NAV adds up."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import Money, Payload

__all__ = [
    "Audited",
    "Drawdown",
    "Gap",
    "Interval",
    "Leaderboard",
    "Method",
    "NavBridge",
    "NavHistories",
    "NavHistory",
    "NavPoint",
    "Performance",
    "Ranked",
    "Sentence",
    "Sharpe",
    "TooLittle",
    "VersusHold",
    "WinRate",
]


class NavPoint(Payload):
    """What an arm was worth at an instant."""

    at: datetime
    nav: Money


class Gap(Payload):
    """A stretch without NAV."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime


class NavHistory(Payload):
    """NAV of one arm, oldest first."""

    arm: ArmRef
    net: bool
    """Whether what inference had cost so far is taken off."""
    resolution: Literal["minute", "hour", "day"]
    downsampled: bool
    from_: datetime | None = Field(serialization_alias="from")
    to: datetime | None
    points: list[NavPoint]
    gaps: list[Gap]
    missed: list[datetime]
    """Cycles in which the model was not asked."""


class NavHistories(Payload):
    """NAV of several arms."""

    items: list[NavHistory]
    as_of: datetime | None


class TooLittle(Payload):
    """A statistic that has too little data."""

    too_little: str = Field(examples=["needs 90 days, has 30"])


class Interval(Payload):
    """Where a figure lies with a confidence of 95 %."""

    low: float
    high: float


class Sentence(Payload):
    """What the leaderboard says in words."""

    leader: ArmRef | None
    leader_return: float | None
    indistinguishable: int
    others: int
    hold_return: float | None
    beat_hold: int
    competitors: int
    too_little: str | None


class Method(Payload):
    """How uncertainty was computed."""

    name: str = "paired stationary block bootstrap"
    mean_block_hours: int = 24
    resamples: int
    confidence: float = 0.95
    seed: int


class Ranked(Payload):
    """One arm on the leaderboard."""

    rank: int
    tied: bool
    """Whether it cannot be told apart from the first."""
    arm: ArmRef
    nav: Money | None
    return_: float | None = Field(serialization_alias="return")
    interval: Interval | None
    too_little: str | None
    p_value_vs_first: float | None
    trades: int
    missed: int
    halted_reason: str | None


class Leaderboard(Payload):
    """Every arm, the best first, and whether it means anything."""

    as_of: datetime | None
    net: bool
    sentence: Sentence
    method: Method
    items: list[Ranked]


class Drawdown(Payload):
    """The deepest fall from a peak."""

    depth: float
    """Fraction, >= 0."""
    from_: datetime | None = Field(serialization_alias="from")
    to: datetime | None


class Sharpe(Payload):
    """A Sharpe ratio, annualised."""

    value: float
    standard_error: float
    days: int


class WinRate(Payload):
    """The share of trades with a gain, with its Wilson interval."""

    value: float
    low: float
    high: float
    trades: int


class VersusHold(Payload):
    """The difference to holding BTC."""

    difference: float
    p_value: float | None


class Performance(Payload):
    """The measures of one arm; each is a number, or says what is missing."""

    arm: ArmRef
    from_: datetime | None = Field(serialization_alias="from")
    to: datetime | None
    nav: Money | None
    return_: float | TooLittle = Field(serialization_alias="return")
    return_net: float | TooLittle
    interval: Interval | TooLittle
    max_drawdown: Drawdown | TooLittle
    current_drawdown: float | TooLittle
    sharpe: Sharpe | TooLittle
    sortino: float | TooLittle
    calmar: float | TooLittle
    win_rate: WinRate | TooLittle
    profit_factor: float | TooLittle
    expectancy: Money | TooLittle
    best: Money | TooLittle
    worst: Money | TooLittle
    median_holding_minutes: float | TooLittle
    longs: int
    shorts: int
    turnover: Money
    turnover_of_capital: float | TooLittle
    exposure: float | TooLittle
    """Mean gross notional / NAV."""
    time_in_market: float | TooLittle
    vs_hold: VersusHold | TooLittle


class Audited(Payload):
    """When the arena was recomputed last."""

    at: datetime
    clean: bool


class NavBridge(Payload):
    """How a NAV adds up, exactly."""

    arm: ArmRef
    starting_capital: Money
    gross_pnl_closed: Money
    fees_total: Money
    """Paid, of open positions too."""
    funding_closed: Money
    funding_open: Money
    liquidation_fees: Money
    shortfall: Money
    deposits: Money
    unrealized: Money
    nav: Money | None
    inference: Money
    nav_net: Money | None
    recomputed_nav: Money
    difference: Money | None
    """NAV - recomputed NAV, in cents; zero when everything adds up."""
    last_audit: Audited | None
