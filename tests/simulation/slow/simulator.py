"""One arm on candles, bar after bar, in fractions: decisions are given, all else is worked out.

It is written from the rules of the accounting, for the eye and not for the clock, and shares no
code with the engine that it checks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from simulation.slow.account import Plan, Position, SlowAccount
from simulation.slow.exits import due, tightened, touch
from simulation.slow.liquidation import ruin
from simulation.slow.market import SlowMarket
from simulation.slow.matching import Offer, match
from simulation.slow.orders import Asked, SlowFill, Ticket, Updated
from simulation.slow.venue import SlowVenue

__all__ = ["Decision", "Levels", "SlowSimulator"]

Decision = Asked | Updated
Levels = Callable[[str, int], Fraction | None]
"""From a symbol and the instant (ms) of a close to the stop that is proposed then, if any."""

_ANY_LEVERAGE = Fraction(1)
"""Of an order that only closes."""


class SlowSimulator:
    """One arm, from its capital to its last fill."""

    def __init__(
        self,
        *,
        market: SlowMarket,
        venue: SlowVenue,
        capital: Fraction,
        levels: Levels = lambda symbol, close_ms: None,
    ) -> None:
        self._market = market
        self._venue = venue
        self._levels = levels
        self._account = SlowAccount(cash=capital)
        self._tickets: list[Ticket] = []
        self._taken: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        """Base units that traded, by symbol and bar."""
        self._fills: list[SlowFill] = []

    def run(self, decisions: Mapping[int, Sequence[Decision]]) -> list[SlowFill]:
        """Return every fill of an arm that decides this at these instants (closes of bars, ms)."""
        bars = len(self._market.open_ms)
        for bar in range(bars):
            self._touch(bar)
            self._liquidate(bar)
            self._account.cover_shortfall()
            for symbol, rate in self._market.settlements(bar):
                self._account.settle(symbol, self._market.bars[symbol][bar].close, rate)
            if bar + 1 < bars:
                self._trail(bar)
                self._leave(bar)
                for decision in decisions.get(self._market.close_ms(bar), ()):
                    self._decide(decision, bar)
                self._open(bar + 1)
                self._account.cover_shortfall()
        return self._fills

    def nav(self) -> Fraction:
        """Return what the account is worth at the last closes."""
        marks = {symbol: bars[-1].close for symbol, bars in self._market.bars.items()}
        return self._account.nav(marks)

    def _guarded(self) -> Iterator[tuple[str, Position]]:
        """Return what is held, less what a working order closes altogether."""
        for symbol in sorted(self._account.positions):
            held = self._account.positions[symbol]
            if not any(
                ticket.works_on and ticket.symbol == symbol and ticket.closing >= abs(held.size)
                for ticket in self._tickets
            ):
                yield symbol, held

    def _touch(self, bar: int) -> None:
        """End what reaches its stop or target while a bar trades."""
        for symbol, held in self._guarded():
            touched = touch(held, self._market.bars[symbol][bar])
            if touched is not None:
                ticket = self._exit(symbol, held, touched.purpose, bar)
                at_ms = self._market.open_ms[bar] + touched.after_ms
                self._trade(ticket, bar, touched.quoted, at_ms)

    def _liquidate(self, bar: int) -> None:
        """Take everything over where a bar ruins the account, whatever its volume."""
        account, contracts = self._account, self._venue.contracts
        bars = {symbol: self._market.bars[symbol][bar] for symbol in account.positions}
        ruined = ruin(account, bars, contracts)
        if ruined is None:
            return
        at_ms, fees = self._market.open_ms[bar] + ruined.after_ms, Fraction(0)
        for symbol, held in list(account.positions.items()):
            sign, quantity = -held.sign, abs(held.size)
            price = contracts[symbol].against(sign, ruined.marks[symbol])
            account.pay(sign, quantity, price, Fraction(0))
            account.close(symbol, quantity)
            fees += round(quantity * price * contracts[symbol].liquidation_fee_rate, 8)
            self._fills.append(SlowFill(at_ms, symbol, sign, quantity, price, "LIQUIDATION"))
        account.cash -= min(fees, max(account.cash, Fraction(0)))

    def _trail(self, bar: int) -> None:
        """Move stops after a close: they stand from the next bar on."""
        for symbol, held in self._guarded():
            proposed = self._levels(symbol, self._market.close_ms(bar))
            if proposed is not None:
                close = self._market.bars[symbol][bar].close
                held.plan = replace(held.plan, stop=tightened(held, proposed, close))

    def _leave(self, bar: int) -> None:
        """Send the exits that a close or the time asks for, each once."""
        close_ms = self._market.close_ms(bar)
        for symbol, held in self._guarded():
            purpose = due(held, self._market.bars[symbol][bar].close, close_ms)
            if purpose is None or held.leaving:
                continue
            held.leaving = True
            arrival = self._arrival(bar)
            if arrival is not None:
                self._exit(symbol, held, purpose, arrival)

    def _exit(self, symbol: str, held: Position, purpose: str, bar: int) -> Ticket:
        ticket = Ticket(
            symbol=symbol,
            sign=-held.sign,
            closing=abs(held.size),
            opening=Fraction(0),
            purpose=purpose,
            bar=bar,
            plan=Plan(),
            leverage=_ANY_LEVERAGE,
            ends=held,
        )
        self._tickets.append(ticket)
        return ticket

    def _decide(self, decision: Decision, bar: int) -> None:
        """Take up a decision made on the close of a bar."""
        held = self._account.positions.get(decision.symbol)
        if isinstance(decision, Updated):
            assert held is not None, f"an update of {decision.symbol}, which is not held"
            held.plan, held.leaving = decision.plan, False
            return
        arrival = self._arrival(bar)
        if arrival is None:
            return
        opposite = abs(held.size) if held and held.sign != decision.sign else Fraction(0)
        closing = min(decision.quantity, opposite)
        self._tickets.append(
            Ticket(
                symbol=decision.symbol,
                sign=decision.sign,
                closing=closing,
                opening=decision.quantity - closing,
                purpose=decision.purpose,
                bar=arrival,
                plan=decision.plan,
                leverage=decision.leverage,
            )
        )

    def _arrival(self, bar: int) -> int | None:
        """Return at the open of which bar an order trades that is sent on the close of one."""
        return self._market.first_bar_from(self._market.close_ms(bar) + self._venue.delay_ms)

    def _open(self, bar: int) -> None:
        """Let every order trade that is due at the open of a bar."""
        at_ms = self._market.open_ms[bar]
        for ticket in [each for each in self._tickets if each.bar == bar]:
            self._trade(ticket, bar, self._market.bars[ticket.symbol][bar].open, at_ms)

    def _trade(self, ticket: Ticket, bar: int, quoted: Fraction, at_ms: int) -> None:
        """Let an order trade in a bar while the market quotes a price."""
        symbol, sign, venue = ticket.symbol, ticket.sign, self._venue
        room = venue.capacity(symbol, self._market.bars[symbol][bar].volume)
        marks = {each: bars[max(bar - 1, 0)].close for each, bars in self._market.bars.items()}
        price = venue.price(symbol, sign, quoted)
        offer = Offer(
            marks={**marks, symbol: quoted},
            price=price,
            capacity=room - self._taken[symbol, bar],
            fee_rate=venue.fee_rate,
        )
        closing, opening, working = match(ticket, self._account, offer)
        if working:
            ticket.closing, ticket.opening = working, Fraction(0)
            ticket.bar, ticket.works_on = bar + 1, True
        else:
            self._tickets.remove(ticket)
        quantity = closing + opening
        if not quantity:
            return
        self._taken[symbol, bar] += quantity
        self._account.pay(sign, quantity, price, venue.fee_rate)
        if closing:
            self._account.close(symbol, closing)
        if opening:
            self._account.open(symbol, sign * opening, ticket.plan, ticket.leverage)
        self._fills.append(SlowFill(at_ms, symbol, sign, quantity, price, ticket.purpose))
