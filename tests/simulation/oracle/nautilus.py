"""nautilus_trader's side: real opens as ticks, real minutes as bars, brackets as exit plans.

Its bars alone would fill a market order at the close before; the tick that is put at each
opening lets it trade at the open, as a decision at that instant does with us. A bar is dated at
its last millisecond, as we date what happens inside of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import BacktestEngineConfig, LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import Bar as NautilusBar
from nautilus_trader.model.data import BarType, TradeTick
from nautilus_trader.model.enums import (
    AccountType,
    AggressorSide,
    OmsType,
    OrderSide,
    OrderType,
)
from nautilus_trader.model.identifiers import InstrumentId, Symbol, TradeId, Venue
from nautilus_trader.model.instruments import CryptoPerpetual
from nautilus_trader.model.objects import Currency, Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

from simulation.oracle.outcomes import Key, Outcome, Run, to_cents
from simulation.oracle.trips import CAPITAL, LEVERAGE, LOT, MINUTE, TICK, Bar, Trip

__all__ = ["backtested"]

_VENUE = Venue("SIM")
_FEE = Decimal("0.0005")
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRIGGERS = {
    OrderType.STOP_MARKET: "STOP",
    OrderType.MARKET_IF_TOUCHED: "TARGET",
    OrderType.MARKET: None,
}
_NOWHERE = Decimal(10_000_000)
"""Quote: an absent trigger stands here or at one tick, where no candle goes."""


def backtested(trips: Sequence[Trip], bars: Mapping[str, Sequence[Bar]]) -> Run:
    """Run the trips over the bars."""
    quiet = BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    engine = BacktestEngine(config=quiet)
    try:
        engine.add_venue(
            venue=_VENUE,
            oms_type=OmsType.HEDGING,
            account_type=AccountType.MARGIN,
            starting_balances=[Money(CAPITAL, USDT)],
            base_currency=USDT,
            default_leverage=Decimal(LEVERAGE),
        )
        instruments = {symbol: _instrument(symbol) for symbol in bars}
        for symbol, instrument in instruments.items():
            engine.add_instrument(instrument)
            engine.add_data(_data(instrument, bars[symbol]))
        engine.add_strategy(_Script(trips, instruments))
        engine.run()
        return Run(outcomes=_outcomes(engine), nav=_nav(engine))
    finally:
        engine.dispose()


def _instrument(symbol: str) -> CryptoPerpetual:
    tick, lot = TICK[symbol], LOT[symbol]
    return CryptoPerpetual(
        instrument_id=InstrumentId(Symbol(symbol), _VENUE),
        raw_symbol=Symbol(symbol),
        base_currency=Currency.from_str(symbol),
        quote_currency=USDT,
        settlement_currency=USDT,
        is_inverse=False,
        price_precision=_places(tick),
        size_precision=_places(lot),
        price_increment=Price(tick, _places(tick)),
        size_increment=Quantity(lot, _places(lot)),
        lot_size=Quantity(lot, _places(lot)),
        maker_fee=_FEE,
        taker_fee=_FEE,
        ts_event=0,
        ts_init=0,
    )


def _places(step: Decimal) -> int:
    return -int(step.as_tuple().exponent)


def _data(instrument: CryptoPerpetual, bars: Sequence[Bar]) -> list[TradeTick | NautilusBar]:
    minutes = BarType.from_str(f"{instrument.id}-1-MINUTE-LAST-EXTERNAL")
    data: list[TradeTick | NautilusBar] = []
    for number, bar in enumerate(bars):
        opens_ns = _ns(bar.opens_at)
        volume = instrument.make_qty(bar.volume)
        opened = TradeTick(
            instrument_id=instrument.id,
            price=instrument.make_price(bar.open),
            size=volume,
            aggressor_side=AggressorSide.NO_AGGRESSOR,
            trade_id=TradeId(str(number)),
            ts_event=opens_ns,
            ts_init=opens_ns,
        )
        prices = [instrument.make_price(each) for each in (bar.open, bar.high, bar.low, bar.close)]
        last_ns = _ns(bar.opens_at + MINUTE - _MILLISECOND)
        data += [opened, NautilusBar(minutes, *prices, volume, last_ns, last_ns)]
    return data


class _Script(Strategy):
    """Does what the trips say at the tick that opens a bar."""

    def __init__(self, trips: Sequence[Trip], instruments: Mapping[str, CryptoPerpetual]) -> None:
        super().__init__()
        self._instruments = {each.id: each for each in instruments.values()}
        self._entries = {(_id(trip), _ns(trip.enter_at)): trip for trip in trips}
        self._exits = {(_id(trip), _ns(trip.leave_at)) for trip in trips}

    def on_start(self) -> None:
        for instrument_id in self._instruments:
            self.subscribe_trade_ticks(instrument_id)

    def on_trade_tick(self, tick: TradeTick) -> None:
        if (tick.instrument_id, tick.ts_event) in self._exits:
            self.cancel_all_orders(tick.instrument_id)
            self.close_all_positions(tick.instrument_id)
        trip = self._entries.get((tick.instrument_id, tick.ts_event))
        if trip is not None:
            self.submit_order_list(self._bracket(trip))

    def _bracket(self, trip: Trip) -> Any:
        instrument = self._instruments[_id(trip)]
        stop, target = trip.stop, trip.target
        lowest, highest = TICK[trip.symbol], _NOWHERE
        if stop is None:
            stop = lowest if trip.sign > 0 else highest
        if target is None:
            target = highest if trip.sign > 0 else lowest
        return self.order_factory.bracket(
            instrument_id=instrument.id,
            order_side=OrderSide.BUY if trip.sign > 0 else OrderSide.SELL,
            quantity=instrument.make_qty(trip.quantity),
            entry_order_type=OrderType.MARKET,
            sl_trigger_price=instrument.make_price(stop),
            tp_order_type=OrderType.MARKET_IF_TOUCHED,
            tp_trigger_price=instrument.make_price(target),
        )


def _id(trip: Trip) -> InstrumentId:
    return InstrumentId(Symbol(trip.symbol), _VENUE)


def _ns(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND * 1_000_000


def _at(nanoseconds: int) -> datetime:
    return _EPOCH + nanoseconds // 1_000_000 * _MILLISECOND


def _outcomes(engine: BacktestEngine) -> dict[Key, Outcome]:
    found: dict[Key, Outcome] = {}
    assert not engine.cache.positions_open()
    for position in engine.cache.positions_closed():
        entry, left = position.events
        key = position.symbol.value, _at(entry.ts_event)
        found[key] = Outcome(
            quantity=entry.last_qty.as_decimal(),
            entry_price=entry.last_px.as_decimal(),
            exit_price=left.last_px.as_decimal(),
            left_at=_at(left.ts_event),
            trigger=_TRIGGERS[left.order_type],
            fees=entry.commission.as_decimal() + left.commission.as_decimal(),
            net=to_cents(position.realized_pnl.as_decimal()),
        )
    return found


def _nav(engine: BacktestEngine) -> Decimal:
    return to_cents(engine.portfolio.account(_VENUE).balance_total(USDT).as_decimal())
