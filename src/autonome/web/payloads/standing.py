"""How arms stand against each other: NAV over time, leaderboard, performance, how a NAV adds up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from autonome.web.payloads.arms import ArmRef
from autonome.web.payloads.figures import MONEY_SCHEMA, Money, Payload

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
    "NavTransfer",
    "Performance",
    "Ranked",
    "Sentence",
    "Sharpe",
    "TooLittle",
    "VersusHold",
    "WinRate",
]


class NavPoint(TypedDict):
    """What an arm was worth at an instant; texts from the start, for there are many."""

    at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    nav: Annotated[str, Field(json_schema_extra=MONEY_SCHEMA)]


class Gap(Payload):
    """A stretch without NAV: between the last point before it and the first one after it."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime


class NavTransfer(Payload):
    """Money that was paid into an account, or out of it: no gain and no loss."""

    at: datetime
    amount: Money
    """Negative when paid out."""
    before: Money | None
    """NAV before it; null: something was held. A return counts NAV from here on times
    before / (before + amount)."""


class NavHistory(Payload):
    """NAV of one arm, oldest first."""

    arm: ArmRef
    net: bool
    """Whether what inference had cost so far is taken off."""
    resolution: Literal["minute", "hour", "day"]
    """What the points were taken from."""
    downsampled: bool
    """Whether points were left out, beyond what the resolution does; extremes never are."""
    from_: datetime = Field(serialization_alias="from")
    """The first point's instant."""
    to: datetime
    """The last one's."""
    points: list[NavPoint]
    gaps: list[Gap]
    missed: list[datetime]
    """Cycles in which the model was not asked; told at a resolution of minutes alone."""
    transfers: list[NavTransfer]
    """All of the arm, oldest first; those before the first point count, too."""


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
    mean_block_hours: int
    resamples: int
    confidence: float
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
    """Up to about `asOf`."""
    halted_reason: str | None


class Leaderboard(Payload):
    """Every arm, the best first, and whether it means anything."""

    as_of: datetime | None
    """Up to when intervals and p values count; returns are those of the newest NAV."""
    net: bool
    sentence: Sentence
    method: Method
    items: list[Ranked]


class Drawdown(Payload):
    """The deepest fall from a peak."""

    depth: float
    """Fraction, >= 0."""
    from_: datetime = Field(serialization_alias="from")
    """When the peak was."""
    to: datetime
    """When the trough was."""


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
    """Of the net returns; positive where this arm did better."""
    p_value: float


class Performance(Payload):
    """The measures of one arm; each is a number, or says what is missing."""

    arm: ArmRef
    from_: datetime | None = Field(serialization_alias="from")
    to: datetime | None
    nav: Money | None
    return_: float | TooLittle = Field(serialization_alias="return")
    return_net: float | TooLittle
    interval: Interval | TooLittle
    measured_until: datetime | None
    """Up to when intervals, ratios and `vsHold` count: the end of an hour. The rest is of now."""
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
    """Entry notional held, averaged over the time / starting capital."""
    time_in_market: float | TooLittle
    """Fraction of the time with any position."""
    vs_hold: VersusHold | TooLittle | None
    """Null: no control holds BTC, or it is this arm."""


class Audited(Payload):
    """When the arena was recomputed last."""

    at: datetime
    clean: bool


class NavBridge(Payload):
    """How the newest NAV adds up, exactly; every part is signed as it moved the NAV."""

    arm: ArmRef
    starting_capital: Money
    gross_pnl_closed: Money
    fees_total: Money
    """Negative when paid; those of open positions too."""
    funding_closed: Money
    funding_open: Money
    liquidation_fees: Money
    shortfall: Money
    deposits: Money
    """Less withdrawals."""
    adopted: Money
    """What another client's P&L said beyond its prices; zero for arms of ours."""
    unrealized: Money | None
    """Null where a mark is missing."""
    nav: Money
    nav_at: datetime
    inference: Money
    """Of no NAV; negative."""
    nav_net: Money
    recomputed_nav: Money | None
    difference: Money | None
    """NAV - recomputed NAV, in cents; zero when everything adds up."""
    last_audit: Audited | None
