"""``autonome halt``, ``resume`` and ``flatten``: what an operator may ask of a running arena."""

from __future__ import annotations

import getpass
import json as json_text
import os
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import jsonable

if TYPE_CHECKING:
    from autonome.bootstrap.paper.commands import Ordered

__all__ = ["ArmOption", "flatten", "halt", "resume", "user_name"]

ArmOption = Annotated[
    str | None, typer.Option("--arm", help="Only the arm of this name; all by default.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why; kept, and shown.")]


def halt(
    arena: ArenaOption = None,
    arm: ArmOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
) -> None:
    """Let an arm, or all, take no new risk; exits of what is open go on."""
    _order("HALT", arena, arm, reason, as_json=json)


def resume(
    arena: ArenaOption = None,
    arm: ArmOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
) -> None:
    """Take a halt back."""
    _order("RESUME", arena, arm, reason, as_json=json)


def flatten(
    arena: ArenaOption = None,
    arm: ArmOption = None,
    reason: ReasonOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    json: JsonOption = False,
) -> None:
    """Halt an arm, or all, and close every position at the market."""
    if not yes:
        _ask_first(arena, arm)
    _order("FLATTEN", arena, arm, reason, as_json=json)


def _ask_first(arena: str | None, arm: str | None) -> None:
    """Go on only if the user types the name of the arena."""
    from autonome.config import read_settings

    name = arena or read_settings().arena
    whose = "every position" if arm is None else f"every position of {arm!r}"
    question = f"This closes {whose} in arena {name!r}. Type the arena's name to go on"
    try:
        typed = typer.prompt(question, err=True)
    except typer.Abort:
        typer.echo("\nNothing was done. Where nobody can type, --yes does not ask.", err=True)
        raise typer.Exit(1) from None
    if typed != name:
        typer.echo("That is another name; nothing was done.", err=True)
        raise typer.Exit(1)


def _order(
    kind: Literal["HALT", "RESUME", "FLATTEN"],
    arena: str | None,
    arm: str | None,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    from autonome.bootstrap.paper.commands import CommandKind, order
    from autonome.config import read_settings

    user = user_name()
    ordered = order(
        read_settings(),
        arena,
        CommandKind(kind),
        arm=arm,
        reason=reason or f"{kind.lower()} asked for by {user}",
        requested_by=f"cli {user}",
    )
    if as_json:
        typer.echo(json_text.dumps(_object(ordered, arm), indent=2, ensure_ascii=False))
    else:
        typer.echo(_words(kind, ordered, arm))
    if ordered.is_run and not ordered.is_done:
        raise typer.Exit(1)


def user_name() -> str:
    """Return the name of the system's user; a number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _words(kind: str, ordered: Ordered, arm: str | None) -> str:
    """Say in a sentence or two what has come of it."""
    whom = f"arena {ordered.arena!r}" if arm is None else f"{arm!r} in arena {ordered.arena!r}"
    if ordered.is_done:
        outcomes = "; ".join(str(each.outcome) for each in ordered.commands)
        return f"{kind.capitalize()} of {whom} carried out: {outcomes}."
    if not ordered.is_run:
        return (
            f"{kind.capitalize()} of {whom} is on record. Nobody runs the arena now: it is carried"
            " out when somebody does (autonome up)."
        )
    return (
        f"{kind.capitalize()} of {whom} is on record, but was not carried out in time. Look at"
        " the process that runs the arena."
    )


def _object(ordered: Ordered, arm: str | None) -> dict[str, object]:
    return {
        "arena": ordered.arena,
        "arm": arm,
        "isRun": ordered.is_run,
        "isDone": ordered.is_done,
        "commands": [
            {
                "id": each.id,
                "kind": each.kind.value,
                "modelId": each.model_id,
                "reason": each.reason,
                "requestedBy": each.requested_by,
                "requestedAt": jsonable(each.requested_at),
                "doneAt": jsonable(each.done_at),
                "outcome": each.outcome,
            }
            for each in ordered.commands
        ],
    }
