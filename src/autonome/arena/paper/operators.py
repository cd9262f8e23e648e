"""What operators asked for, carried out by who leads the arena."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from autonome.arena.crash_points import CrashPoint, reached
from autonome.arena.events import Halted, Resumed
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.led import update_from
from autonome.arena.paper.running_arm import RunningArm
from autonome.domain.money import exact
from autonome.ledger.rows import Command, CommandKind

__all__ = ["Operators"]


class Operators:
    """Reads commands, and carries each of them out once; done twice, it changes nothing more."""

    def __init__(
        self,
        arena: PaperArena,
        read: Callable[[], Sequence[Command]],
        *,
        wall: Callable[[], datetime],
    ) -> None:
        """Take what ``read`` returns: commands that are not done, oldest first."""
        self._arena = arena
        self._read = read
        self._wall = wall

    @exact
    def carry_out(self) -> int:
        """Carry out every command that waits, and return how many there were."""
        commands = self._read()
        for command in commands:
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
            reached(CrashPoint.COMMAND_CARRIED_OUT)
            outcome = _outcome(command.kind, len(arms), found)
            self._arena.stage.journal.finish_command(command.id, at=self._wall(), outcome=outcome)
            reached(CrashPoint.COMMAND_FINISHED)
        return len(commands)

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
        if kind is CommandKind.CLOSE:
            is_open = arm.close(str(payload["orderId"]), command.reason)
            return "ordered to close" if is_open else "nothing done: it is not open any more"
        if kind is CommandKind.EDIT_PLAN:
            update = update_from(payload)
            denied = arm.edit_plan(str(payload["orderId"]), update)
            return "changed" if denied is None else f"denied by {denied.rule}: {denied.reason}"
        arm.operate(Halted(at=at, reason=command.reason, was_asked=True))
        return arm.flatten(command.reason) if kind is CommandKind.FLATTEN else 0


def _outcome(kind: CommandKind, arms: int, found: Sequence[str | int]) -> str:
    """Say in words what has come of a command."""
    if kind in (CommandKind.CLOSE, CommandKind.EDIT_PLAN):
        return str(found[0]) if found else "nothing done: nobody runs its arm"
    words = "1 arm" if arms == 1 else f"{arms} arms"
    if kind is CommandKind.FLATTEN:
        words += f", {sum(int(each) for each in found)} positions ordered to close"
    return words
