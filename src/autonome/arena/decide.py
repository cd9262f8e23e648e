"""Decide: an agent's answer becomes a decision on record and orders for the venue.

A plain function of account and event: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from autonome.agents.actions import Action, ClosePosition, CreatePosition, UpdateExitPlan
from autonome.agents.actions import Holding as Hold
from autonome.arena.account import Account
from autonome.arena.arguments import unusable_entry, unusable_fraction
from autonome.arena.asked import asked, call_type
from autonome.arena.events import Judged, Names, PlaceOrder, Quote, Said, Step, WokeUp
from autonome.arena.orders import with_plan
from autonome.arena.payments import payment_row
from autonome.arena.placing import place
from autonome.arena.updating import on_grid, updated_plan
from autonome.domain.choices import IntentPurpose, OrderSide, PaymentKind
from autonome.domain.instants import zulu
from autonome.domain.money import ZERO, round_down, round_money
from autonome.domain.policy import (
    Change,
    Exposure,
    Policy,
    Request,
    Standing,
    Verdict,
    judge,
    judge_symbol,
)
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from autonome.ledger.journal.port import Booking
from autonome.ledger.rows import Invocation, Order, Payment, ToolCall

__all__ = ["decide"]


def decide(account: Account, event: WokeUp, policy: Policy, names: Names) -> Step:
    """Return what an answer with at least one action makes of the arm."""
    return _Decision(account, event, policy, names).taken()


class _Decision:
    """One answer, action by action: each starts from where the ones before it will have led."""

    def __init__(self, account: Account, event: WokeUp, policy: Policy, names: Names) -> None:
        self._account = account
        self._event = event
        self._policy = policy
        self._names = names
        self._invocation = _invocation(account, event, names)
        self._holdings = account.holdings
        self._exposures = _exposures(account, event)
        self._acted: set[str] = set()
        self._halted = account.halted_reason
        self._calls: list[ToolCall] = []
        self._orders: list[PlaceOrder] = []
        self._updated: dict[str, Order] = {}
        self._accepted: list[Action] = []
        self._denials: list[Denied] = []
        self._most: Decimal | None = None
        """What the action at hand may open, where its model was told so before."""
        self._changes: tuple[Change, ...] = ()
        """What rules shrank before one of them denied the action at hand."""
        self._judging: tuple[Request, Standing] | None = None
        """What the policy was asked about the action at hand, if it was asked."""
        self._judged_by = policy.title
        """Which policy's verdict on the action at hand is recorded."""
        self._judged: list[Judged] = []
        self._nav = account.nav(event.mark_price)

    def taken(self) -> Step:
        """Take every action in turn."""
        said = self._event.said
        refused: Mapping[int, Denied] = {} if said is None else said.denials
        for number, action in enumerate(self._event.actions):
            self._most = None if said is None else said.told.get(number)
            before = None if said is None else said.judged.get(number)
            self._judging = None if before is None else (before.request, before.standing)
            self._judged_by = self._policy.title
            if said is not None and number in refused:
                self._judged_by = said.refused_by or self._judged_by
            outcome = refused.get(number) or self._take(action)
            if isinstance(outcome, Denied):
                self._deny(action, outcome)
            if isinstance(action, Hold):
                break
        account, halted = self._account, None
        if self._halted != account.halted_reason:
            halted = self._halted
        if halted or self._updated:
            account = changed(account, holdings=self._holdings, halted_reason=self._halted)
        booking = Booking(
            model_id=account.model_id,
            epoch=account.epoch,
            invocations=(self._invocation,),
            tool_calls=tuple(self._calls) if said is None else (*self._calls, *said.unusable),
            orders=tuple(self._updated.values()),
            intents=tuple([order.intent for order in self._orders]),
            payments=() if said is None else self._paid(said),
            counts=None if said is None else said.counts,
            halted_reason=halted,
        )
        return Step(
            account=account,
            booking=booking,
            orders=tuple(self._orders),
            accepted=tuple(self._accepted),
            denials=tuple(self._denials),
            judged=tuple(self._judged),
        )

    def _paid(self, said: Said) -> tuple[Payment, ...]:
        if not said.cost:
            return ()
        cost = round_money(said.cost)
        return (
            payment_row(
                self._account, None, PaymentKind.INFERENCE, -cost, self._event.at, self._names
            ),
        )

    def _take(self, action: Action) -> Denied | None:
        if isinstance(action, Hold):
            self._record(action, {})
            return None
        denied = judge_symbol(
            self._policy,
            action.symbol,
            allowed=self._event.symbols,
            # A change of plan is no action on the position: any number may come, before or after.
            acted=() if isinstance(action, UpdateExitPlan) else self._acted,
        )
        if denied is not None:
            return denied
        quote = self._event.quotes[action.symbol]
        if isinstance(action, UpdateExitPlan):
            return self._update(action, quote)
        if action.symbol in self._event.under_way:
            reason = f"expected no order of {action.symbol} on its way; one is"
            return Denied(rule="order-under-way", reason=reason)
        if isinstance(action, CreatePosition):
            return self._create(action, quote)
        return self._close(action, quote)

    def _create(self, action: CreatePosition, quote: Quote) -> Denied | None:
        unusable = unusable_entry(action)
        if unusable is not None:
            return unusable
        instrument = quote.instrument
        plan = on_grid(action.exit_plan, instrument)
        asked_for = _lots(action, quote)
        buys = action.side is OrderSide.LONG
        request = Request(
            symbol=action.symbol,
            side=action.side,
            opening=asked_for,
            leverage=action.leverage,
            stop=plan.stop,
            target=plan.target,
            cooldown_minutes=action.cooldown_minutes,
            instrument=instrument,
            mark_price=quote.mark_price,
            entry_price=quote.buy_price if buys else quote.sell_price,
            taker_fee_bps=quote.taker_fee_bps,
        )
        standing = self._standing(quote)
        self._judging = request, standing
        verdict = judge(self._policy, request, standing)
        if self._most is not None and verdict.opening > self._most:
            verdict = _as_told(verdict, self._most)
        if verdict.denied is not None:
            self._changes = verdict.changes
            return verdict.denied
        present = self._exposures.get(action.symbol)
        size = ZERO if present is None else present.size
        sign = action.side.sign
        closing = abs(size) if size * sign < 0 else ZERO
        traded = closing + verdict.opening
        call = self._record(action, _allowed(traded, verdict.changes))
        self._orders.append(
            place(
                self._account,
                action.symbol,
                action.side.entry_side,
                IntentPurpose.OPEN,
                at=self._event.at,
                names=self._names,
                tool_call=call,
                closing=closing,
                opening=verdict.opening,
                exit_plan=plan,
                leverage=action.leverage,
                cooldown_minutes=self._policy.cooldown_minutes(action.cooldown_minutes),
            )
        )
        after = sign * verdict.opening if closing else size + sign * verdict.opening
        leverage = action.leverage
        if present is not None and present.leverage is not None and not closing:
            leverage = min(leverage, present.leverage)
        self._expose(action.symbol, after, quote, plan.stop, leverage)
        self._nav -= traded * verdict.cost
        self._accepted.append(
            changed(action, quantity=verdict.opening, notional=None, exit_plan=plan)
        )
        return None

    def _close(self, action: ClosePosition, quote: Quote) -> Denied | None:
        held = self._exposures.get(action.symbol)
        if held is None or not held.size:
            reason = f"expected an open position of {action.symbol}; there is none"
            return Denied(rule="position-open", reason=reason)
        unusable = unusable_fraction(action)
        if unusable is not None:
            return unusable
        whole = abs(held.size)
        lot = quote.instrument.lot
        quantity = whole if action.fraction == 1 else whole * action.fraction // lot * lot
        if not quantity:
            reason = f"expected at least one lot of {lot}, found {action.fraction} of {whole}"
            return Denied(rule="min-quantity", reason=reason)
        side = OrderSide.SHORT if held.size > 0 else OrderSide.LONG
        call = self._record(action, _allowed(quantity, ()))
        self._orders.append(
            place(
                self._account,
                action.symbol,
                side.entry_side,
                IntentPurpose.CLOSE,
                at=self._event.at,
                names=self._names,
                tool_call=call,
                closing=quantity,
            )
        )
        left = held.size + side.sign * quantity
        self._expose(action.symbol, left, quote, held.stop, held.leverage)
        self._accepted.append(action)
        return None

    def _update(self, action: UpdateExitPlan, quote: Quote) -> Denied | None:
        holding = self._holdings.get(action.symbol)
        plan = updated_plan(self._policy, holding, action, quote)
        if isinstance(plan, Denied):
            return plan
        assert holding is not None
        row = with_plan(holding.order, plan, self._event.at)
        self._holdings = {**self._holdings, action.symbol: changed(holding, order=row)}
        self._updated[row.id] = row
        self._record(action, {"allowed": {"exitPlan": plan.to_json()}})
        self._accepted.append(changed(action, stop=plan.stop, target=plan.target))
        return None

    def _standing(self, quote: Quote) -> Standing:
        return Standing(
            at=self._event.at,
            nav=self._nav,
            peak_nav=self._event.peak_nav,
            day_opening_nav=self._event.day_opening_nav,
            exposures=dict(self._exposures),
            cooldowns=self._account.cooldowns,
            acted=frozenset(self._acted),
            halted_reason=self._halted,
            mark_age_ms=quote.age_ms,
        )

    def _expose(
        self,
        symbol: str,
        size: Decimal,
        quote: Quote,
        stop: Decimal | None,
        leverage: Decimal | None,
    ) -> None:
        self._acted.add(symbol)
        if not size:
            del self._exposures[symbol]
            return
        self._exposures[symbol] = Exposure(
            size=size, mark_price=quote.mark_price, leverage=leverage, stop=stop
        )

    def _record(self, action: Action, outcome: Mapping[str, object]) -> ToolCall:
        said = self._event.said
        if said and said.sent and isinstance(action, CreatePosition | ClosePosition):
            outcome = {"late": zulu(said.sent), **outcome}
        call = ToolCall(
            id=self._names.new_id(),
            invocation_id=self._invocation.id,
            tool_call_type=call_type(action),
            metadata={"asked": asked(action), "policy": self._judged_by, **outcome},
            created_at=self._event.at,
            updated_at=self._event.at,
        )
        self._calls.append(call)
        if self._judging is not None and isinstance(action, CreatePosition):
            request, standing = self._judging
            self._judged.append(Judged(tool_call_id=call.id, request=request, standing=standing))
        return call

    def _deny(self, action: Action, denied: Denied) -> None:
        refusal: dict[str, object] = {"rule": denied.rule, "reason": denied.reason}
        if denied.until is not None:
            refusal["until"] = denied.until
        if denied.halts:
            self._halted = denied.reason
        self._record(action, {"denied": refusal, **_changed_by(self._changes)})
        self._changes = ()
        self._denials.append(denied)


def _invocation(account: Account, event: WokeUp, names: Names) -> Invocation:
    if event.said is not None:
        return event.said.invocation
    return Invocation(
        id=names.new_id(),
        model_id=account.model_id,
        response="\n".join([action.reason for action in event.actions]),
        created_at=event.at,
        updated_at=event.at,
    )


def _exposures(account: Account, event: WokeUp) -> dict[str, Exposure]:
    """Return what is held, and what orders that have not traded yet may still open."""
    exposures = {
        symbol: Exposure(
            size=holding.position.size,
            mark_price=event.mark_price(symbol),
            leverage=holding.order.leverage,
            stop=holding.order.sl_trigger_price,
        )
        for symbol, holding in account.holdings.items()
    }
    for symbol, opening in event.under_way.items():
        held = exposures.get(symbol)
        if opening and held is not None:
            adds = opening * held.size > 0
            # Until a flip has traded, it may leave either side.
            size = held.size + opening if adds else max(held.size, opening, key=abs)
            exposures[symbol] = changed(held, size=size)
        elif opening:
            mark = event.mark_price(symbol)
            exposures[symbol] = Exposure(size=opening, mark_price=mark, leverage=None, stop=None)
    return exposures


def _lots(action: CreatePosition, quote: Quote) -> Decimal:
    """Return what the action asks to open, in whole lots, rounded down."""
    instrument = quote.instrument
    if action.notional is not None:
        return instrument.lots_worth(action.notional, price=quote.mark_price)
    return round_down(action.quantity or ZERO, step=instrument.lot)


def _as_told(verdict: Verdict, most: Decimal) -> Verdict:
    """Return a verdict that opens no more than the model was told, though prices have moved."""
    words = "as much as the model was told while it was thinking"
    cut = Change(rule="as-told", limit=words, before=verdict.opening, after=most)
    return changed(verdict, opening=most, changes=(*verdict.changes, cut))


def _allowed(quantity: Decimal, changes: tuple[Change, ...]) -> dict[str, object]:
    return {"allowed": {"quantity": quantity}, **_changed_by(changes)}


def _changed_by(changes: tuple[Change, ...]) -> dict[str, object]:
    """Return what each rule made of the quantity, as JSON can hold it."""
    if not changes:
        return {}
    words = [
        {"rule": each.rule, "limit": each.limit, "before": each.before, "after": each.after}
        for each in changes
    ]
    return {"changes": words}
