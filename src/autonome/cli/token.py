"""``autonome token create|list|revoke``: by what the API knows who may read and command."""

from __future__ import annotations

import json as json_text
from enum import Enum
from typing import Annotated

import typer

from autonome.cli.halt import user_name
from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import jsonable

__all__ = ["Scope", "app", "create", "list_all", "revoke"]

app = typer.Typer(no_args_is_help=True, help="Tokens of the API: who may read, and command.")


class Scope(Enum):
    """What the holder may do."""

    READ = "read"
    ADMIN = "admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose it is; the log of control says it.")],
    scope: Annotated[Scope, typer.Option("--scope", help="read, or admin to command too.")],
    arena: ArenaOption = None,
) -> None:
    """Make a token and print it: once, since only its hash is kept."""
    from autonome.bootstrap.tokens import TokenScope, create_token
    from autonome.config import read_settings

    kind = TokenScope[scope.name]
    text = create_token(read_settings(), arena, name, kind, who=f"cli {user_name()}")
    typer.echo("Keep it: it is shown this once.", err=True)
    typer.echo(text)


@app.command("list")
def list_all(arena: ArenaOption = None, json: JsonOption = False) -> None:
    """List tokens, those that were revoked too."""
    from autonome.bootstrap.tokens import list_tokens
    from autonome.config import read_settings

    found = [
        {
            "name": each.name,
            "scope": each.scope.value,
            "createdAt": jsonable(each.created_at),
            "lastUsedAt": jsonable(each.last_used_at),
            "revokedAt": jsonable(each.revoked_at),
        }
        for each in list_tokens(read_settings(), arena)
    ]
    if json:
        typer.echo(json_text.dumps(found, indent=2))
        return
    for each in found:
        used = f"used {each['lastUsedAt']}" if each["lastUsedAt"] else "never used"
        state = f"revoked {each['revokedAt']}" if each["revokedAt"] else used
        typer.echo(f"{each['name']}  {str(each['scope']).lower()}  {state}")
    if not found:
        typer.echo("No token. Make one: autonome token create NAME --scope admin.", err=True)


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Of the token.")], arena: ArenaOption = None
) -> None:
    """End a token, and every session that was begun with it."""
    from autonome.bootstrap.tokens import revoke_token
    from autonome.config import read_settings

    is_new = revoke_token(read_settings(), arena, name, who=f"cli {user_name()}")
    typer.echo("Revoked." if is_new else "It was revoked before.")
