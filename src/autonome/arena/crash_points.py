"""Named points at which a test lets the process die: after each of them a new one must go on."""

from __future__ import annotations

import os
import signal
from enum import Enum
from typing import Final

__all__ = ["IS_ARMED", "CrashPoint", "reached"]

_VARIABLE: Final = "AUTONOME_CRASH_AT"
"""``POINT`` or ``POINT:N``, the N-th time; for tests alone, unset in every real run."""


class CrashPoint(Enum):
    """Steps of a minute, in their order."""

    MINUTE_BEGUN = "minute-begun"
    CYCLE_WRITTEN = "cycle-written"
    BEFORE_BOOKING = "before-booking"
    AFTER_BOOKING = "after-booking"
    ARM_DONE = "arm-done"
    BEFORE_NAV = "before-nav"
    AFTER_NAV = "after-nav"
    QUESTION_BOOKED = "question-booked"
    ANSWER_COME = "answer-come"
    ANSWER_BOOKED = "answer-booked"
    ARM_ENTERED = "arm-entered"
    COMMAND_CARRIED_OUT = "command-carried-out"
    COMMAND_FINISHED = "command-finished"


_name, _, _number = os.environ.get(_VARIABLE, "").partition(":")
_wanted = CrashPoint(_name) if _name else None
_left = int(_number or 1)
IS_ARMED: Final = _wanted is not None
"""Whether a test asked for a death; where every microsecond counts, only then is a point named."""


def reached(point: CrashPoint) -> None:
    """Kill this process with -9 where a test asked for it, and do nothing otherwise."""
    global _left
    if point is _wanted:
        _left -= 1
        if not _left:
            os.kill(os.getpid(), signal.SIGKILL)
