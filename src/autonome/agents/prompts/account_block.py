"""An arm's own account in a prompt."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

from autonome.agents.port import PositionView, TradeResult
from autonome.agents.prompts.measures import record_of
from autonome.agents.prompts.standing import ArmStanding, HeldPosition
from autonome.agents.prompts.words import (
    MOST_SYMBOL,
    clock,
    inert,
    joined,
    percent,
    span,
    two_places,
)
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.instants import ms_of
from autonome.domain.money import ZERO
from autonome.market.snapshot.figures import plain

__all__ = ["account_block"]

_SHOWN_TRADES: Final = 5
_SHOWN_DENIALS: Final = 5
_AVERAGE: Final = Context(prec=8)


def account_block(standing: ArmStanding, *, at_ms: int) -> str:
    """Return what the arm has, did and may still do."""
    lines = [
        _worth(standing),
        _record(standing),
        *_trades(standing),
        *_positions(standing, at_ms),
        *_waiting(standing, at_ms),
        *_budgets(standing),
        *_refusals(standing),
    ]
    return "\n".join(["<account>", *lines, "</account>"])


def _worth(of: ArmStanding) -> str:
    notional = sum([_notional(each.view) for each in of.positions], ZERO)
    return joined(
        [
            f"NAV {two_places(of.nav)}",
            f"return {percent(of.nav / of.starting_capital - 1)}",
            f"today {percent(_change(of.nav, of.day_opening_nav))}",
            f"drawdown {percent(_drawdown(of), signed=False)}",
            f"cash {two_places(of.cash)}",
            f"free collateral {two_places(of.free_collateral)}",
            f"exposure {two_places(_ratio(notional, of.nav))} x NAV",
        ]
    )


def _change(now: Decimal, before: Decimal) -> Decimal | None:
    return now / before - 1 if before > 0 else None


def _drawdown(of: ArmStanding) -> Decimal | None:
    return (of.peak_nav - of.nav) / of.peak_nav if of.peak_nav > 0 else None


def _ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole > 0 else None


def _notional(view: PositionView) -> Decimal:
    return view.quantity * view.mark_price


def _record(of: ArmStanding) -> str:
    record = record_of(of.trades)
    measures = [
        f"win rate {percent(record.win_rate, signed=False)}",
        f"profit factor {two_places(record.profit_factor)}",
        f"mean gain / mean loss {two_places(record.payoff)}",
    ]
    costs = None
    if of.round_trip_bps is not None:
        costs = f"a round trip costs about {plain(of.round_trip_bps)} bps of the notional"
    return joined([f"trades {record.trades}", *(measures if record.trades else []), costs])


def _trades(of: ArmStanding) -> list[str]:
    latest = of.trades[-_SHOWN_TRADES:]
    if not latest:
        return []
    return [f"last trades, net, oldest first: {'; '.join([_trade(each) for each in latest])}"]


def _trade(of: TradeResult) -> str:
    ended = "closed" if of.trigger is None else of.trigger.value
    gain = two_places(of.realized_pnl, signed=True)
    share = percent(of.realized_pnl / of.entry_notional)
    return f"{_symbol(of.symbol)} {of.side.value} {gain} ({share}) {ended} {clock(of.closed_at)}"


def _positions(of: ArmStanding, at_ms: int) -> list[str]:
    if not of.positions:
        return ["positions: none"]
    return ["positions:", *[_position(each, of.nav, at_ms) for each in of.positions]]


def _position(held: HeldPosition, nav: Decimal, at_ms: int) -> str:
    view = held.view
    entered = f"at {_average(view.entry_price)}"
    leverage = "" if view.leverage is None else f", {plain(view.leverage)}x"
    gain = two_places(view.unrealized_pnl, signed=True)
    return "- " + joined(
        [
            f"{_symbol(view.symbol)} {view.side.value} {plain(view.quantity)} {entered}{leverage}",
            f"P&L {gain}{_of_margin(view)}{_multiple(view)}",
            _risk(view, nav),
            _reward(view),
            f"held {span(at_ms - view.opened_ms)}",
            *_plan(held.plan),
        ]
    )


def _average(price: Decimal) -> str:
    """Return an average price without the digits that its division left behind."""
    return plain(_AVERAGE.plus(price))


def _risk(view: PositionView, nav: Decimal) -> str:
    """Return what the way from the mark to the stop would cost."""
    if view.stop is None:
        return "no stop"
    loss = (view.mark_price - view.stop) * view.side.sign * view.quantity
    share = percent(_ratio(loss, nav), signed=False)
    return f"stop {plain(view.stop)}, risk {two_places(loss)} ({share} of NAV)"


def _reward(view: PositionView) -> str:
    """Return what the way from the mark to the target would bring."""
    if view.target is None:
        return "no target"
    gain = (view.target - view.mark_price) * view.side.sign * view.quantity
    return f"target {plain(view.target)}, reward {two_places(gain)}"


def _of_margin(view: PositionView) -> str:
    """Return the gain as a part of the margin: notional at entry / leverage."""
    entry_notional = view.quantity * view.entry_price
    if view.leverage is None or not entry_notional:
        return ""
    return f" ({percent(view.unrealized_pnl * view.leverage / entry_notional)} of margin)"


def _multiple(view: PositionView) -> str:
    """Return the gain in distances from entry to first stop."""
    if view.first_stop is None or view.first_stop == view.entry_price:
        return ""
    gained = (view.mark_price - view.entry_price) * view.side.sign
    return f", {two_places(gained / abs(view.entry_price - view.first_stop), signed=True)} R"


def _plan(plan: ExitPlan) -> list[str]:
    parts = []
    if plan.invalidation is not None:
        parts.append(f"invalid if: {inert(plan.invalidation, most=60)}")
    if plan.invalidation_price is not None:
        parts.append(f"invalid beyond {plain(plan.invalidation_price)}")
    if plan.time_exit is not None:
        parts.append(f"ends {inert(plan.time_exit, most=32)}")
    if plan.confidence is not None:
        parts.append(f"confidence {plain(plan.confidence)}")
    return parts


def _waiting(of: ArmStanding, at_ms: int) -> list[str]:
    lines = []
    cooling = [
        f"{_symbol(symbol)} until {clock(until)}"
        for symbol, until in sorted(of.cooldowns.items())
        if ms_of(until) > at_ms
    ]
    if cooling:
        lines.append(f"no entry yet: {', '.join(cooling)}")
    if of.under_way:
        symbols = ", ".join([_symbol(symbol) for symbol in sorted(of.under_way)])
        lines.append(f"orders under way: {symbols}")
    return lines


def _budgets(of: ArmStanding) -> list[str]:
    left = []
    if of.tokens_left is not None:
        left.append(f"{of.tokens_left} tokens")
    if of.money_left is not None:
        left.append(f"{two_places(of.money_left)} USD")
    return [f"left for thinking today: {', '.join(left)}"] if left else []


def _refusals(of: ArmStanding) -> list[str]:
    lines = [f"denied last time ({each.rule}): {inert(each.reason)}" for each in of.denied]
    lines = lines[:_SHOWN_DENIALS]
    if of.halted_reason is not None:
        lines.append(f"HALTED, no new risk: {inert(of.halted_reason)}")
    return lines


def _symbol(symbol: str) -> str:
    return inert(symbol, most=MOST_SYMBOL)
