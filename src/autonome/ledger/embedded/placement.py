"""Put the wheel's programs where the server's user can run them, if root keeps them to itself."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from autonome.domain.errors import ServerFailed, SettingError
from autonome.ledger.embedded.account import Account
from autonome.ledger.embedded.binaries import WHEEL, Binaries
from autonome.ledger.embedded.programs import run

__all__ = ["place", "places"]

_LIBRARIES = f"{WHEEL}.libs"
_LEFT_OUT = shutil.ignore_patterns("include", "pkgconfig", "*.a")
_VERSION_LIMIT_MS = 10_000


def places() -> tuple[Path, ...]:
    """Return the folders that may hold a copy of the programs, best first."""
    return (Path("/var/lib/autonome"), Path(tempfile.gettempdir()) / "autonome")


def place(binaries: Binaries, account: Account | None, *, among: Sequence[Path]) -> Path:
    """Return a folder of ``binaries`` that ``account`` can run, copying them if need be.

    Raises:
        SettingError: they are not the wheel's, and ``account`` cannot run them where they are.
        ServerFailed: no place could take a copy that ``account`` can run.
    """
    if account is None or _can_run(binaries.bin, account):
        return binaries.bin
    installation = binaries.bin.parent
    if installation.parent.name != WHEEL:
        raise SettingError(
            f"expected programs that user {account.name!r} can run, as PostgreSQL must not run "
            f"as root, but that user cannot run those in {str(binaries.bin)!r}",
            remedy="Let everybody read and enter that folder and those above it, "
            "or set AUTONOME_POSTGRES_BIN to another one.",
        )
    problems = []
    for parent in among:
        target = parent / f"postgresql-{binaries.version[0]}-wheel-{version(WHEEL)}"
        try:
            _make_safe(parent)
            _copy(installation, target)
            copied = target / WHEEL / installation.name / "bin"
            if _can_run(copied, account):
                return copied
            problems.append(f"user {account.name!r} cannot run the copy in {str(target)!r}")
        except OSError as error:
            problems.append(f"{str(parent)!r} gives: {error.strerror or error}")
    raise ServerFailed(
        f"expected a place for programs that user {account.name!r} can run, but "
        + "; ".join(problems),
        remedy="Install Autonome where everybody may read it (for example in /opt), "
        "or run it as a normal user.",
    )


def _can_run(folder: Path, account: Account) -> bool:
    try:
        outcome = run(
            [str(folder / "postgres"), "--version"],
            folder=Path("/"),
            account=account,
            limit_ms=_VERSION_LIMIT_MS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return outcome.code == 0


def _make_safe(folder: Path) -> None:
    """Make the folder, or refuse it when anybody but root could put programs into it."""
    if not folder.exists():
        folder.mkdir()
        # Said again, because a umask may have taken it away.
        folder.chmod(0o755)
    found = folder.lstat()
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.geteuid()
        or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ):
        raise PermissionError(f"{str(folder)!r} is not a folder that only root may write")


def _copy(installation: Path, target: Path) -> None:
    """Copy the programs and their libraries as they lie in the wheel: they look there."""
    if target.exists():
        return
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    try:
        site = installation.parent.parent
        shutil.copytree(
            installation, draft / WHEEL / installation.name, symlinks=True, ignore=_LEFT_OUT
        )
        shutil.copytree(site / _LIBRARIES, draft / _LIBRARIES, symlinks=True)
        _open_to_all(draft)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_all(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
