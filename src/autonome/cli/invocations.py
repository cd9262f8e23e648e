"""``autonome invocations``: what models asked for, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from autonome.cli.models import ModelOption, require_model
from autonome.cli.options import ArenaOption, JsonOption, LimitOption
from autonome.cli.output import Column, amount, instant, plain, print_rows, shortened

__all__ = ["COLUMNS", "invocations"]

_ENDS = ("cancelled", "rejected", "unknown")
"""How an order ends that did not fill, as a tool call's metadata names it."""

_FIGURES = (("quantity", "", 8), ("notional", "for ", 2), ("fraction", "fraction ", 4))
"""What is asked for in numbers: the key, the word before it, the most decimals to show."""


def _asked(metadata: Mapping[str, object] | str | None) -> str:
    """Return what was asked for in a few words; foreign metadata as it is."""
    asked = metadata.get("asked") if isinstance(metadata, Mapping) else metadata
    if not isinstance(asked, Mapping):
        return shortened(asked)
    words = [plain(asked[key]) for key in ("action", "symbol", "side") if asked.get(key)]
    words[:1] = [word.removesuffix("_position") for word in words[:1]]
    for key, before, places in _FIGURES:
        if isinstance(asked.get(key), int | Decimal):
            words.append(before + _number(asked[key], places=places))
    return shortened(" ".join(words) or None, width=48)


def _outcome(metadata: Mapping[str, object] | str | None) -> str:
    """Return what policy and venue made of it, in a few words."""
    if not isinstance(metadata, Mapping):
        return plain(None)
    denied = [f"denied: {rule}" for rule in _each(metadata, "denied", "rule")]
    shrunk = [f"shrunk: {rule}" for rule in _each(metadata, "changes", "rule")]
    ended = [f"{end}: {plain(why)}" for end in _ENDS for why in _list(metadata.get(end))]
    words = denied + shrunk + _filled(metadata) + ended
    return shortened("; ".join(words) or ("allowed" if "allowed" in metadata else None), width=44)


def _filled(metadata: Mapping[str, object]) -> list[str]:
    quantities, prices = _each(metadata, "filled", "quantity"), _each(metadata, "filled", "price")
    return [
        f"filled {_number(quantity)} @ {_number(price)}"
        for quantity, price in zip(quantities, prices, strict=False)
    ]


def _each(metadata: Mapping[str, object], outcome: str, key: str) -> list[object]:
    """Return one figure of each entry of an outcome, whether it is one entry or a list."""
    entries = _list(metadata.get(outcome))
    return [entry[key] for entry in entries if isinstance(entry, Mapping) and key in entry]


def _list(value: object) -> Iterable[object]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _number(value: object, *, places: int = 8) -> str:
    """Return a figure with at most so many decimals, none of them needless."""
    if not isinstance(value, int | Decimal):
        return plain(value)
    return amount(Decimal(f"{Decimal(value):.{places}f}"))


COLUMNS = (
    Column("decided_at", "Decided (UTC)", instant),
    Column("metadata", "What became of it", _outcome),
    Column("model", "Model", plain),
    Column("metadata", "Asked", _asked),
    Column("response", "Response", lambda value: shortened(value, width=60)),
    Column("tool_call_type", "Tool call", plain),
    Column("tool_call_id", "Tool call id", plain),
    Column("invocation_id", "Invocation", plain),
)


def invocations(
    arena: ArenaOption = None,
    model: ModelOption = None,
    limit: LimitOption = 50,
    json: JsonOption = False,
) -> None:
    """Show decisions, newest first: what was asked, what policy and venue made of it."""
    from autonome.bootstrap.reading import read_decisions, read_models
    from autonome.config import read_settings

    settings = read_settings()
    rows = read_decisions(settings, arena, limit=limit, model=model)
    if model is not None and not rows:
        require_model(model, (each.model for each in read_models(settings, arena)))
    columns = COLUMNS if json else COLUMNS[:-2]
    print_rows(rows, columns, as_json=json, title="Invocations", empty="No invocations yet.")
