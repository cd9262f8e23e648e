"""The manifest of a bundle: what it holds, what made it, and how to check that it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import msgspec

from autonome.domain.errors import SettingError

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "MANIFEST",
    "BundledFile",
    "Manifest",
    "read_manifest",
    "sha256_of",
]

MANIFEST: Final = "manifest.json"
FORMAT: Final = "autonome-bundle"
FORMAT_VERSION: Final = 1


class BundledFile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A file of a bundle."""

    sha256: str
    """In hexadecimal."""
    rows: int

    @classmethod
    def of(cls, file: Path, *, rows: int) -> BundledFile:
        """Return what the manifest says of a file that was written."""
        return cls(sha256=sha256_of(file), rows=rows)


class Manifest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What ``manifest.json`` says."""

    format: str = FORMAT
    format_version: int = FORMAT_VERSION
    arena: str
    created_at: datetime
    partial: bool
    """Whether the run ended before its market did."""
    content_hash: str
    """Equal for equal content, whatever identifiers its rows carry."""
    input_fingerprint: str
    """Hash of ``inputs``: equal inputs must lead to equal content."""
    inputs: dict[str, Any]
    """Everything that determined the run."""
    versions: dict[str, str]
    """Of Autonome, Python, PostgreSQL and the libraries that compute."""
    files: dict[str, BundledFile]
    """By name."""

    def write(self, folder: Path) -> None:
        """Write it into a folder, to be read by people too."""
        text = msgspec.json.format(_ENCODER.encode(self), indent=2)
        (folder / MANIFEST).write_bytes(text + b"\n")

    def check_files(self, folder: Path) -> None:
        """Refuse a bundle of which a file is missing or has changed.

        Raises:
            SettingError: which file, and what was expected of it.
        """
        for name, file in self.files.items():
            path = folder / name
            found = sha256_of(path) if path.is_file() else "no such file"
            if found != file.sha256:
                raise SettingError(
                    f"expected {str(path)!r} with SHA-256 {file.sha256}, found {found}.",
                    remedy="Copy the bundle again from where it was whole, or run it again.",
                )


_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as source:
        return file_digest(source, "sha256").hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a bundle.

    Raises:
        SettingError: the folder is no bundle, or one of another version of the format.
    """
    try:
        stored = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise SettingError(
            f"expected a bundle at {str(folder)!r}, found no readable {MANIFEST} in it.",
            remedy="Name the folder that a run was written to.",
        ) from error
    try:
        found: Any = msgspec.json.decode(stored)
    except msgspec.DecodeError:
        found = None
    said: Mapping[str, object] = found if isinstance(found, dict) else {}
    if said.get("format") != FORMAT:
        raise SettingError(
            f"expected a bundle at {str(folder)!r}; its {MANIFEST} is not one of a bundle.",
            remedy="Name the folder that a run was written to.",
        )
    if said.get("formatVersion") != FORMAT_VERSION:
        raise SettingError(
            f"expected version {FORMAT_VERSION} of the bundle's format at {str(folder)!r},"
            f" found {said.get('formatVersion')!r}.",
            remedy="Read it with the version of Autonome that wrote it: the manifest names it.",
        )
    try:
        return msgspec.json.decode(stored, type=Manifest)
    except msgspec.ValidationError as error:
        raise SettingError(
            f"expected a whole {MANIFEST} at {str(folder)!r}: {error}",
            remedy="Copy the bundle again from where it was whole, or run it again.",
        ) from error
