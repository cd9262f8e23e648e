"""What operators asked for, carried out by who leads the arena."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from autonome.arena.crash_points import CrashPoint, reached
from autonome.arena.events import Halted, Resumed
from autonome.arena.paper.arena import PaperArena
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
            arms = [
                arm
                for arm in self._arena.arms
                if command.model_id in (None, arm.entrant.model.id)
                and arm not in self._arena.broken
            ]
            closed = 0
            for arm in arms:
                with self._arena.others_unharmed_by(arm):
                    closed += self._obey(command, arm)
            reached(CrashPoint.COMMAND_CARRIED_OUT)
            outcome = "1 arm" if len(arms) == 1 else f"{len(arms)} arms"
            if command.kind is CommandKind.FLATTEN:
                outcome += f", {closed} positions ordered to close"
            self._arena.stage.journal.finish_command(command.id, at=self._wall(), outcome=outcome)
            reached(CrashPoint.COMMAND_FINISHED)
        return len(commands)

    def _obey(self, command: Command, arm: RunningArm) -> int:
        at = self._arena.stage.now
        if command.kind is CommandKind.RESUME:
            arm.operate(Resumed(at=at))
            return 0
        arm.operate(Halted(at=at, reason=command.reason))
        return arm.flatten(command.reason) if command.kind is CommandKind.FLATTEN else 0
