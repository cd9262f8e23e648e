"""The five tools: what each takes, what it does, and the schema that the model is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from autonome.agents.tools.arguments import (
    Argument,
    choice,
    choices,
    instant,
    number,
    optional,
    text,
    whole,
)
from autonome.agents.tools.tool import Tool
from autonome.domain.choices import OrderSide
from autonome.market.snapshot.readings import INDICATORS

__all__ = [
    "DEFAULT_LENGTH",
    "MOST_LENGTH",
    "TIMEFRAMES",
    "TOOL_NAMES",
    "arguments_of",
    "tools_of",
]

TIMEFRAMES: Final[Mapping[str, int]] = {
    "1m": 1,
    "5m": 5,
    "15m": 15,
    "1h": 60,
    "4h": 240,
    "1d": 1_440,
}
"""Length of a bar in minutes, by the name that models use."""
MOST_LENGTH: Final = 200
"""Bars that one answer of ``market_data`` holds at most."""
DEFAULT_LENGTH: Final = 50
_MOST_COOLDOWN_ASKED: Final = 10**6
"""Minutes; the policy's own limit is far below, and says so in its own words."""

_DESCRIPTIONS: Final = {
    "create_position": (
        "Open a position at the market, or add to it. Against a position of the other side it is a"
        " flip: that one is closed first. Give quantity or notional."
    ),
    "close_position": "Close a position, or a part of it, at the market.",
    "update_exit_plan": (
        "Change how a position ends; what is left out stays. A stop may only be tightened."
    ),
    "holding": "Do nothing (more) in this cycle; ends your turn.",
    "market_data": "Read more closed bars, with indicators, oldest first. Changes nothing.",
}
TOOL_NAMES: Final = tuple(_DESCRIPTIONS)

_REASON: Final = text("reason", "Why, in one or two sentences; kept on record.")


def tools_of(symbols: Sequence[str]) -> tuple[Tool, ...]:
    """Return the tools of an arena that trades these symbols."""
    return tuple(
        Tool(name=name, description=words, parameters=_schema(arguments_of(name, symbols)))
        for name, words in _DESCRIPTIONS.items()
    )


def arguments_of(tool: str, symbols: Sequence[str]) -> tuple[Argument, ...]:
    """Return what a tool takes.

    Raises:
        KeyError: there is no such tool.
    """
    symbol = choice("symbol", "What is traded.", symbols)
    if tool == "create_position":
        return (symbol, *_ENTRY)
    if tool == "close_position":
        return (symbol, *_CLOSE)
    if tool == "update_exit_plan":
        return (symbol, *_UPDATE)
    if tool == "market_data":
        return (symbol, *_READ)
    return {"holding": (optional(_REASON),)}[tool]


_STOP: Final = number(
    "stop_loss",
    "Price that ends the position at a loss: below the mark for LONG, above it for SHORT.",
)
_PLAN: Final = (
    optional(
        number(
            "profit_target",
            "Price that ends the position at a gain: above the mark for LONG, below it for SHORT.",
        )
    ),
    optional(text("invalidation_condition", "What would prove the idea wrong, in words.")),
    optional(
        number(
            "invalidation_price",
            "Price: a bar that closes beyond it, against the position, ends the position.",
        )
    ),
    optional(
        instant(
            "time_exit",
            "Instant in UTC at which the position ends, such as 2025-05-31T14:30:00Z.",
        )
    ),
)
_ENTRY: Final = (
    choice("side", "Direction of the position.", [side.value for side in OrderSide]),
    optional(number("quantity", "Size in base units (coins), above 0.")),
    optional(number("notional", "Size in quote currency (quantity x mark), above 0.")),
    number("leverage", "Notional / margin, above 0: decides the margin, not the size."),
    _STOP,
    *_PLAN,
    optional(
        whole(
            "cooldown_minutes",
            "Minutes after the close of this position in which the symbol is not entered again.",
            least=0,
            most=_MOST_COOLDOWN_ASKED,
        )
    ),
    number("confidence", "How sure you are, 0 to 1.", most=1, may_be_zero=True),
    _REASON,
)
# A close is never refused for want of words.
_CLOSE: Final = (
    optional(
        number("fraction", "Part of the position, above 0 and at most 1; 1 if left out.", most=1)
    ),
    optional(_REASON),
)
_UPDATE: Final = (optional(_STOP), *_PLAN, _REASON)
_READ: Final = (
    choice("timeframe", "Length of a bar.", tuple(TIMEFRAMES)),
    optional(choices("indicators", "Indicators to add, none if left out.", tuple(INDICATORS))),
    optional(
        whole(
            "length",
            f"How many of the last closed bars; {DEFAULT_LENGTH} if left out.",
            least=1,
            most=MOST_LENGTH,
        )
    ),
)


def _schema(arguments: Sequence[Argument]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {each.name: each.schema for each in arguments},
        "required": [each.name for each in arguments if each.is_required],
        "additionalProperties": False,
    }
