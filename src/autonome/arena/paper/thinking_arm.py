"""An arm that is a model: what it is asked, and what becomes of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from autonome.agents.actions import Action, CreatePosition
from autonome.agents.llm.agent import LlmAgent
from autonome.agents.llm.answer import Answer, Attempt
from autonome.agents.llm.budget import Spent, prompt_tokens, tools_tokens, turn_at_most
from autonome.agents.prompts import ArmStanding, HeldPosition, Prompt, render_prompt
from autonome.agents.tools import Unusable, tools_of
from autonome.arena.crash_points import CrashPoint, reached
from autonome.arena.desk import AccountDesk
from autonome.arena.events import Said, WokeUp
from autonome.arena.memory import Memory
from autonome.arena.paper.running_arm import RunningArm
from autonome.arena.views import position_view
from autonome.domain.choices import ToolCallType
from autonome.domain.exit_plan import ExitPlan
from autonome.domain.margin import free_collateral, initial_margin
from autonome.domain.money import ZERO, exact, round_cents
from autonome.domain.refusals import Denied
from autonome.domain.value import changed, value
from autonome.ledger.journal.port import Booking, Counts
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import Invocation, ToolCall
from autonome.market.observation import Observation, observe
from autonome.market.snapshot import Snapshot

__all__ = ["Question", "ThinkingArm"]

_ONE: Final = Decimal(1)
_MOMENT: Final = timedelta(milliseconds=1)
_RECORDED_AS: Final = {
    "create_position": ToolCallType.CREATE_POSITION,
    "update_exit_plan": ToolCallType.CREATE_POSITION,
    "close_position": ToolCallType.CLOSE_POSITION,
    "holding": ToolCallType.HOLDING,
}
"""Tools whose calls have rows of their own; what others were called is in the payload."""

_UNHEARD: Final = {
    "kind": "PROCESS_ENDED",
    "words": "the process ended before the answer came",
}
_NOT_ASKED: Final = "the process ended before the model was asked"


@value
class Question:
    """What a model is asked at one tick."""

    arm: ThinkingArm
    invocation: Invocation
    """On record since it was asked, as RUNNING."""
    prompt: Prompt
    desk: AccountDesk
    spent: Spent
    """Of today's budget, before; this turn may spend what is left."""


class ThinkingArm(RunningArm):
    """An arm whose decisions come from a model, later than it was asked."""

    _denied: tuple[Denied, ...] = ()
    """What was refused of the last answer: the model is told when it is asked next."""
    _spent_day = ""
    _spent = Spent()
    """Of that day; a question that is not answered yet counts with its most."""

    @property
    def agent(self) -> LlmAgent:
        """Return the model, as it is configured."""
        agent = self.entrant.agent
        assert isinstance(agent, LlmAgent)
        return agent

    @exact
    def question(self, observation: Observation, snapshot: Snapshot, *, today: str) -> Question:
        """Write down that the model is asked, and return the question.

        ``today`` is the day of the wall clock (UTC, ISO): budgets are real money.
        """
        at = self._stage.clock.at(observation.closed_bars)
        if self._spent_day != today:
            self._spent_day, self._spent = today, Spent()
        prompt = self.prompt(observation, snapshot)
        invocation = Invocation(
            id=self._stage.new_id(),
            model_id=self._books.account.model_id,
            response="",
            response_payload={"state": "RUNNING", "promptHash": prompt.digest},
            created_at=at,
            updated_at=at,
        )
        self._asking.asked = observation.closed_bars
        spent = self._spent
        self._spent = spent.plus(self._at_most(prompt))
        self._book_invocation(invocation)
        reached(CrashPoint.QUESTION_BOOKED)
        desk = AccountDesk(
            self._books.account,
            self._books.policy,
            self._asked_at(observation),
            _nothing_said(invocation),
            observation,
            free_collateral=lambda: str(round_cents(self._free_collateral(observation))),
        )
        return Question(arm=self, invocation=invocation, prompt=prompt, desk=desk, spent=spent)

    def _at_most(self, prompt: Prompt) -> Spent:
        """Return what the day's budget loses where nobody hears what the turn has come to."""
        first = prompt_tokens(prompt.system + prompt.user) + tools_tokens(self._stage.symbols)
        return turn_at_most(self.agent.model, self._spent, input_tokens=first)

    def prompt(self, observation: Observation, snapshot: Snapshot) -> Prompt:
        """Return what the model would be sent now."""
        return render_prompt(
            self.agent.variant,
            snapshot,
            self._standing(observation),
            tools=tools_of(self._stage.symbols),
            policy=self._books.policy,
            cadence_minutes=self._stage.clock.cadence_minutes,
        )

    @exact
    def answered(self, question: Question, answer: Answer, *, is_late: bool = False) -> None:
        """Decide on what the model asked for, at the price of now, and book all of it."""
        reached(CrashPoint.ANSWER_COME)
        attempts = [each for each in answer.calls if isinstance(each, Attempt)]
        self._spent = question.spent.plus(answer.spent)
        said = Said(
            invocation=changed(
                question.invocation,
                response=answer.response,
                response_payload=answer.payload,
                updated_at=self._after(question.invocation),
            ),
            denials=_denials(attempts, answer),
            refused_by=question.desk.policy.title,
            told=question.desk.told,
            judged=question.desk.judged,
            unusable=self._unusable_rows(question, answer),
            cost=answer.cost,
            counts=_counts(answer, self._stage.clock.cadence_minutes),
        )
        actions = tuple([each.action for each in attempts])
        self._denied = self.decide(actions, said, is_late=is_late).denials
        reached(CrashPoint.ANSWER_BOOKED)

    def missed(self, observation: Observation, reason: str) -> None:
        """Write down that the model was not asked at a tick, and why."""
        at = self._stage.clock.at(observation.closed_bars)
        self._asking.asked = observation.closed_bars
        self._book_invocation(
            Invocation(
                id=self._stage.new_id(),
                model_id=self._books.account.model_id,
                response="",
                response_payload={"state": "MISSED", "reason": reason},
                created_at=at,
                updated_at=at,
            )
        )

    def recall(self, memory: Memory, record: RestoredArm) -> None:
        """Go on; close what the earlier process had asked and never heard, or had yet to ask."""
        super().recall(memory, record)
        kept = memory.spent
        self._spent_day = str(kept.get("day", ""))
        self._spent = Spent(tokens=int(kept.get("tokens", 0)), cost=Decimal(kept.get("cost", "0")))
        for invocation in record.in_flight:
            self.give_up(invocation)
        stage, tick = self._stage, self._stage.clock.end
        begun = record.arm.created_at < stage.clock.at(tick)
        if begun and stage.clock.is_tick(tick) and self._asking.asked < tick:
            self.missed(observe(stage.seen, closed_bars=tick), _NOT_ASKED)

    def give_up(self, invocation: Invocation) -> None:
        """Close a question whose answer nobody hears any more; its most stays spent."""
        payload = {**(invocation.response_payload or {}), "state": "FAILED", "failure": _UNHEARD}
        ended = changed(invocation, response_payload=payload, updated_at=self._after(invocation))
        self._book_invocation(ended, Counts(failed_workflows=1))

    def _after(self, invocation: Invocation) -> datetime:
        """Return the present; later than the question also within its minute of the arena."""
        return max(self._stage.now, invocation.created_at + _MOMENT)

    def count(self) -> None:
        """Do nothing: a model's turns are counted when they end."""

    def spent_words(self) -> Mapping[str, object]:
        """Return what today's budget has lost, as the memory keeps it."""
        return {
            "day": self._spent_day,
            "tokens": self._spent.tokens,
            "cost": str(self._spent.cost),
        }

    def _book_invocation(self, invocation: Invocation, counts: Counts | None = None) -> None:
        account = self._books.account
        self._books.book(
            Booking(
                model_id=account.model_id,
                epoch=account.epoch,
                invocations=(invocation,),
                counts=counts,
                state=self._remembered_now(),
            )
        )

    def _asked_at(self, observation: Observation) -> WokeUp:
        """Return the event of an answer without actions, with every symbol's quote."""
        tick = observation.closed_bars
        stage, books = self._stage, self._books
        books.cut_nav(tick)
        books.nav.fold()
        return WokeUp(
            at=stage.clock.at(tick),
            actions=(),
            symbols=stage.symbols,
            quotes={symbol: stage.quote(symbol, tick) for symbol in stage.symbols},
            peak_nav=books.nav.peak,
            day_opening_nav=books.nav.day_opening,
            under_way=self._orders.under_way(),
        )

    def _standing(self, observation: Observation) -> ArmStanding:
        account, nav = self._books.account, self._books.nav
        mark_price = self._mark_price_at(observation)
        held = [
            HeldPosition(
                view=position_view(holding, mark_price(symbol)),
                plan=holding.order.exit_plan or ExitPlan(),
            )
            for symbol, holding in sorted(account.holdings.items())
        ]
        worth = account.nav(mark_price)
        unrealized = sum([each.view.unrealized_pnl for each in held], ZERO)
        model = self.agent.model
        return ArmStanding(
            nav=worth,
            cash=worth - unrealized,
            free_collateral=self._free_collateral(observation),
            starting_capital=account.starting_capital,
            peak_nav=max(nav.peak, worth),
            day_opening_nav=nav.day_opening,
            positions=held,
            trades=tuple(self._books.trades),
            under_way=sorted(self._orders.under_way()),
            cooldowns=account.cooldowns,
            tokens_left=None
            if model.tokens_per_day is None
            else model.tokens_per_day - self._spent.tokens,
            money_left=None
            if model.money_per_day is None
            else model.money_per_day - self._spent.cost,
            denied=self._denied,
            halted_reason=account.halted_reason,
        )

    def _free_collateral(self, observation: Observation) -> Decimal:
        account, mark_price = self._books.account, self._mark_price_at(observation)
        margins = [
            initial_margin(
                size=holding.position.size,
                mark_price=mark_price(symbol),
                leverage=holding.order.leverage or _ONE,
            )
            for symbol, holding in account.holdings.items()
        ]
        return free_collateral(nav=account.nav(mark_price), initial_margins=margins)

    def _mark_price_at(self, observation: Observation) -> Callable[[str], Decimal]:
        """Return what positions were valued at when the model was asked."""
        return lambda symbol: self._stage.mark_price(symbol, observation.closed_bars)

    def _unusable_rows(self, question: Question, answer: Answer) -> tuple[ToolCall, ...]:
        at = self._stage.now
        return tuple(
            [
                ToolCall(
                    id=self._stage.new_id(),
                    invocation_id=question.invocation.id,
                    tool_call_type=_RECORDED_AS[each.tool],
                    metadata={
                        "asked": {"action": each.tool, "arguments": each.arguments},
                        "unusable": each.reason,
                    },
                    created_at=at,
                    updated_at=at,
                )
                for each in answer.calls
                if isinstance(each, Unusable) and each.tool in _RECORDED_AS
            ]
        )


def _nothing_said(invocation: Invocation) -> Said:
    return Said(invocation=invocation, denials={}, counts=Counts())


def _denials(attempts: list[Attempt], answer: Answer) -> dict[int, Denied]:
    """Return what was refused before the answer came; a turn that failed adds no risk."""
    denials = {}
    for number, attempt in enumerate(attempts):
        denied = attempt.denied
        if denied is None and answer.failure is not None and _adds_risk(attempt.action):
            reason = f"expected a turn that came to its end, found: {answer.failure.words}"
            denied = Denied(rule="turn-completed", reason=reason)
        if denied is not None:
            denials[number] = denied
    return denials


def _adds_risk(action: Action) -> bool:
    return isinstance(action, CreatePosition)


def _counts(answer: Answer, cadence_minutes: int) -> Counts:
    """Return what a turn adds: a bad call that the model corrected afterwards does not count."""
    stayed = 0
    for number, call in enumerate(answer.calls):
        if isinstance(call, Unusable):
            later = answer.calls[number + 1 :]
            stayed += not any(isinstance(each, Attempt) for each in later)
    if answer.failure is not None:
        return Counts(failed_workflows=1, failed_tool_calls=stayed)
    return Counts(invocations=1, minutes=cadence_minutes, failed_tool_calls=stayed)
