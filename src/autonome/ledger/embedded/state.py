"""The state file: how a keeper tells users where its server is, or why there is none."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from autonome.domain import errors
from autonome.domain.errors import AutonomeError, ServerFailed
from autonome.ledger.embedded.files import write_private

__all__ = ["Phase", "State", "read_state", "state_of_failure", "write_state"]

Phase = Literal["starting", "ready", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One message of a keeper; only true while a keeper lives (see ``Folder.keeper_lock``)."""

    phase: Phase = "stopped"
    """How far the server is."""
    port: int = 0
    """The port in use, or used last: the next start asks for it again, so that URLs last."""
    keeper_pid: int = 0
    """The keeper; for people who look into it. Nothing trusts this number."""
    server_pid: int = 0
    """The postmaster; likewise."""
    bin: str = ""
    """Folder of the programs that match the server."""
    version: tuple[int, int] = (0, 0)
    """Major and minor version of the server."""
    failure: str = ""
    """Name of the error's class in ``domain.errors``, when the phase is ``failed``."""
    problem: str = ""
    """The error's sentence."""
    remedy: str = ""
    """The error's advice."""

    def error(self) -> AutonomeError:
        """Return the error that the keeper met."""
        kind: object = getattr(errors, self.failure, None)
        if not (isinstance(kind, type) and issubclass(kind, AutonomeError)):
            kind = ServerFailed
        return kind(self.problem, remedy=self.remedy)


def state_of_failure(error: AutonomeError, *, port: int) -> State:
    """Return the state that tells users of ``error``."""
    return State(
        phase="failed",
        port=port,
        failure=type(error).__name__,
        problem=error.problem,
        remedy=error.remedy,
    )


def write_state(path: Path, state: State) -> None:
    """Replace the state file."""
    write_private(path, json.dumps(asdict(state)))


def read_state(path: Path) -> State:
    """Return the state last written; that of a server never started when there is none."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        return State(**{**facts, "version": tuple(facts["version"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        # A file that somebody damaged says no more than a missing one; the keeper writes it anew.
        return State()
