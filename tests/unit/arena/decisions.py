"""Answers made by hand, and what the core decides on them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from autonome.agents.actions import Action, CreatePosition
from autonome.arena.account import Account
from autonome.arena.decide import decide
from autonome.arena.events import Quote, Said, Step, WokeUp
from autonome.arena.settle import settle_fill
from autonome.domain.choices import OrderSide, Side
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.policy import Policy
from autonome.ledger.rows import ToolCall
from autonome.venue.profile import load_profile
from simulation.bookings import AS_WRITTEN, AT, CAPITAL, account, filled, ordinals

__all__ = ["CLOSE", "create", "decided", "denied_rule", "holding"]

CLOSE = Decimal(100_000)
"""The last close of BTC; ETH's is 2,500."""


def create(
    side: OrderSide, notional: int, *, stop: str | None = None, symbol: str = "BTC"
) -> CreatePosition:
    """Return an entry with leverage two."""
    return CreatePosition(
        symbol=symbol,
        side=side,
        notional=Decimal(notional),
        leverage=Decimal(2),
        exit_plan=ExitPlan(stop=None if stop is None else Decimal(stop)),
        reason="because",
    )


def quote(symbol: str, price: Decimal) -> Quote:
    """Return a quote without spread at five basis points of fee."""
    return Quote(
        instrument=load_profile("binance-perp").instrument(symbol),
        mark_price=price,
        buy_price=price,
        sell_price=price,
        taker_fee_bps=Decimal(5),
    )


def decided(
    held: Account,
    *actions: Action,
    policy: Policy = AS_WRITTEN,
    under_way: Mapping[str, Decimal] | None = None,
    peak_nav: Decimal = CAPITAL,
    said: Said | None = None,
) -> Step:
    """Return what an answer makes of an account."""
    event = WokeUp(
        at=AT,
        actions=actions,
        symbols=("BTC", "ETH"),
        quotes={"BTC": quote("BTC", CLOSE), "ETH": quote("ETH", Decimal(2_500))},
        peak_nav=peak_nav,
        day_opening_nav=CAPITAL,
        under_way=under_way or {},
        said=said,
    )
    return decide(held, event, policy, ordinals())


def holding(side: Side, *, plan: ExitPlan | None = None, leverage: str | None = None) -> Account:
    """Return an account that holds 0.02 BTC, entered at the close."""
    entry = filled(side, "0.02", CLOSE, plan=plan, leverage=leverage)
    return settle_fill(account(), entry, ordinals()).account


def denied_rule(call: ToolCall) -> object:
    """Return the rule that a tool call was denied by."""
    denied = call.metadata["denied"]
    assert isinstance(denied, dict)
    return denied["rule"]
