"""Bundles: one arena as a folder of Parquet files that stand without a database."""

from __future__ import annotations

import platform
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from autonome.analytics.manifest import MANIFEST, BundledFile, Manifest, read_manifest
from autonome.analytics.standings_file import LEADERBOARD, read_standings, write_standings
from autonome.domain.errors import SettingError
from autonome.ledger.content import canonical_json, content_of, hash_of
from autonome.ledger.queries.frames import read_frames, snapshot
from autonome.ledger.queries.standings import ModelStanding, model_standings
from autonome.ledger.tables import BUNDLED, ROWS

if TYPE_CHECKING:
    from polars import DataFrame

__all__ = ["Bundle", "bundle_differences", "check_place", "read_bundle", "write_bundle"]

_LIBRARIES: Final = ("autonome", "numpy", "polars", "ta-lib")
_NAMES: Final = frozenset({MANIFEST, LEADERBOARD} | {f"{t.name}.parquet" for t in BUNDLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose files are whole."""

    folder: Path
    manifest: Manifest

    def frame(self, table: str) -> DataFrame:
        """Return a table, columns named, ordered and typed as in the database."""
        import polars as pl

        return pl.read_parquet(self.folder / f"{table}.parquet")

    def standings(self) -> list[ModelStanding]:
        """Return the leaderboard, the highest NAV first."""
        return read_standings(self.folder)

    def content_hash(self) -> str:
        """Return the content hash of the files themselves, whatever the manifest says."""
        return content_of({table.name: self.frame(table.name) for table in ROWS.values()})


def write_bundle(
    url: str,
    arena: str,
    folder: Path,
    *,
    inputs: Mapping[str, object],
    created_at: datetime,
    partial: bool = False,
) -> Path:
    """Write an arena, as one transaction sees it, to ``folder``; it appears complete.

    Args:
        url: The database.
        arena: What to write.
        folder: Where to; a bundle that is there is replaced, and nothing else is.
        inputs: Everything that determined the run (market, settings, seed), as JSON can hold it.
        created_at: When the bundle is made.
        partial: Whether the run ended before its market did.

    Raises:
        SettingError: ``folder`` holds something other than a bundle, or cannot be written.
        ArenaMissing: the arena has no tables.
        LedgerError: the server cannot be used.
    """
    check_place(folder)
    with snapshot(url, arena) as connection, _written(folder) as draft:
        frames = read_frames(connection, BUNDLED)
        for name, frame in frames.items():
            frame.write_parquet(draft / f"{name}.parquet")
        query = model_standings()
        standings = [query.read(row) for row in connection.execute(query.statement)]
        write_standings(standings, draft)
        rows = {f"{name}.parquet": frame.height for name, frame in frames.items()}
        rows[LEADERBOARD] = len(standings)
        stored = canonical_json(inputs)
        Manifest(
            arena=arena,
            created_at=created_at,
            partial=partial,
            content_hash=content_of(frames),
            input_fingerprint=hash_of(stored),
            inputs=dict(inputs),
            versions=_versions(connection),
            files={name: BundledFile.of(draft / name, rows=count) for name, count in rows.items()},
        ).write(draft)
    return folder


def check_place(folder: Path) -> None:
    """Refuse a folder that a bundle may not take, before anything is computed for it.

    Raises:
        SettingError: something is there that is no bundle, or more than a bundle.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    remedy = "Name a folder that is not there yet, or one that holds a bundle and nothing else."
    if not folder.is_dir() or not (folder / MANIFEST).is_file():
        raise SettingError(
            f"expected a bundle or nothing at {str(folder)!r}, found something else.",
            remedy=remedy,
        )
    read_manifest(folder)
    others = sorted(path.name for path in folder.iterdir() if path.name not in _NAMES)
    if others:
        raise SettingError(
            f"expected nothing but a bundle in {str(folder)!r}, found {others[0]!r} too.",
            remedy=remedy,
        )


@contextmanager
def _written(folder: Path) -> Iterator[Path]:
    """Lend a folder that takes the place of ``folder`` once the block has succeeded."""
    target = folder.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}.", dir=target.parent, ignore_cleanup_errors=True
        ) as place:
            draft = Path(place) / "new"
            draft.mkdir()
            yield draft
            if target.exists():
                target.rename(Path(place) / "old")
            draft.rename(target)
    except OSError as error:
        raise SettingError(
            f"expected to write a bundle to {str(folder)!r}: {error.strerror or error}",
            remedy="Name a folder that may be written, on a disk with room.",
        ) from error


def _versions(connection: Connection) -> dict[str, str]:
    server = connection.exec_driver_sql("SHOW server_version").scalar_one()
    libraries = {name: version(name) for name in _LIBRARIES}
    return {**libraries, "python": platform.python_version(), "postgres": str(server)}


def read_bundle(folder: Path) -> Bundle:
    """Open a bundle and check that its files are whole.

    Raises:
        SettingError: the folder is no bundle, of another format, or a file has changed.
    """
    manifest = read_manifest(folder)
    manifest.check_files(folder)
    return Bundle(folder=folder, manifest=manifest)


def bundle_differences(bundle: Bundle, url: str, *, arena: str) -> list[str]:
    """Return one sentence for each table in which a bundle differs from the database."""
    with snapshot(url, arena) as connection:
        frames = read_frames(connection, BUNDLED)
    found = []
    for table in BUNDLED:
        if f"{table.name}.parquet" not in bundle.manifest.files:
            # An older version wrote the bundle, and left out what is no content.
            if table in ROWS.values():
                found.append(f'"{table.name}" is missing in the bundle')
            continue
        key = [column.name for column in table.primary_key]
        ours, theirs = bundle.frame(table.name).sort(key), frames[table.name].sort(key)
        if ours.schema != theirs.schema or not ours.equals(theirs):
            found.append(
                f'"{table.name}" differs: {ours.height} rows in the bundle,'
                f" {theirs.height} in the database"
            )
    return found
