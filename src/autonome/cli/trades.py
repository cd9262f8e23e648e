"""``autonome trades``: completed trades, newest first."""

from __future__ import annotations

from autonome.cli.models import ModelOption, require_model
from autonome.cli.options import ArenaOption, JsonOption, LimitOption
from autonome.cli.output import Column, amount, cents, instant, plain, print_rows, signed

__all__ = ["COLUMNS", "trades"]

COLUMNS = (
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
    Column("entry_notional", "Entry notional", cents, is_number=True),
    Column("exit_notional", "Exit notional", cents, is_number=True),
    Column("order_id", "Order", plain),
)


def trades(
    arena: ArenaOption = None,
    model: ModelOption = None,
    limit: LimitOption = 50,
    json: JsonOption = False,
) -> None:
    """Show completed trades, newest first; P&L is net of fees and funding."""
    from autonome.bootstrap.reading import read_models, read_trades
    from autonome.config import read_settings

    settings = read_settings()
    rows = read_trades(settings, arena, limit=limit, model=model)
    if model is not None and not rows:
        require_model(model, (each.model for each in read_models(settings, arena)))
    columns = COLUMNS if json else COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title="Trades", empty="No completed trades yet.")
