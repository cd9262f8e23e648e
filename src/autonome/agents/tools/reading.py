"""Read a model's call: an action, a question for more data, or why it cannot be executed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NoReturn

from autonome.agents.actions import (
    Action,
    ClosePosition,
    CreatePosition,
    Holding,
    UpdateExitPlan,
)
from autonome.agents.tools.arguments import Argument, BadArgument
from autonome.agents.tools.catalogue import DEFAULT_LENGTH, TIMEFRAMES, TOOL_NAMES, arguments_of
from autonome.agents.tools.tool import MarketDataRequest, Unusable
from autonome.agents.tools.words import clean, quoted
from autonome.domain.choices import OrderSide
from autonome.domain.exit_plan import ExitPlan

__all__ = ["read_call"]

_MOST_READ: Final = 20_000
"""Characters of arguments that are looked at; the longest that make sense are far shorter."""
_MOST_KEPT: Final = 2_000
_MOST_NAME: Final = 64
_MOST_MISTAKES: Final = 10

Arguments = dict[str, Any]


def read_call(
    name: str, arguments: str | Mapping[str, object], *, symbols: Sequence[str]
) -> Action | MarketDataRequest | Unusable:
    """Return what a call asks for, ``Unusable`` when it cannot be executed; nothing is raised.

    ``arguments`` is JSON, as text or read already; a number in it becomes a Decimal from its text.
    A number that was read as a binary one is refused: its digits are no longer the model's own.
    """
    try:
        wanted = _wanted(name, symbols)
        given = _parsed(arguments) if isinstance(arguments, str) else arguments
        return _made(name, _read(name, given, wanted))
    except BadArgument as bad:
        return Unusable(
            tool=clean(name, most=_MOST_NAME), arguments=_kept(arguments), reason=str(bad)
        )


def _wanted(name: str, symbols: Sequence[str]) -> tuple[Argument, ...]:
    """Return what the tool takes."""
    if name not in TOOL_NAMES:
        raise BadArgument(f"expected a tool among {', '.join(TOOL_NAMES)}, found {quoted(name)}")
    return arguments_of(name, symbols)


def _parsed(arguments: str) -> dict[str, object]:
    """Return the object that the text holds."""
    if len(arguments) > _MOST_READ:
        raise BadArgument(
            f"expected arguments of at most {_MOST_READ} characters, found {len(arguments)}"
        )
    try:
        parsed = json.loads(
            # Some models send nothing at all to a tool that needs no argument.
            arguments if arguments.strip() else "{}",
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except BadArgument:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadArgument(f"expected arguments as a JSON object: {error}") from None
    if not isinstance(parsed, dict):
        raise BadArgument(f"expected arguments as a JSON object, found {quoted(parsed)}")
    return parsed


def _refuse_constant(found: str) -> NoReturn:
    raise BadArgument(f"expected finite numbers, found {found}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose keys come once: of two values, neither is known to be meant."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise BadArgument("expected each argument once, found one repeated")
    return read


def _read(name: str, given: Mapping[str, object], wanted: Sequence[Argument]) -> Arguments:
    """Return the arguments by name, absent ones as ``None``; every mistake is named at once."""
    known = {each.name for each in wanted}
    mistakes = [f"expected no argument {quoted(key)}" for key in given if key not in known]
    read: Arguments = {}
    for each in wanted:
        found = given.get(each.name)
        read[each.name] = None
        if found is None and not each.is_required:
            continue
        if each.name not in given:
            mistakes.append(f"expected the argument {each.name}, found none")
            continue
        try:
            read[each.name] = each.read(found)
        except BadArgument as bad:
            mistakes.append(str(bad))
    if name == "create_position" and not any("quantity" in each for each in mistakes):
        mistakes += _size_mistakes(given)
    if name == "update_exit_plan" and not mistakes and not _asks_for_change(read):
        mistakes.append("expected at least one change of the exit plan, found none")
    if mistakes:
        raise BadArgument("; ".join(mistakes[:_MOST_MISTAKES]))
    return read


def _size_mistakes(given: Mapping[str, object]) -> list[str]:
    sizes = [given.get("quantity"), given.get("notional")]
    found = {0: "both", 1: None, 2: "neither"}[sizes.count(None)]
    return [] if found is None else [f"expected either quantity or notional, found {found}"]


def _asks_for_change(read: Arguments) -> bool:
    return any(found is not None for key, found in read.items() if key not in {"symbol", "reason"})


def _made(name: str, read: Arguments) -> Action | MarketDataRequest:
    reason = read.get("reason") or ""
    if name == "create_position":
        return _created(read, reason)
    if name == "close_position":
        fraction = Decimal(1) if read["fraction"] is None else read["fraction"]
        return ClosePosition(symbol=read["symbol"], fraction=fraction, reason=reason)
    if name == "update_exit_plan":
        return UpdateExitPlan(
            symbol=read["symbol"],
            stop=read["stop_loss"],
            target=read["profit_target"],
            invalidation=read["invalidation_condition"],
            invalidation_price=read["invalidation_price"],
            time_exit=read["time_exit"],
            reason=reason,
        )
    if name == "market_data":
        return MarketDataRequest(
            symbol=read["symbol"],
            timeframe_minutes=TIMEFRAMES[read["timeframe"]],
            indicators=read["indicators"] or (),
            length=DEFAULT_LENGTH if read["length"] is None else read["length"],
        )
    return Holding(reason=reason)


def _created(read: Arguments, reason: str) -> CreatePosition:
    return CreatePosition(
        symbol=read["symbol"],
        side=OrderSide(read["side"]),
        quantity=read["quantity"],
        notional=read["notional"],
        leverage=read["leverage"],
        exit_plan=ExitPlan(
            stop=read["stop_loss"],
            target=read["profit_target"],
            invalidation=read["invalidation_condition"],
            invalidation_price=read["invalidation_price"],
            confidence=read["confidence"],
            time_exit=read["time_exit"],
        ),
        cooldown_minutes=read["cooldown_minutes"],
        reason=reason,
    )


def _kept(arguments: str | Mapping[str, object]) -> str:
    """Return arguments as they came, cut to what is kept."""
    if isinstance(arguments, str):
        return clean(arguments, most=_MOST_KEPT)
    try:
        return clean(json.dumps(arguments, default=str), most=_MOST_KEPT)
    except (TypeError, ValueError, RecursionError):
        return ""
