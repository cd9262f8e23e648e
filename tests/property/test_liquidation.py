"""The fast search for a liquidation finds what walking bar by bar in fractions finds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autonome.venue.simulated.liquidation import Exposed, first_liquidation
from property.slow_liquidation import SlowLeg, slow_liquidation
from property.test_exits import many_bars
from unit.market.bars import candles

BARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A position in one of the walks."""

    seed: int
    tick: Decimal
    lots: int
    rate_bps: int

    @property
    def size(self) -> Decimal:
        return self.lots * Decimal("0.001")

    @property
    def rate(self) -> Decimal:
        return Decimal(self.rate_bps) / 10_000


HELD = st.builds(
    Held,
    seed=st.integers(0, 500),
    tick=st.sampled_from([Decimal(1), Decimal("0.1"), Decimal("0.00001"), Decimal(25)]),
    lots=st.integers(-50_000, 50_000).filter(bool),
    rate_bps=st.integers(1, 500),
)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    held=st.lists(HELD, min_size=1, max_size=4),
    cushion_bps=st.integers(1, 3_000),
    first_bar=st.integers(0, 50),
    end_bar=st.integers(0, BARS),
)
def test_some_positions_in_calm_walks(
    held: list[Held], cushion_bps: int, first_bar: int, end_bar: int
) -> None:
    """NAV begins as a small part of the notional, so that many walks end it."""
    walks = [many_bars(each.seed, BARS) for each in held]
    opens = [each.tick * walk[first_bar][0] for each, walk in zip(held, walks, strict=True)]
    notional = sum(abs(each.size) * price for each, price in zip(held, opens, strict=True))
    value = sum(each.size * price for each, price in zip(held, opens, strict=True))
    base = Decimal(round(notional * cushion_bps)) / 10_000 - value
    assume(first_bar < end_bar)
    exposed, slow = [], []
    for each, walk in zip(held, walks, strict=True):
        made = candles(walk, tick=str(each.tick))
        exposed.append(
            Exposed(
                candles=made,
                size=each.size,
                maintenance_rate=each.rate,
                highest=int(made.high.max()),
            )
        )
        tick = Fraction(each.tick)
        prices = [(tick * bar[0], tick * bar[1], tick * bar[2]) for bar in walk]
        slow.append(SlowLeg(Fraction(each.size), Fraction(each.rate), prices))
    found = first_liquidation(exposed, base=base, first_bar=first_bar, end_bar=end_bar)
    expected = slow_liquidation(slow, base=Fraction(base), first_bar=first_bar, end_bar=end_bar)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.bar == expected.bar
        for price, exactly in zip(found.prices, expected.prices, strict=True):
            assert abs(Fraction(price) - exactly) <= Fraction(1, 2 * 10**12)
