"""``autonome serve``: the API and the dashboard, over the database of any arena."""

from __future__ import annotations

from typing import Annotated

import typer

from autonome.cli.options import ArenaOption

__all__ = ["serve"]

HostOption = Annotated[
    str | None, typer.Option("--host", help="Address to listen on; loopback by default.")
]
PortOption = Annotated[
    int | None, typer.Option("--port", min=0, max=65_535, help="8420 by default; 0: a free one.")
]
AllowOption = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="Answer to this name too; repeatable."),
]


def serve(
    arena: ArenaOption = None,
    host: HostOption = None,
    port: PortOption = None,
    allow_host: AllowOption = None,
    public: Annotated[
        bool, typer.Option("--public", help="Let anybody read; prompts and payloads are hidden.")
    ] = False,
    require_token: Annotated[
        bool,
        typer.Option(
            "--require-token", help="Ask readers for a token; beyond loopback that is so anyway."
        ),
    ] = False,
    release_prompts: Annotated[
        bool, typer.Option("--release-prompts", help="Show those to the public too.")
    ] = False,
    beside: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the API and the dashboard until Ctrl-C, beside any arena: running, replay, stopped."""
    from autonome.bootstrap import serving
    from autonome.config import read_settings

    settings = read_settings()
    host = serving.DEFAULT_HOST if host is None else host
    web = serving.WebSettings(
        arena=arena or settings.arena,
        host=host,
        port=serving.DEFAULT_PORT if port is None else port,
        allowed_hosts=tuple(allow_host or ()),
        is_public=public,
        releases_prompts=release_prompts,
        requires_token=require_token or not (public or serving.is_loopback(host)),
    )

    def tell(address: str) -> None:
        if beside is None:
            typer.echo(f"Serving {address} until Ctrl-C.", err=True)

    serving.serve(settings, web, told=tell, beside=beside)
