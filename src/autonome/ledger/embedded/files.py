"""Where things lie below ``home/postgres``, and how its private files are opened."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from autonome.domain.errors import DiskFull, FolderNotWritable, LedgerError

__all__ = ["Folder", "open_private", "write_error", "write_private"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The folder ``home/postgres``; everything of the embedded server is inside."""

    path: Path
    """Absolute, without symbolic links."""

    @property
    def data(self) -> Path:
        """The data directory; the only thing that belongs to the server's own user."""
        return self.path / "data"

    @property
    def password(self) -> Path:
        """The password of the role ``autonome``, one line."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """What the keeper and the server have to say."""
        return self.path / "log" / "server.log"

    @property
    def state(self) -> Path:
        """What the keeper last told about the server."""
        return self.path / "state.json"

    @property
    def users_lock(self) -> Path:
        """Held shared by every user of the server; alone by a keeper that stops it."""
        return self.path / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for its whole life."""
        return self.path / "keeper.lock"

    @property
    def start_lock(self) -> Path:
        """Held for a moment by whoever looks for a keeper, or starts one."""
        return self.path / "start.lock"

    @classmethod
    def prepare(cls, home: Path) -> Folder:
        """Make the folders that are missing; change nothing about those that are there.

        Raises:
            FolderNotWritable: the folder cannot be made, or not be written by this user.
        DiskFull: the disk has no room left.
        """
        try:
            home.mkdir(parents=True, exist_ok=True)
            folder = cls(path=home.resolve() / "postgres")
            for path in (folder.path, folder.log.parent):
                if not path.is_dir():
                    path.mkdir(mode=0o700, exist_ok=True)
                    _give_to_owner_of(path.parent, path)
            os.close(open_private(folder.start_lock, os.O_RDWR))
        except OSError as error:
            raise write_error(home, error) from error
        return folder


def write_error(folder: Path, error: OSError) -> LedgerError:
    """Return the error for a user whose ``folder`` could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(
            f"expected room on the disk of {str(folder)!r}, "
            f"but {error.filename or str(folder)!r} gives: {error.strerror}",
            remedy="Free some space there, or set AUTONOME_HOME to a folder on another disk.",
        )
    return FolderNotWritable(
        f"expected a folder that this user may write at {str(folder)!r}, "
        f"but {error.filename or str(folder)!r} gives: {error.strerror}",
        remedy="Set AUTONOME_HOME to a folder of your own, "
        f"or give {str(folder)!r} and what is in it to the user that runs Autonome.",
    )


def open_private(path: Path, flags: int) -> int:
    """Open (or make) a file that only its owner may read; return the descriptor."""
    # Root may be working in the folder of a user, who must neither lead root elsewhere by a
    # symbolic link nor find files there later that are not the user's.
    fd = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    _give_to_owner_of(path.parent, fd)
    return fd


def write_private(path: Path, text: str) -> None:
    """Replace the file by ``text``, whole or not at all, even if the power fails."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    fd = open_private(draft, os.O_WRONLY | os.O_EXCL)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
    draft.replace(path)


def _give_to_owner_of(folder: Path, target: Path | int) -> None:
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(target, owner.st_uid, owner.st_gid)
