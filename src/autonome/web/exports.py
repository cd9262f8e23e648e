"""Exports: every row that a list has, as CSV or Parquet, from one state of the arena.

Rows go to a file first: a failure is an error and no torn file, the name of the file says whether
rows were left out, and a slow reader keeps no transaction open.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from fastapi import Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from autonome.domain.value import changed
from autonome.ledger.queries.pages import Page
from autonome.ledger.reader import Reader, Rows
from autonome.web.cursors import position_of
from autonome.web.errors import ApiError
from autonome.web.payloads.figures import Items, Payload
from autonome.web.tables import CsvFile, ParquetFile

__all__ = ["EXPORTED", "MOST_EXPORTED", "ExportFormat", "Exports"]

P = TypeVar("P", bound=Payload)
ExportFormat = Literal["csv", "parquet"]

MOST_EXPORTED: Final = 1_000_000
"""Rows of one export."""
_ROWS_AT_ONCE: Final = 2_000
"""Between them other requests have their turn."""
_MOST_AT_ONCE: Final = 2
"""Exports under way; each reads much."""
_RETRY_S: Final = 5
_MEDIA: Final = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}

EXPORTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media in _MEDIA.values()
        }
    }
}
"""What lists answer with beside JSON."""


class Exports:
    """Writes exports, few at a time."""

    def __init__(self, *, most: int = MOST_EXPORTED) -> None:
        """Allow ``most`` rows in each."""
        self._most = most
        self._under_way = 0

    async def answer(
        self,
        request: Request,
        reader: Reader,
        kind: type[P],
        make: Callable[[Rows, Page], Awaitable[Items[P]]],
        page: Page,
        form: ExportFormat,
    ) -> Response:
        """Return every row from the beginning of ``page`` on; its limit is not looked at.

        Raises:
            ApiError: too many exports are under way.
        """
        if self._under_way >= _MOST_AT_ONCE:
            raise ApiError(
                429,
                "too-many-exports",
                f"expected at most {_MOST_AT_ONCE} exports at once; so many are under way.",
                remedy="Try again when one of them is done.",
                retry_after_s=_RETRY_S,
            )
        self._under_way += 1
        folder = tempfile.TemporaryDirectory(prefix="autonome-export-")
        try:
            file = Path(folder.name) / "rows"
            writer = (CsvFile if form == "csv" else ParquetFile)(file, kind)
            async with reader.at_once() as rows:
                count, is_cut = await self._write(rows, writer, make, page)
        except BaseException:
            folder.cleanup()
            raise
        finally:
            self._under_way -= 1
        name = request.url.path.removeprefix("/api/v1/").replace("/", "-")
        cut = f"-newest-{count}" if is_cut else ""
        return FileResponse(
            file,
            media_type=_MEDIA[form],
            filename=f"{reader.arena}-{name}{cut}.{form}",
            headers={
                "Cache-Control": "no-store",
                "X-Autonome-Rows": str(count),
                "X-Autonome-Cut": "true" if is_cut else "false",
            },
            background=BackgroundTask(folder.cleanup),
        )

    async def _write(
        self,
        rows: Rows,
        writer: CsvFile | ParquetFile,
        make: Callable[[Rows, Page], Awaitable[Items[P]]],
        page: Page,
    ) -> tuple[int, bool]:
        """Return how many rows were written, and whether there are more."""
        count = 0
        while True:
            limit = min(_ROWS_AT_ONCE, self._most - count)
            listed = await make(rows, changed(page, limit=limit))
            await asyncio.to_thread(writer.add, listed.items)
            count += len(listed.items)
            if listed.next_cursor is None or count >= self._most:
                break
            page = changed(page, after=position_of(listed.next_cursor))
        await asyncio.to_thread(writer.close)
        return count, listed.next_cursor is not None
