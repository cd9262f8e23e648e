"""Inverted copy: take the other side of everything that another arm does.

When a source loses, and its inverted copy loses as well, costs lose and not its choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from autonome.agents.actions import Action, ClosePosition, CreatePosition, UpdateExitPlan
from autonome.agents.controls.control import Control, leader_of
from autonome.agents.fixed_stops import FixedStops
from autonome.agents.port import AccountView, Leader, Moment, PositionView
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.money import exact, share
from autonome.market.market import Market

__all__ = ["Inverted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inverted(Control):
    """Mirror what the source's policy let through; sizes scale with NAV."""

    source: str
    """Name of the arm that is mirrored."""

    @property
    def name(self) -> str:
        """Return the name that the ledger keeps."""
        return f"Inverted {self.source}"

    @property
    def leader(self) -> str | None:
        """Return the name of the source."""
        return self.source

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> _Mirror:
        """Return a decider that acts when the source does."""
        return _Mirror(self.source)


class _Mirror(FixedStops):
    """Looks once more after each of its own actions, since an order of either may fail."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._unsettled = False

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        """Return the next tick after own actions; else the source's actions wake it."""
        return after_ms + 1 if self._unsettled else None

    def memory(self) -> dict[str, object]:
        """Return whether it has to look once more."""
        return {"unsettled": self._unsettled}

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Look once more where that was to be done."""
        self._unsettled = bool(memory["unsettled"])

    @exact
    def decide(self, moment: Moment) -> Sequence[Action]:
        """Return a close of what mirrors nothing any more, then the mirrored actions."""
        leader, account = leader_of(moment), moment.account
        orphans = _orphans(leader, account)
        actions: list[Action] = [
            ClosePosition(symbol=symbol, reason=f"{self._source} holds no opposite position.")
            for symbol in orphans
        ]
        held = {symbol: each for symbol, each in account.positions.items() if symbol not in orphans}
        for action in leader.accepted:
            actions += self._mirrored(action, held, leader, moment)
        self._unsettled = bool(actions) or bool(account.under_way)
        return tuple(actions)

    def _mirrored(
        self,
        action: Action,
        held: dict[str, PositionView],
        leader: Leader,
        moment: Moment,
    ) -> Iterator[Action]:
        """Yield the mirror image of one action, if it has one."""
        if isinstance(action, CreatePosition):
            if leader.nav > 0 and moment.account.nav > 0:
                yield self._entry(action, leader, moment)
        elif isinstance(action, ClosePosition):
            if action.symbol in held:
                reason = f"{self._source} closes {action.symbol}."
                yield ClosePosition(symbol=action.symbol, fraction=action.fraction, reason=reason)
        elif isinstance(action, UpdateExitPlan) and action.symbol in held:
            mark = moment.observation.last_close(action.symbol)
            yield from self._update(action, held[action.symbol], mark)

    def _entry(self, action: CreatePosition, leader: Leader, moment: Moment) -> CreatePosition:
        def scaled(amount: Decimal | None) -> Decimal | None:
            if amount is None:
                return None
            return share(amount, part=moment.account.nav, whole=leader.nav)

        plan, mark = action.exit_plan, moment.observation.last_close(action.symbol)
        return CreatePosition(
            symbol=action.symbol,
            side=action.side.opposite,
            quantity=scaled(action.quantity),
            notional=scaled(action.notional),
            leverage=action.leverage,
            # What the source expects and how sure it is are no words of the copy's.
            exit_plan=ExitPlan(
                stop=_reflected(plan.stop, mark),
                target=_reflected(plan.target, mark),
                invalidation_price=_reflected(plan.invalidation_price, mark),
                time_exit=plan.time_exit,
            ),
            reason=f"{self._source} goes {action.side.value} in {action.symbol}.",
        )

    def _update(
        self, action: UpdateExitPlan, ours: PositionView, mark: Decimal
    ) -> Iterator[UpdateExitPlan]:
        stop = _reflected(action.stop, mark)
        if stop is not None and ours.stop is not None:
            # A stop may only tighten, and a reflection at a later mark may be looser.
            stop = stop if (stop - ours.stop) * ours.side.sign > 0 else None
        update = UpdateExitPlan(
            symbol=action.symbol,
            stop=stop,
            target=_reflected(action.target, mark),
            invalidation_price=_reflected(action.invalidation_price, mark),
            time_exit=action.time_exit,
            reason=f"{self._source} changes its exit plan of {action.symbol}.",
        )
        changes = (update.stop, update.target, update.invalidation_price, update.time_exit)
        if any(change is not None for change in changes):
            yield update


def _orphans(leader: Leader, account: AccountView) -> list[str]:
    """Return the symbols, sorted, of own positions to which the source holds no opposite."""

    def is_orphan(symbol: str) -> bool:
        theirs = leader.positions.get(symbol)
        return theirs is None or theirs.side is account.positions[symbol].side

    settled = account.positions.keys() - account.under_way
    return sorted(symbol for symbol in settled if is_orphan(symbol))


def _reflected(price: Decimal | None, mark: Decimal) -> Decimal | None:
    """Return ``price`` (quote) reflected about ``mark``; ``None`` where no price can reach it."""
    if price is None or price >= 2 * mark:
        return None
    return 2 * mark - price
