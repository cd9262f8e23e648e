"""When the exit plan of one open position will end it, as far as the candles know."""

from __future__ import annotations

from autonome.agents.port import Trail
from autonome.arena.account import Holding
from autonome.arena.clock import NEVER, Clock
from autonome.domain.choices import CloseTrigger
from autonome.domain.instants import ms_of
from autonome.domain.value import value
from autonome.venue.simulated.candle_venue import Listing
from autonome.venue.simulated.exits import Touch, Triggers, first_close_beyond, first_touch
from autonome.venue.simulated.trailing import TrailingStop

__all__ = ["Watch", "watch"]


@value
class Watch:
    """The ends that an exit plan foresees; nothing of it is told before it happens."""

    touch: Touch | None = None
    """Where the stop or the target is touched first."""
    due: int = NEVER
    """Instant at which a bar has closed that calls for an end by condition."""
    due_trigger: CloseTrigger = CloseTrigger.TIME
    trailing: TrailingStop | None = None


_NOTHING = Watch()


def watch(
    holding: Holding,
    listing: Listing,
    clock: Clock,
    trail: Trail | None,
    *,
    first_bar: int,
    first_close: int,
) -> Watch:
    """Return the ends that the position's plan foresees in ``first_bar`` and later.

    A trailing stop follows the closes from that of bar ``first_close`` on.
    """
    plan = holding.order.exit_plan
    if trail is None and (plan is None or plan.is_empty):
        return _NOTHING
    stop = None if plan is None or plan.stop is None else listing.ticks_of(plan.stop)
    target = None if plan is None or plan.target is None else listing.ticks_of(plan.target)
    triggers = Triggers(side=holding.order.side, stop=stop, target=target)
    trailing = None
    if trail is None:
        touch = first_touch(listing.candles, listing.extremes, triggers, first_bar=first_bar)
    else:
        trailing = TrailingStop(
            listing.candles,
            triggers,
            trail.levels,
            first_bar=first_bar,
            first_close=first_close,
        )
        touch = trailing.first_touch()
    invalid = _invalid_at(holding, listing, first_bar)
    timed = _timed_at(holding, clock, first_bar)
    due = min(invalid, timed)
    return Watch(
        touch=touch,
        # What comes true at the last close cannot trade any more.
        due=due if clock.is_open(due) else NEVER,
        due_trigger=CloseTrigger.INVALIDATION if invalid <= timed else CloseTrigger.TIME,
        trailing=trailing,
    )


def _invalid_at(holding: Holding, listing: Listing, first_bar: int) -> int:
    plan = holding.order.exit_plan
    if plan is None or plan.invalidation_price is None:
        return NEVER
    bar = first_close_beyond(
        listing.candles, holding.order.side, plan.invalidation_price, first_bar=first_bar
    )
    return NEVER if bar is None else bar + 1


def _timed_at(holding: Holding, clock: Clock, first_bar: int) -> int:
    plan = holding.order.exit_plan
    ends_at = None if plan is None else plan.ends_at
    if ends_at is None:
        return NEVER
    return max(clock.instant_from(ms_of(ends_at)), first_bar + 1)
