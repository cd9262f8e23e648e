"""What operators asked for, carried out by who leads the arena."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from autonome.arena.competitor import Entrant
from autonome.arena.crash_points import CrashPoint, reached
from autonome.arena.events import Halted, Resumed
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.led import update_from
from autonome.arena.paper.revising import revise
from autonome.arena.paper.running_arm import RunningArm
from autonome.domain.errors import ArenaNotEmpty
from autonome.domain.money import exact
from autonome.domain.refusals import Denied
from autonome.ledger.rows import Command, CommandKind

__all__ = ["Operators", "Recruits"]


_ADDED: Final = "added"
_CHANGED: Final = "changed"
_NOBODY: Final = "nothing done: nobody here can make such an arm"
_OF_ONE_ARM: Final = (
    CommandKind.CLOSE,
    CommandKind.EDIT_PLAN,
    CommandKind.EDIT_POLICY,
    CommandKind.EDIT_ARM,
    CommandKind.RESET,
)
"""Commands of which each arm says in words what came of them."""


class Recruits(Protocol):
    """Makes arms that operators ask for; it knows what models can be asked with."""

    def recruit(self, command: Command, *, at: datetime) -> Entrant | Denied:
        """Return the arm that a command asks for; its model has the command's id."""

    def retrained(self, entrant: Entrant, asked: Mapping[str, object]) -> Entrant | Denied:
        """Return an arm with what is named of its settings changed."""


class Operators:
    """Reads commands, and carries each of them out once; done twice, it changes nothing more."""

    def __init__(
        self,
        arena: PaperArena,
        read: Callable[[], Sequence[Command]],
        *,
        wall: Callable[[], datetime],
        recruits: Recruits | None = None,
    ) -> None:
        """Take what ``read`` returns: commands that are not done, oldest first.

        Without ``recruits`` nobody can add arms, or change how models are asked.
        """
        self._recruits = recruits
        self._arena = arena
        self._read = read
        self._wall = wall

    @exact
    def carry_out(self) -> int:
        """Carry out every command that waits, and return how many there were."""
        commands = self._read()
        for command in commands:
            outcome = (
                self._recruit(command)
                if command.kind is CommandKind.ADD_ARM
                else self._carried_out(command)
            )
            reached(CrashPoint.COMMAND_CARRIED_OUT)
            self._arena.stage.journal.finish_command(command.id, at=self._wall(), outcome=outcome)
            reached(CrashPoint.COMMAND_FINISHED)
        return len(commands)

    def _carried_out(self, command: Command) -> str:
        """Carry a command out for everybody that it is about; return in words what came of it."""
        whom = command.whom
        arms = [
            arm
            for arm in self._arena.arms
            if (whom is None or arm.entrant.model.id in whom) and arm not in self._arena.broken
        ]
        found = []
        for arm in arms:
            with self._arena.others_unharmed_by(arm):
                found.append(self._obey(command, arm))
        return _outcome(command.kind, len(arms), found)

    def _recruit(self, command: Command) -> str:
        """Let one more arm compete; one that is there already came by this very command."""
        if command.id in {arm.entrant.model.id for arm in self._arena.arms}:
            return _ADDED
        if self._recruits is None:
            return _NOBODY
        stage = self._arena.stage
        entrant = self._recruits.recruit(command, at=stage.clock.at(stage.clock.end))
        if isinstance(entrant, Denied):
            return _denied(entrant)
        if entrant.agent.name in {arm.entrant.agent.name for arm in self._arena.arms}:
            return f"nothing done: an arm is called {entrant.agent.name} already"
        try:
            self._arena.join([entrant], {})
        except ArenaNotEmpty as error:
            return f"nothing done: {error.problem}"
        return _ADDED

    def _obey(self, command: Command, arm: RunningArm) -> str | int:
        """Carry out a command for one arm; return what came of it, or what was closed."""
        kind, at = command.kind, self._arena.stage.now
        payload: Mapping[str, object] = command.payload or {}
        if kind is CommandKind.RESUME:
            arm.operate(Resumed(at=at))
            return 0
        if kind in (CommandKind.ENABLE, CommandKind.DISABLE):
            arm.enable(kind is CommandKind.ENABLE)
            return 0
        if kind is CommandKind.EDIT_POLICY:
            return revise(arm, command, at=self._wall())
        if kind is CommandKind.EDIT_ARM:
            return self._retrain(arm, payload)
        if kind is CommandKind.RESET:
            return arm.reset(command.id)
        if kind is CommandKind.CLOSE:
            is_open = arm.close(str(payload["orderId"]), command.reason)
            return "ordered to close" if is_open else "nothing done: it is not open any more"
        if kind is CommandKind.EDIT_PLAN:
            update = update_from(payload)
            denied = arm.edit_plan(str(payload["orderId"]), update)
            return _CHANGED if denied is None else _denied(denied)
        # Who flattens an arm that lost too much asks for a close, not for a halt of its own: the
        # drawdown stays the reason, and a reset takes it back.
        if kind is CommandKind.HALT or not arm.has_lost_too_much:
            arm.operate(Halted(at=at, reason=command.reason, was_asked=True))
        return arm.flatten(command.reason) if kind is CommandKind.FLATTEN else 0

    def _retrain(self, arm: RunningArm, payload: Mapping[str, object]) -> str:
        """Change how an arm's model is asked, from its next question on."""
        asked = payload.get("settings")
        if self._recruits is None or not isinstance(asked, Mapping):
            return _NOBODY
        found = self._recruits.retrained(arm.entrant, asked)
        if isinstance(found, Denied):
            return _denied(found)
        arm.amend(found, settings=found.arm.settings, model=found.model.open_router_model_name)
        return _CHANGED


def _denied(denied: Denied) -> str:
    return f"denied by {denied.rule}: {denied.reason}"


def _outcome(kind: CommandKind, arms: int, found: Sequence[str | int]) -> str:
    """Say in words what has come of a command."""
    if kind in _OF_ONE_ARM:
        return str(found[0]) if found else "nothing done: nobody runs its arm"
    words = "1 arm" if arms == 1 else f"{arms} arms"
    if kind is CommandKind.FLATTEN:
        words += f", {sum(int(each) for each in found)} positions ordered to close"
    return words
