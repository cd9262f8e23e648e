"""The report of an arm: everything about it at one state of the arena."""

from __future__ import annotations

from datetime import datetime

from autonome.web.payloads.arms import Arm
from autonome.web.payloads.figures import Payload
from autonome.web.payloads.policy import ArmPolicy
from autonome.web.payloads.standing import NavBridge, NavHistory, Performance
from autonome.web.payloads.trading import Position, Trade

__all__ = ["ArmReport"]


class ArmReport(Payload):
    """What is to be printed of an arm, from one state of the arena.

    What is measured by the hour is up to `performance.measuredUntil`.
    """

    as_of: datetime | None
    """How far the arena had come."""
    arm: Arm
    policy: ArmPolicy
    performance: Performance | None
    """Null until the first NAV point is measured."""
    bridge: NavBridge | None
    """Null before the first NAV point; so is the next."""
    nav: NavHistory | None
    positions: list[Position]
    trades: list[Trade]
    """The newest 5,000, the last closed first; `arm.trades` says how many there are."""
    failures: dict[str, int]
    """How many of each kind."""
