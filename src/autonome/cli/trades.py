"""``autonome trades``: completed trades, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import Column, amount, instant, plain, print_rows, signed

__all__ = ["trades"]

_COLUMNS = (
    Column("model", "Model", plain),
    Column("symbol", "Symbol", plain),
    Column("side", "Side", plain),
    Column("quantity", "Quantity", amount, is_number=True),
    Column("entry_price", "Entry", amount, is_number=True),
    Column("exit_price", "Exit", amount, is_number=True),
    Column("realized_pnl", "P&L net", signed, is_number=True),
    Column("close_trigger", "Closed by", lambda value: plain(value or "model")),
    Column("closed_at", "Closed (UTC)", instant),
    Column("opened_at", "Opened (UTC)", instant),
    Column(
        "entry_notional", "Entry notional", lambda value: amount(value, places=2), is_number=True
    ),
    Column("exit_notional", "Exit notional", lambda value: amount(value, places=2), is_number=True),
    Column("order_id", "Order", plain),
)


def trades(
    arena: ArenaOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Show at most as many.")] = 50,
    json: JsonOption = False,
) -> None:
    """Show completed trades, newest first; P&L is net of fees and funding."""
    from autonome.bootstrap import read_trades
    from autonome.config import read_settings

    rows = read_trades(read_settings(), arena, limit=limit)
    columns = _COLUMNS if json else _COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title="Trades", empty="No completed trades yet.")
