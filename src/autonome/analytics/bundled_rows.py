"""The rows of a bundle as the database's own queries would return them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from autonome.analytics.bundle import Bundle
from autonome.domain.choices import ArmKind, OrderSide, PolicyName
from autonome.domain.exit_plan import ExitPlan
from autonome.ledger.queries.models import ListedModel
from autonome.ledger.queries.nav import ORIGIN, ModelNavBucket
from autonome.ledger.queries.positions import OpenPosition
from autonome.ledger.queries.query import column_name
from autonome.ledger.queries.standings import ModelStanding
from autonome.ledger.queries.trades import Trade
from autonome.ledger.types import json_loads

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from polars import DataFrame

__all__ = [
    "BundledRow",
    "bundled_models",
    "bundled_nav",
    "bundled_positions",
    "bundled_rows",
    "bundled_trades",
]

BundledRow = ModelStanding | Trade | OpenPosition | ModelNavBucket | ListedModel

_T = TypeVar("_T", bound="DataclassInstance")
_MICROSECOND: Final = timedelta(microseconds=1)


def bundled_rows(
    bundle: Bundle, table: str, *, width: timedelta, limit: int, model: str | None = None
) -> Sequence[BundledRow]:
    """Return what ``autonome runs show`` prints of one table.

    Args:
        bundle: Where to look.
        table: ``leaderboard``, ``trades``, ``positions``, ``nav`` or ``models``.
        width: Length of an interval of NAV.
        limit: How many of the newest trades, or of each model's newest intervals of NAV.
        model: Only rows of models of this name; all without.
    """
    if table == "nav":
        return bundled_nav(bundle, width=width, limit=limit, model=model)
    tables: dict[str, Callable[[Bundle], Sequence[BundledRow]]] = {
        "leaderboard": Bundle.standings,
        "trades": bundled_trades,
        "positions": bundled_positions,
        "models": bundled_models,
    }
    rows = [row for row in tables[table](bundle) if model is None or row.model == model]
    return rows[:limit] if table == "trades" else rows


def bundled_trades(bundle: Bundle) -> list[Trade]:
    """Return the completed trades of a bundle, newest first."""
    import polars as pl

    closed = _orders(bundle).filter(pl.col("status") == "CLOSED")
    return _rows(closed.sort("closedAt", "id", descending=[True, False]), Trade)


def bundled_positions(bundle: Bundle) -> list[OpenPosition]:
    """Return the open positions of a bundle by model and symbol, with their last marks."""
    import polars as pl

    last = bundle.frame("Marks").sort("at").group_by("symbol").last()
    last = last.rename({"at": "markedAt", "price": "markPrice"})
    opened = _orders(bundle).filter(pl.col("status") == "OPEN")
    return _rows(opened.join(last, on="symbol", how="left").sort("model", "symbol"), OpenPosition)


def bundled_models(bundle: Bundle) -> list[ListedModel]:
    """Return the models of a bundle by name."""
    arms = bundle.frame("Arms").rename({"modelId": "id"})
    models = bundle.frame("Models").join(arms, on="id", how="left").sort("name", "variant")
    names = {
        "id": "modelId",
        "name": "model",
        "invocationCount": "invocations",
        "totalMinutes": "minutes",
        "failedWorkflowCount": "failedWorkflows",
        "failedToolCallCount": "failedToolCalls",
    }
    return _rows(models.rename(names), ListedModel)


def bundled_nav(
    bundle: Bundle, *, width: timedelta, limit: int, model: str | None = None
) -> list[ModelNavBucket]:
    """Return NAV per interval over the last ``limit`` intervals of each model, newest first."""
    import polars as pl

    # In whole microseconds, as PostgreSQL bins: intervals are counted from the same origin.
    step, origin = width // _MICROSECOND, pl.lit(ORIGIN)
    since = (pl.col("createdAt") - origin).dt.total_microseconds()
    points = _with_model(bundle.frame("PortfolioSize"), bundle).with_columns(bin=since // step)
    points = points.filter(pl.col("bin") > pl.col("bin").max().over("modelId") - limit)
    if model is not None:
        points = points.filter(pl.col("model") == model)
    net = pl.col("netPortfolio").sort_by("createdAt")
    buckets = points.group_by("model", "variant", "bin").agg(
        points=pl.len(),
        first=net.first(),
        last=net.last(),
        lowest=net.min(),
        highest=net.max(),
    )
    start = origin + pl.duration(microseconds=pl.col("bin") * step)
    newest = buckets.sort("model", "variant", "bin", descending=[False, False, True])
    return _rows(newest.with_columns(start=start), ModelNavBucket)


def _orders(bundle: Bundle) -> DataFrame:
    """Return the orders with the names of their models."""
    return _with_model(bundle.frame("Orders"), bundle).with_columns(orderId="id")


def _with_model(frame: DataFrame, bundle: Bundle) -> DataFrame:
    models = bundle.frame("Models").select("name", "variant", modelId="id")
    return frame.join(models.rename({"name": "model"}), on="modelId", how="left")


def _plan(text: str) -> ExitPlan | None:
    stored = json_loads(text)
    return ExitPlan.from_json(stored) if isinstance(stored, dict) else None


def _settings(text: str) -> Mapping[str, object]:
    return dict(json_loads(text))


_READ: Final[dict[str, Callable[[Any], object]]] = {
    "exitPlan": _plan,
    "settings": _settings,
    "side": OrderSide,
    "kind": ArmKind,
    "policy": PolicyName,
}
"""How the columns are read that are text in a bundle and more in a query."""


def _rows(frame: DataFrame, kind: type[_T]) -> list[_T]:
    """Return one value of ``kind`` for each row, its fields from the columns of the same words."""
    names = {field.name: column_name(field.name) for field in fields(kind)}
    columns = frame.select(*names.values()).to_dict(as_series=False)
    for key, read in _READ.items():
        if key in columns:
            columns[key] = [None if each is None else read(each) for each in columns[key]]
    rows: Iterator[tuple[Any, ...]] = zip(*columns.values(), strict=True)
    return [kind(**dict(zip(names, row, strict=True))) for row in rows]
