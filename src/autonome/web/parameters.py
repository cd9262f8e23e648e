"""Parameters that paths share: which rows of a list, and which part of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Depends, Path, Query
from pydantic import AfterValidator, AwareDatetime

from autonome.domain.choices import ArmKind
from autonome.domain.instants import zulu
from autonome.domain.value import value
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.queries.pages import Filters, Page
from autonome.web.cursors import LONGEST_CURSOR, position_of
from autonome.web.errors import ApiError

__all__ = [
    "MOST_ROWS",
    "ArenaName",
    "Filtered",
    "InstantOption",
    "ModelIds",
    "Paged",
    "RowId",
    "Span",
    "SpanOption",
    "SymbolName",
]

MOST_ROWS: Final = 500
_USUAL_ROWS: Final = 50
_MOST_MODELS: Final = 200
_YEARS: Final = range(1970, 2201)
_PRINTABLE: Final = r"^[^\x00-\x1f\x7f]+$"
_LONGEST_ID: Final = 200


def _in_calendar(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise ValueError(f"expected an instant of the years {_YEARS[0]} to {_YEARS[-1]}")
    return at.astimezone(UTC)


def _variant(text: str) -> str:
    if text not in VARIANT_IDS:
        raise ValueError(f"expected one of {', '.join(VARIANT_IDS)}")
    return text


def _printable(ids: list[str]) -> list[str]:
    if not all(each.isprintable() and 0 < len(each) <= _LONGEST_ID for each in ids):
        raise ValueError(f"expected ids of 1 to {_LONGEST_ID} printable characters")
    return ids


ArenaName = Annotated[
    str | None,
    Query(
        description="The arena; that of the server by default.", max_length=63, examples=["public"]
    ),
]
RowId = Annotated[str, Path(pattern=_PRINTABLE, max_length=_LONGEST_ID)]
SymbolName = Annotated[str, Path(pattern=_PRINTABLE, max_length=50, examples=["BTC"])]
ModelIds = Annotated[
    list[str],
    Query(alias="model", description="Id of a model; repeatable.", max_length=_MOST_MODELS),
    AfterValidator(_printable),
]
InstantOption = Annotated[AwareDatetime, AfterValidator(_in_calendar)]


@value
class Span:
    """A range of time; open where nothing is named."""

    start: datetime | None = None
    """First instant, included."""
    end: datetime | None = None
    """Not included."""


async def _span(
    start: Annotated[
        InstantOption | None,
        Query(
            alias="from", description="First instant, included.", examples=["2026-03-01T00:00:00Z"]
        ),
    ] = None,
    end: Annotated[
        InstantOption | None,
        Query(alias="to", description="End, not included.", examples=["2026-03-02T00:00:00Z"]),
    ] = None,
) -> Span:
    if start and end and end < start:
        raise ApiError(
            400,
            "bad-request",
            f"expected an end of {zulu(start)} or later, found {zulu(end)}",
            remedy="Let `to` come after `from`.",
            field="to",
        )
    return Span(start=start, end=end)


SpanOption = Annotated[Span, Depends(_span)]


async def _filters(
    span: SpanOption,
    model: ModelIds = [],  # noqa: B006  # FastAPI copies defaults, and a tuple is no query list.
    variant: Annotated[
        str | None, Query(json_schema_extra={"enum": list(VARIANT_IDS)}), AfterValidator(_variant)
    ] = None,
    kind: Annotated[list[ArmKind], Query(alias="kind", description="Of an arm; repeatable.")] = [],  # noqa: B006
    symbol: Annotated[
        str | None, Query(pattern=_PRINTABLE, max_length=50, examples=["BTC"])
    ] = None,
) -> Filters:
    return Filters(
        models=tuple(model),
        variant=variant,
        kinds=tuple(kind),
        symbol=symbol,
        start=span.start,
        end=span.end,
    )


async def _page(
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = _USUAL_ROWS,
    cursor: Annotated[
        str | None, Query(max_length=LONGEST_CURSOR, description="nextCursor of the page before.")
    ] = None,
) -> Page:
    return Page(limit=limit, after=None if cursor is None else position_of(cursor))


Filtered = Annotated[Filters, Depends(_filters)]
Paged = Annotated[Page, Depends(_page)]
