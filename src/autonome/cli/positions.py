"""``autonome positions``: what is open now."""

from __future__ import annotations

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import Column, amount, cents, instant, plain, print_rows, signed

__all__ = ["COLUMNS", "positions"]

COLUMNS = (
    Column("model", "Model", plain),
    Column("symbol", "Symbol", plain),
    Column("side", "Side", plain),
    Column("quantity", "Quantity", amount, is_number=True),
    Column("entry_price", "Entry", amount, is_number=True),
    Column("mark_price", "Mark", amount, is_number=True),
    Column("unrealized_pnl", "P&L unrealized", signed, is_number=True),
    Column("stop", "Stop", amount, is_number=True),
    Column("target", "Target", amount, is_number=True),
    Column("leverage", "Leverage", amount, is_number=True),
    Column("opened_at", "Opened (UTC)", instant),
    Column("marked_at", "Marked (UTC)", instant),
    Column("entry_notional", "Entry notional", cents, is_number=True),
    Column("order_id", "Order", plain),
)


def positions(arena: ArenaOption = None, json: JsonOption = False) -> None:
    """Show open positions; the unrealized P&L is at the last mark, before exit costs."""
    from autonome.bootstrap.reading import read_positions
    from autonome.config import read_settings

    rows = read_positions(read_settings(), arena)
    columns = COLUMNS if json else COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title="Positions", empty="No open positions.")
