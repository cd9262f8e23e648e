"""``autonome leaderboard``: who is ahead."""

from __future__ import annotations

from autonome.cli.options import ArenaOption, JsonOption
from autonome.cli.output import Column, amount, cents, instant, plain, print_rows, signed

__all__ = ["COLUMNS", "leaderboard"]

COLUMNS = (
    Column("model", "Model", plain),
    Column("nav", "NAV", cents, is_number=True),
    Column("return_percent", "Return %", signed, is_number=True),
    Column("trades", "Trades", plain, is_number=True),
    Column("win_percent", "Win %", lambda value: amount(value, places=1), is_number=True),
    Column("fees", "Fees", cents, is_number=True),
    Column("funding", "Funding", signed, is_number=True),
    Column("open_orders", "Open", plain, is_number=True),
    Column("gain", "Gain", signed, is_number=True),
    Column("realized_pnl", "Realized net", signed, is_number=True),
    Column("decisions", "Decisions", plain, is_number=True),
    Column("kind", "Kind", plain),
    Column("competing_variant", "Variant", plain),
    Column("nav_at", "As of (UTC)", instant),
    Column("winning_trades", "Won", plain, is_number=True),
    Column("starting_capital", "Capital", cents, is_number=True),
    Column("model_id", "Model id", plain),
)


def leaderboard(arena: ArenaOption = None, json: JsonOption = False) -> None:
    """Show every model, the highest net portfolio value (NAV) first."""
    from autonome.bootstrap.reading import read_leaderboard
    from autonome.config import read_settings

    rows = read_leaderboard(read_settings(), arena)
    columns = COLUMNS if json else COLUMNS[:-1]
    print_rows(rows, columns, as_json=json, title="Leaderboard", empty="No models yet.")
