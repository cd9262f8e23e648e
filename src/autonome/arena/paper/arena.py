"""The paper arena: the same competition as a replay, on a market that grows minute by minute.

Plain steps without a clock: whoever runs it says when a minute has closed, and what a model has
answered. What it writes is complete after each step, so that a new process can go on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from autonome.agents.llm.answer import Answer
from autonome.arena.clock import Clock
from autonome.arena.competitor import Entrant
from autonome.arena.crash_points import CrashPoint, reached
from autonome.arena.following import LeaderLog
from autonome.arena.live.present import Present
from autonome.arena.names import names_of, pooled_ids
from autonome.arena.paper.running_arm import RunningArm
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.arena.stage import Stage
from autonome.arena.valuation import mark_points
from autonome.domain.choices import ArmKind
from autonome.domain.errors import LedgerError
from autonome.domain.instants import ms_of
from autonome.domain.money import exact
from autonome.domain.value import value
from autonome.ledger.journal.port import BookingStatus, Journal, Run, taken_over
from autonome.ledger.queries.restoring import RestoredArm
from autonome.ledger.rows import Cycle
from autonome.market.candles import MINUTE_MS
from autonome.market.market import Market
from autonome.market.observation import Observation, observe
from autonome.market.snapshot import Snapshot, take_snapshot
from autonome.venue.simulated.candle_venue import NEGLIGIBLE_LATENCY_MS, CandleVenue

__all__ = ["PaperArena", "Tick"]

_LOG: Final = logging.getLogger(__name__)
_BUILDER: Final = 1
"""Version of what an observation is made of; raised when agents come to see something else."""


@value
class Tick:
    """What is seen at a tick, the same by every arm."""

    observation: Observation
    snapshot: Snapshot
    """The observation as models see it."""


class PaperArena:
    """Arms that compete on one market, as far as its minutes have closed."""

    def __init__(
        self,
        venue: CandleVenue,
        journal: Journal,
        *,
        cadence_minutes: int,
        seed: int,
        present: Present | None = None,
        traded: Market | None = None,
    ) -> None:
        """Begin where the bars of ``venue`` end: they are history, and nobody traded in them.

        On a live market ``present`` quotes between the minutes, and agents see ``traded``.
        """
        market = venue.market
        clock = Clock(market, cadence_minutes, grows=True)
        self.stage = Stage(
            market=market,
            symbols=market.symbols,
            venue=venue,
            clock=clock,
            journal=journal,
            new_id=pooled_ids(),
            present=present,
            traded=traded,
        )
        self.arms: list[RunningArm] = []
        self.broken: list[RunningArm] = []
        """Arms that are stopped, because an invariant of theirs was broken."""
        self._seed = seed
        self._numbers: set[int] = set()
        self._logs: dict[str, LeaderLog] = {}

    @property
    def unasked(self) -> dict[str, str]:
        """Return why models are asked nothing, by the ids of their arms."""
        reasons = {each.entrant.model.id: each.entrant.unasked_reason for each in self.arms}
        return {arm: reason for arm, reason in reasons.items() if reason is not None}

    @exact
    def join(self, entrants: Sequence[Entrant], records: Mapping[str, RestoredArm]) -> None:
        """Let arms compete: new ones from now on, those with a record from where they were.

        ``records`` has the rows of known arms by model id. Leaders come before followers.
        """
        followed = {entrant.agent.leader for entrant in entrants}
        if self.stage.run is None and records:
            # Until an arm runs, a new one is entered behind what a known one was read with.
            known = next(iter(records.values()))
            self.stage.run = Run(known.model.id, known.arm.epoch)
        for entrant in entrants:
            name, record = entrant.agent.name, records.get(entrant.model.id)
            last = 0 if record is None else record.figures.last_order_index
            kind = ThinkingArm if entrant.agent.kind is ArmKind.LLM else RunningArm
            arm = kind.joined(
                entrant,
                record,
                self.stage,
                names_of(name, self._numbers, self.stage.new_id, last_order_index=last),
                seed=self._seed,
                leader=self._logs.get(entrant.agent.leader or ""),
                is_followed=name in followed,
            )
            if arm.log is not None:
                self._logs[name] = arm.log
            self.arms.append(arm)
            self.stage.run = self.arms[0].run

    @exact
    def close_minute(
        self, venue: CandleVenue, *, traded: Market | None = None, is_missed: bool = False
    ) -> Tick | None:
        """Let the next minute have closed, and return what is seen if it is a tick.

        ``venue`` has one bar more than before, and so has ``traded``, which agents see where it is
        another market. A minute that is missed came too late: nobody is asked at its tick. In
        every arm: fills at the open, exits and liquidation in the bar, funding, decisions of rules
        and controls, then the NAV of all.
        """
        reached(CrashPoint.MINUTE_BEGUN)
        stage, first_bar = self.stage, self.stage.clock.end
        stage.grow(venue, traded=traded, is_missed=is_missed)
        end = stage.clock.end
        tick = self._begin_tick(end) if stage.clock.is_tick(end) else None
        for arm in [each for each in self.arms if each not in self.broken]:
            with self.others_unharmed_by(arm):
                arm.grow(first_bar=first_bar)
                arm.run_until(end + 1)
                if tick is not None and not is_missed:
                    arm.count()
            reached(CrashPoint.ARM_DONE)
        self._write(first_bar, end)
        return tick

    @exact
    def look(self) -> None:
        """Let every arm look at the live market, where the minute that goes on is the next one.

        While one that is over has not come, nothing trades in front of it.
        """
        stage = self.stage
        present, end = stage.present, stage.clock.end
        if present is None:
            return
        now_ms = present.now_ms()
        if now_ms >= stage.clock.at_ms(end) + MINUTE_MS:
            return
        extremes = present.tape.looked(now_ms=now_ms)
        for arm in [each for each in self.arms if each not in self.broken]:
            with self.others_unharmed_by(arm):
                arm.look(extremes, now_ms=now_ms)

    def answered(self, question: Question, answer: Answer, *, at_ms: int = 0) -> None:
        """Let the arm of a question decide on the answer, which came at the arena's ``at_ms``."""
        if question.arm not in self.broken:
            clock = self.stage.clock
            is_late = at_ms > clock.at_ms(clock.end) + NEGLIGIBLE_LATENCY_MS
            with self.others_unharmed_by(question.arm):
                question.arm.answered(question, answer, is_late=is_late)

    def give_up(self, question: Question) -> None:
        """Let the arm of a question close it without an answer."""
        if question.arm not in self.broken:
            with self.others_unharmed_by(question.arm):
                question.arm.give_up(question.invocation)

    @contextmanager
    def others_unharmed_by(self, arm: RunningArm) -> Iterator[None]:
        """Stop an arm that fails, and shout: nobody knows what it holds; the others go on."""
        try:
            yield
        except LedgerError:
            raise
        except Exception as error:
            _LOG.critical("%s is stopped: %s", arm.entrant.agent.name, error, exc_info=error)
            self.broken.append(arm)

    def _write(self, first_bar: int, end: int) -> None:
        stage = self.stage
        reached(CrashPoint.BEFORE_NAV)
        points = []
        for arm in [each for each in self.arms if each not in self.broken]:
            with self.others_unharmed_by(arm):
                points.append(arm.points(end))
        marks = [
            mark_points(stage.market.candles[symbol], first_bar=first_bar, end_bar=end)
            for symbol in stage.symbols
        ]
        status = stage.journal.minute([each for each in points if len(each.nav)], marks)
        if status is BookingStatus.STALE_EPOCH:
            raise taken_over("the arena")
        reached(CrashPoint.AFTER_NAV)

    def _begin_tick(self, instant: int) -> Tick:
        """Write the tick, as a whole: an earlier process that ended in it wrote the same."""
        stage = self.stage
        at = stage.clock.at(instant)
        observation = observe(stage.seen, closed_bars=instant)
        snapshot = self._snapshot_of(observation)
        missed = {"missed": True} if stage.is_missed else {}
        asked = any(isinstance(arm, ThinkingArm) for arm in self.arms)
        cycle = Cycle(
            id=stage.new_id(),
            scheduled_at=at,
            started_at=at,
            finished_at=at,
            observation_hash=snapshot.digest,
            recipe={
                "builder": _BUILDER,
                "feed": stage.market.origin,
                "lastCloseMs": ms_of(at),
                **missed,
            },
            observation=snapshot.to_json() if asked and not missed else None,
        )
        stage.journal.begin_cycle(cycle)
        reached(CrashPoint.CYCLE_WRITTEN)
        return Tick(observation=observation, snapshot=snapshot)

    def _snapshot_of(self, observation: Observation) -> Snapshot:
        """Return what models see; on a live market with what is quoted now."""
        present = self.stage.present
        if present is None or self.stage.is_missed:
            return take_snapshot(observation)
        quoted = {symbol: present.quoted(symbol) for symbol in self.stage.symbols}
        return take_snapshot(observation, now_ms=present.now_ms(), quoted=quoted)
