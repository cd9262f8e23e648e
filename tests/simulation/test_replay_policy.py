"""The standard policy in a replay: cooldowns, halts, and what the venue itself rejects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from autonome.agents.actions import Action, ClosePosition
from autonome.agents.port import AccountView
from autonome.agents.rules import Entries, Entry, Frame, RuleAgent, Signals
from autonome.bootstrap.arms import ArmsOrder, entrants_of
from autonome.domain.choices import OrderSide, PolicyName
from autonome.ledger.journal.memory import MemoryJournal
from autonome.ledger.rows import Arm, Order, ToolCall
from simulation.outcomes import CALM, closed, fills, intents, last_nav, minute, open_orders
from simulation.runs import Scripted, by_hand, enter, leave, plain_profile, run
from simulation.statements import check
from unit.market.bars import START_MS, Bar

LONG, SHORT = OrderSide.LONG, OrderSide.SHORT


def played(
    bars: Sequence[Bar], agent: Scripted, *, policy: PolicyName = PolicyName.STANDARD
) -> MemoryJournal:
    market = by_hand(bars)
    journal = run(market, agent, policy=policy, profile=plain_profile())
    check(journal, market)
    return journal


def rules(journal: MemoryJournal) -> list[object]:
    """Return the rule that denied each tool call, ``None`` where none did."""
    denied = [call.metadata.get("denied") for call in journal.rows(ToolCall)]
    return [each["rule"] if isinstance(each, dict) else None for each in denied]


def test_a_cooldown_is_kept_with_the_trade_and_holds_both_directions() -> None:
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000, stop="49900", cooldown=10)],
        3: [leave()],
        4: [enter(LONG, 5_000, stop="49900")],
        12: [enter(SHORT, 5_000, stop="50100")],
        13: [enter(SHORT, 5_000, stop="50100")],
    }
    journal = played([CALM] * 16, Scripted(script=script))
    # Closed at minute 3: ten minutes later it may be entered again.
    assert rules(journal) == [None, None, "cooldown", "cooldown", None]
    trade = next(order for order in journal.rows(Order) if order.closed_at is not None)
    assert trade.exit_plan is not None
    assert trade.exit_plan.cooldown_until == "2025-05-05T00:13:00Z"
    assert [order.side for order in open_orders(journal)] == [SHORT]


def test_a_partial_close_begins_no_cooldown() -> None:
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000, stop="49900")],
        3: [leave(fraction="0.5")],
        5: [enter(LONG, 1_000, stop="49900")],
    }
    journal = played([CALM] * 8, Scripted(script=script))
    assert rules(journal) == [None, None, None]
    part = next(order for order in journal.rows(Order) if order.closed_at is not None)
    assert part.exit_plan is not None
    assert part.exit_plan.cooldown_until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleeper(Scripted):
    """Ask to be woken at these minutes only."""

    wakes: tuple[int, ...]

    def next_wake(self, after_ms: int, account: AccountView) -> int | None:
        instants = [START_MS + 60_000 * each for each in self.wakes]
        return next((each for each in instants if each > after_ms), None)


def test_a_denial_that_names_its_end_wakes_the_agent_then() -> None:
    """Nothing wakes it after minute 4, when it is told to wait until minute 13."""
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 5_000, stop="49900", cooldown=10)],
        3: [leave()],
        4: [enter(LONG, 5_000, stop="49900")],
        13: [enter(LONG, 5_000, stop="49900")],
    }
    agent = Sleeper(script=script, wakes=(1, 3, 4))
    journal = played([CALM] * 16, agent)
    assert [moment.observation.closed_bars for moment in agent.seen] == [1, 3, 4, 13]
    assert [[denied.rule for denied in moment.denied] for moment in agent.seen] == [
        [],
        [],
        [],
        ["cooldown"],
    ]
    assert rules(journal) == [None, None, "cooldown", None]


def test_a_drawdown_halts_the_arm_for_new_risk_only() -> None:
    """A gap from 50,000 to 32,000 through the stop: 0.19 lose 3,420 of 10,000, more than 30 %."""
    gap: Bar = (32_000, 32_000, 32_000, 32_000)
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 9_500, stop="49700", leverage=2, cooldown=0)],
        4: [enter(LONG, 1_000, stop="31900")],
        5: [enter(LONG, 1_000, stop="31900")],
    }
    journal = played([CALM, CALM, CALM, *[gap] * 4], Scripted(script=script))
    assert closed(journal) == [("STOP", "0.190", "32000.0", minute(3))]
    # 10,000 - 3,420 - 4.75 - 3.04.
    assert last_nav(journal) == Decimal("6572.21")
    assert rules(journal) == [None, "max-drawdown", "halted"]
    (arm,) = journal.rows(Arm)
    assert (arm.halted_reason or "").startswith("expected a NAV less than 30 % below its peak")


def test_the_peak_counts_what_was_never_realized() -> None:
    """LONG 0.19 from 50,000 to 80,000 and back: from a peak of 15,700 to 10,000 are 36 %."""
    up: Bar = (80_000, 80_000, 80_000, 80_000)
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 9_500, stop="49700", leverage=2, cooldown=0)],
        4: [leave()],
        5: [enter(LONG, 1_000, stop="49900")],
    }
    journal = played([CALM, CALM, up, CALM, CALM, CALM, CALM], Scripted(script=script))
    assert rules(journal) == [None, None, "max-drawdown"]


def test_a_daily_loss_denies_until_the_next_day() -> None:
    """A gap to 43,500: 0.19 lose 1,235, more than 10 % of the day's opening and less than 30 %."""
    gap: Bar = (43_500, 43_500, 43_500, 43_500)
    script: dict[int, list[Action]] = {
        1: [enter(LONG, 9_500, stop="49700", leverage=2, cooldown=0)],
        4: [enter(LONG, 1_000, stop="43300")],
        1_439: [enter(LONG, 1_000, stop="43300")],
        1_440: [enter(LONG, 1_000, stop="43300")],
    }
    journal = played([CALM, CALM, CALM, *[gap] * 1_440], Scripted(script=script))
    assert rules(journal) == [None, "daily-loss", "daily-loss", None]
    (arm,) = journal.rows(Arm)
    assert arm.halted_reason is None


def test_one_action_per_symbol_and_invocation() -> None:
    twice: list[Action] = [
        enter(LONG, 1_000, stop="49900"),
        enter(LONG, 1_000, stop="49900"),
        ClosePosition(symbol="BTC", reason="and out"),
    ]
    journal = played([CALM] * 4, Scripted(script={1: twice}))
    assert rules(journal) == [None, "one-action-per-symbol", "one-action-per-symbol"]
    assert len(fills(journal)) == 1


def test_an_order_that_was_allowed_and_cannot_be_carried_when_it_arrives_is_rejected() -> None:
    """9,950 at 50,000 are 0.199; at the open of 50,500 they cost 10,049.5, more than there is."""
    dear: Bar = (50_500, 50_500, 50_500, 50_500)
    agent = Scripted(script={1: [enter(LONG, 9_950)]})
    journal = played([CALM, dear, dear], agent, policy=PolicyName.AS_WRITTEN)
    assert fills(journal) == []
    assert intents(journal) == [("OPEN", "REJECTED", "margin")]
    (call,) = journal.rows(ToolCall)
    assert call.metadata["allowed"] == {"quantity": Decimal("0.199")}
    rejected = call.metadata["rejected"]
    assert isinstance(rejected, list)
    assert len(rejected) == 1
    assert list(journal.rows(Order)) == []


class ScriptedDip(RuleAgent):
    """Divide what there is by three, and buy once."""

    warm_up_bars = 0

    def signals(self, frame: Frame) -> Signals:
        """Return one entry, a fall of two percent away from its stop."""
        first = np.arange(len(frame.close)) == 0
        return Signals(long=Entries(enter=first, stop=frame.close * 0.98))

    def notional(self, entry: Entry, account: AccountView) -> Decimal:
        """Return a third of what there is, which no Decimal holds."""
        return account.nav / 3


def test_a_class_that_is_named_like_a_script_gets_the_standard_policy() -> None:
    order = ArmsOrder(arms=(), agents=(), policy=None, capital=Decimal(10_000), replicas=1)
    (each,) = entrants_of([ScriptedDip()], order, start=minute(0))
    assert (each.model.name, each.policy.name) == ("Scripted Dip", PolicyName.STANDARD)


def test_an_authors_size_may_divide_by_three() -> None:
    journal = run(by_hand([CALM] * 4), ScriptedDip(), profile=plain_profile())
    # 3,333.33... at 50,000 buy 0.066 and some.
    assert [each[:2] for each in fills(journal)] == [("BUY", "0.066")]
