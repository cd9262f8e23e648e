"""One arm in a replay: its account moves from event to event, its rows go to the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from autonome.agents.port import AccountView, Agent, PositionView
from autonome.arena.account import Account
from autonome.arena.decide import decide
from autonome.arena.events import Filled, FundingSettled, Names, PlaceOrder, WokeUp
from autonome.arena.settle import Settled, cancelled, fillable, settle_fill, settle_funding
from autonome.arena.valuation import nav_points
from autonome.domain.choices import CloseTrigger, IntentPurpose, IntentState, OrderType
from autonome.domain.errors import InvariantBroken
from autonome.ledger.journal.port import Booking, BookingStatus, Counts, Journal
from autonome.ledger.rows import Arm, Intent, Model
from autonome.market.candles import MINUTE_MS
from autonome.market.observation import Observation
from autonome.venue.simulated.candle_venue import CandleVenue
from autonome.venue.simulated.exits import Touch

__all__ = ["Competitor", "Entrant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Who competes, how it is run, and who decides."""

    model: Model
    arm: Arm
    agent: Agent


@dataclass(slots=True, kw_only=True)
class Competitor:
    """The running state of one arm."""

    agent: Agent
    account: Account
    venue: CandleVenue
    journal: Journal
    valued_bars: int = 0
    """Bars whose closing NAV is written."""
    arrivals: list[tuple[int, PlaceOrder]] = field(default_factory=list)
    """Orders on their way, with the bars at whose open they trade."""
    exits: dict[str, Touch] = field(default_factory=dict)
    """By symbol: where its stop or target will be touched first."""

    @classmethod
    def enter(cls, entrant: Entrant, venue: CandleVenue, journal: Journal) -> Competitor:
        """Add the arm to the ledger and begin its run."""
        journal.enter(entrant.model, entrant.arm)
        epoch = journal.begin_run(entrant.model.id, at=entrant.arm.created_at)
        account = Account(
            model_id=entrant.model.id, epoch=epoch, starting_capital=entrant.arm.starting_capital
        )
        return cls(agent=entrant.agent, account=account, venue=venue, journal=journal)

    def next_instant(self) -> int | None:
        """Return the next instant at which something is known to happen to this arm.

        An exit is known when the bar that touches it closes, an order when its bar opens.
        """
        instants = [touch.bar + 1 for touch in self.exits.values()]
        return min(instants + [bar for bar, _ in self.arrivals], default=None)

    def settle_exits(self, instant: int, names: Names) -> None:
        """Book the exits of the bar that just closed."""
        for symbol in sorted(self.exits):
            touch = self.exits[symbol]
            if touch.bar + 1 == instant:
                self._value_until(touch.bar)
                self._settle(settle_fill(self.account, self._exit(symbol, touch, names), names))
                self._plan_exit(symbol, first_bar=instant)

    def settle_funding(self, event: FundingSettled, instant: int, names: Names) -> None:
        """Book one funding settlement, if its symbol is held."""
        settled = settle_funding(self.account, event, names)
        if settled is not None:
            # The NAV of the instant itself counts the payment.
            self._value_until(instant - 1)
            self._settle(settled)

    def decide(self, observation: Observation, at: datetime, names: Names) -> None:
        """Ask the agent, and send its orders."""
        closes = {symbol: observation.last_close(symbol) for symbol in observation.bars}
        actions = tuple(self.agent.decide(observation, self._view(closes)))
        if not actions:
            return
        event = WokeUp(
            at=at,
            actions=actions,
            closes=closes,
            instruments={symbol: self.venue.profile.instrument(symbol) for symbol in closes},
            under_way=frozenset(order.intent.symbol for _, order in self.arrivals),
        )
        decided = decide(self.account, event, names)
        self._book(decided.booking)
        for order in decided.orders:
            self._send(order, at)

    def _send(self, order: PlaceOrder, at: datetime) -> None:
        """Put an order on its way to the bar at whose open it trades."""
        bar = self.venue.fill_bar(int(at.timestamp() * 1000))
        if bar is not None:
            self.arrivals.append((bar, order))
            return
        reason = "no bar opens after the order's arrival"
        self._book(cancelled(self.account, order.intent, order.tool_call, at=at, reason=reason))

    def settle_arrivals(self, instant: int, at: datetime, names: Names) -> None:
        """Trade the orders that have arrived, at the open of the bar that begins now."""
        arrived = [order for bar, order in self.arrivals if bar == instant]
        self.arrivals = [(bar, order) for bar, order in self.arrivals if bar != instant]
        for order in arrived:
            self._fill(order, instant, at, names)

    def _fill(self, order: PlaceOrder, instant: int, at: datetime, names: Names) -> None:
        symbol, side = order.intent.symbol, order.intent.side
        execution = self.venue.execute_at_open(symbol, side, order.intent.quantity, bar=instant)
        event = fillable(
            self.account,
            Filled(
                at=at,
                venue_fill_id=str(order.intent.client_order_index),
                intent=order.intent,
                execution=execution,
                opening=order.opening,
                tool_call=order.tool_call,
                exit_plan=order.exit_plan,
                leverage=order.leverage,
            ),
        )
        self._value_until(instant)
        if isinstance(event, Filled):
            self._settle(settle_fill(self.account, event, names))
            self._plan_exit(symbol, first_bar=instant)
        else:
            self._book(event)

    def finish(self, *, cycles: int, minutes: int) -> None:
        """Write what is left: NAV up to the last bar, and the counters."""
        self._value_until(len(self.venue.market.open_ms))
        counts = Counts(invocations=cycles, minutes=minutes)
        self._book(Booking(model_id=self.account.model_id, epoch=self.account.epoch, counts=counts))

    def _exit(self, symbol: str, touch: Touch, names: Names) -> Filled:
        holding = self.account.holdings[symbol]
        side = holding.order.side.exit_side
        quantity = holding.order.quantity
        at = self._touched_at(touch)
        stop = touch.trigger is CloseTrigger.STOP
        intent = Intent(
            id=names.new_id(),
            model_id=self.account.model_id,
            order_id=holding.order.id,
            symbol=symbol,
            client_order_index=names.next_order_index(),
            purpose=IntentPurpose.STOP if stop else IntentPurpose.TARGET,
            order_type=OrderType.STOP_MARKET if stop else OrderType.TARGET_MARKET,
            side=side,
            quantity=quantity,
            trigger_price=holding.order.sl_trigger_price
            if stop
            else holding.order.tp_trigger_price,
            reduce_only=True,
            state=IntentState.NEW,
            created_at=at,
            updated_at=at,
        )
        execution = self.venue.execute_touch(symbol, side, quantity, touch)
        return Filled(
            at=at,
            venue_fill_id=str(intent.client_order_index),
            intent=intent,
            execution=execution,
            trigger=touch.trigger,
        )

    def _touched_at(self, touch: Touch) -> datetime:
        """Date a touch: the bar's opening, or its last millisecond when inside (convention)."""
        open_ms = int(self.venue.market.open_ms[touch.bar])
        at_ms = open_ms if touch.at_open else open_ms + MINUTE_MS - 1
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)

    def _plan_exit(self, symbol: str, *, first_bar: int) -> None:
        self.exits.pop(symbol, None)
        holding = self.account.holdings.get(symbol)
        if holding is None:
            return
        order = holding.order
        touch = self.venue.next_exit(symbol, order.side, order.exit_plan, first_bar=first_bar)
        if touch is not None:
            self.exits[symbol] = touch

    def _view(self, closes: dict[str, Decimal]) -> AccountView:
        positions = {
            symbol: PositionView(
                side=holding.order.side,
                quantity=holding.order.quantity,
                entry_price=holding.order.entry_price,
                unrealized_pnl=holding.position.unrealized_pnl(mark_price=closes[symbol]),
            )
            for symbol, holding in self.account.holdings.items()
        }
        return AccountView(nav=self.account.nav(closes), positions=positions)

    def _value_until(self, bar: int) -> None:
        """Write the NAV of every bar before ``bar`` that has none yet, as the account stands."""
        if bar > self.valued_bars:
            market = self.venue.market
            points = nav_points(self.account, market, first_bar=self.valued_bars, end_bar=bar)
            self.journal.value(points)
            self.valued_bars = bar

    def _settle(self, settled: Settled) -> None:
        self._book(settled.booking)
        self.account = settled.account

    def _book(self, booking: Booking) -> None:
        status = self.journal.book(booking)
        if status is not BookingStatus.BOOKED:
            raise InvariantBroken(f"a replay's own booking was answered with {status.value}")
