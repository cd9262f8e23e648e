"""The policy over random accounts: it only shrinks, and what it lets through keeps every limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from autonome.domain.choices import OrderSide, PolicyName
from autonome.domain.instrument import Instrument
from autonome.domain.policy import Exposure, Policy, Request, Standing, judge, policy_for
from autonome.domain.value import changed
from autonome.domain.variants import VARIANTS

AT = datetime(2025, 5, 7, 13, 45, tzinfo=UTC)
TICK, UNIT = Decimal("0.1"), Decimal("1e-8")
SYMBOLS = ("ADA", "BNB", "BTC", "ETH", "SOL", "XRP")

STANDARD = tuple(policy_for(PolicyName.STANDARD, variant.id) for variant in VARIANTS[:2])
CONTROL, AS_WRITTEN = (
    policy_for(name, None) for name in (PolicyName.CONTROL, PolicyName.AS_WRITTEN)
)

policies = st.sampled_from((*STANDARD, CONTROL, AS_WRITTEN))
sides = st.sampled_from(OrderSide)
leverages = st.integers(100, 500).map(lambda cents: cents * Decimal("0.01"))
navs = st.integers(500_000, 100_000_000).map(lambda cents: cents * Decimal("0.01"))


@st.composite
def exposures(draw: st.DrawFn, nav: Decimal, marks: dict[str, Decimal]) -> dict[str, Exposure]:
    held = {}
    for symbol in draw(st.lists(st.sampled_from(SYMBOLS), unique=True, max_size=5)):
        share = draw(st.integers(1, 80)) * Decimal("0.01")
        size = (nav * share / marks[symbol]).quantize(Decimal("0.001")) or Decimal("0.001")
        sign = draw(sides).sign
        stop = marks[symbol] - sign * draw(st.integers(1, 2_000)) * TICK
        held[symbol] = Exposure(
            size=sign * size,
            mark_price=marks[symbol],
            leverage=draw(st.none() | leverages),
            stop=draw(st.none() | st.just(stop)),
        )
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request and the account that it meets."""

    request: Request
    standing: Standing


@st.composite
def questions(draw: st.DrawFn) -> Question:
    nav = draw(navs)
    marks = {symbol: draw(st.integers(5_000, 1_000_000)) * TICK for symbol in SYMBOLS}
    side, mark = draw(sides), marks["BTC"]
    lot = draw(st.sampled_from([Decimal("0.001"), Decimal("0.003"), Decimal("0.01")]))
    instrument = Instrument(
        symbol="BTC",
        tick=TICK,
        lot=lot,
        min_quantity=lot * draw(st.integers(1, 3)),
        min_notional=Decimal(draw(st.sampled_from([0, 5, 50]))),
        max_leverage=Decimal(draw(st.sampled_from([5, 125]))),
        maintenance_rate=Decimal("0.005"),
        liquidation_fee_rate=Decimal("0.01"),
    )
    share = draw(st.integers(0, 250)) * Decimal("0.01")
    distance = draw(st.integers(1, 4_000)) * TICK
    request = Request(
        symbol="BTC",
        side=side,
        opening=nav * share / mark // lot * lot,
        leverage=draw(leverages),
        stop=mark - side.sign * distance,
        target=None,
        cooldown_minutes=None,
        instrument=instrument,
        mark_price=mark,
        entry_price=mark + side.sign * draw(st.integers(-5, 200)) * TICK,
        taker_fee_bps=Decimal(draw(st.integers(0, 20))),
    )
    standing = Standing(
        at=AT,
        nav=nav,
        peak_nav=nav,
        day_opening_nav=nav,
        exposures=draw(exposures(nav, marks)),
        cooldowns={},
        acted=frozenset(),
        halted_reason=None,
        mark_age_ms=0,
    )
    return Question(request=request, standing=standing)


class Account:
    """The account as it is once the order has filled as expected, in rational numbers."""

    def __init__(self, question: Question, opening: Decimal) -> None:
        request, standing = question.request, question.standing
        sign = request.side.sign
        mark, entry = Fraction(request.mark_price), Fraction(request.entry_price)
        before = standing.exposures.get(request.symbol)
        size = Fraction(before.size) * sign if before is not None else Fraction(0)
        held = max(size, Fraction(0))
        traded = Fraction(opening) + max(-size, Fraction(0))
        fee = entry * Fraction(request.taker_fee_bps) / 10_000
        slippage = max((entry - mark) * sign, Fraction(0))
        self.nav = Fraction(standing.nav) - traded * (fee + slippage)
        self.notional = (held + Fraction(opening)) * mark
        assert request.stop is not None
        self.loss = Fraction(opening) * (entry - Fraction(request.stop)) * sign
        self.loss += held * (mark - Fraction(request.stop)) * sign
        others = [each for name, each in standing.exposures.items() if name != request.symbol]
        notionals = [abs(Fraction(each.size)) * Fraction(each.mark_price) for each in others]
        self.gross = self.notional + sum(notionals)
        leverage = Fraction(request.leverage)
        if held and before is not None:
            leverage = min(leverage, Fraction(before.leverage or 1))
        self.margins = self.notional / leverage + sum(
            notional / Fraction(each.leverage or 1)
            for notional, each in zip(notionals, others, strict=True)
        )
        self.positions = len(others) + 1


SHRINKS = ("risk-per-trade", "max-position", "max-gross-leverage")


def broken(policy: Policy, question: Question, opening: Decimal) -> set[str]:
    """Return the limits on size that the account breaks once ``opening`` has filled."""
    limits, account = policy.limits, Account(question, opening)
    breaks = {
        "risk-per-trade": account.loss > Fraction(limits.risk_per_trade) * account.nav,
        "max-position": account.notional > Fraction(limits.max_position) * account.nav,
        "max-gross-leverage": account.gross > Fraction(limits.max_gross_leverage) * account.nav,
        "max-positions": account.positions > limits.max_positions,
        "min-free-collateral": account.margins
        > account.nav * (1 - Fraction(limits.min_free_collateral)),
        "margin": account.margins > account.nav,
    }
    own = {rule.id for rule in policy.rules}
    return {rule for rule, is_broken in breaks.items() if is_broken and rule in own}


@given(policy=policies, question=questions())
def test_a_policy_never_enlarges_and_records_every_step(policy: Policy, question: Question) -> None:
    verdict = judge(policy, question.request, question.standing)
    left = question.request.opening
    for change in verdict.changes:
        assert change.before == left
        assert 0 <= change.after < change.before
        left = change.after
    assert verdict.opening == (0 if verdict.denied is not None else left)
    assert verdict.opening % question.request.instrument.lot == 0


@given(policy=policies, question=questions())
def test_every_limit_holds_once_an_allowed_order_has_filled(
    policy: Policy, question: Question
) -> None:
    verdict = judge(policy, question.request, question.standing)
    assume(verdict.denied is None)
    assert broken(policy, question, verdict.opening) == set()
    instrument = question.request.instrument
    assert verdict.opening >= instrument.min_quantity
    assert verdict.opening * question.request.mark_price >= instrument.min_notional


@given(policy=policies, question=questions())
def test_a_policy_shrinks_no_further_than_it_must(policy: Policy, question: Question) -> None:
    verdict = judge(policy, question.request, question.standing)
    lot = question.request.instrument.lot
    if verdict.changes:
        last = verdict.changes[-1]
        assert last.rule in broken(policy, question, last.after + lot)
    if verdict.denied is not None and verdict.denied.rule in {"margin", *SHRINKS}:
        left = verdict.changes[-1].after if verdict.changes else question.request.opening
        # Margins elsewhere are rounded up to 1e-8: a denial at the very bound may owe to that.
        near = changed(question.standing, nav=question.standing.nav - 10 * UNIT)
        assert verdict.denied.rule in broken(policy, replace(question, standing=near), left)


@given(policy=policies, question=questions())
def test_a_shrunk_request_is_allowed_unchanged(policy: Policy, question: Question) -> None:
    verdict = judge(policy, question.request, question.standing)
    assume(verdict.denied is None)
    again = judge(policy, changed(question.request, opening=verdict.opening), question.standing)
    assert (again.opening, again.changes, again.denied) == (verdict.opening, (), None)


@given(policy=policies, question=questions(), more=navs)
def test_more_nav_never_allows_less_unless_too_little_would_stay_free(
    policy: Policy, question: Question, more: Decimal
) -> None:
    # What a larger account lets through is larger, and may tie up too much at its leverage: that
    # rule denies, and leaves it to the agent to ask for less.
    richer = changed(question.standing, nav=question.standing.nav + more)
    poor, rich = (judge(policy, question.request, each) for each in (question.standing, richer))
    if rich.denied is None or rich.denied.rule not in {"min-free-collateral", "margin"}:
        assert rich.opening >= poor.opening


@given(policy=policies, question=questions())
def test_the_order_of_the_positions_does_not_matter(policy: Policy, question: Question) -> None:
    backwards = dict(reversed(question.standing.exposures.items()))
    other = changed(question.standing, exposures=backwards)
    assert judge(policy, question.request, question.standing) == judge(
        policy, question.request, other
    )


@given(policy=st.sampled_from(STANDARD), question=questions())
def test_what_standard_lets_through_the_venue_takes(policy: Policy, question: Question) -> None:
    verdict = judge(policy, question.request, question.standing)
    assume(verdict.denied is None)
    asked = changed(question.request, opening=verdict.opening)
    for wider in (CONTROL, AS_WRITTEN):
        assert judge(wider, asked, question.standing).opening == verdict.opening
