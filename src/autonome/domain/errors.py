"""The one tree of errors.

    AutonomeError                 something outside the rules of trading failed
    ├── SettingError              a setting or an argument that cannot be used
    ├── MarketDataError           candles or funding that break a rule of the format
    ├── FeedError                 the live public data of a venue
    │   ├── FeedUnavailable       no answer, a limit, or an answer that cannot be read  (retryable)
    │   └── FeedRefused           the venue understood the question and said no
    └── LedgerError               the database, or its server
        ├── LedgerUnavailable     the server cannot be reached now                  (retryable)
        ├── WrongPassword         the server refused the credentials
        ├── ServerTooOld          PostgreSQL below the oldest version that we support
        ├── PortTaken             another program listens on the port that was asked for
        ├── DiskFull              the folder of the data has no room left
        ├── DataDirectoryMismatch the data was made by another major version of PostgreSQL
        ├── FolderNotWritable     the folder of the data may not be written
        ├── ServerFailed          the embedded server did not start; carries its log
        ├── ArenaMissing          no such arena, or one that was never upgraded
        ├── ArenaTaken            another process leads the arena                   (retryable)
        ├── ArenaNotEmpty         rows are there that the command would have to overwrite
        └── SchemaMismatch        the catalogue differs from the contract; carries every difference
    InvariantBroken               our own mistake: stops the arm, and nothing catches it

An expected refusal is no error but a value: ``Denied`` by our own rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

__all__ = [
    "ArenaMissing",
    "ArenaNotEmpty",
    "ArenaTaken",
    "AutonomeError",
    "DataDirectoryMismatch",
    "DiskFull",
    "FeedError",
    "FeedRefused",
    "FeedUnavailable",
    "FolderNotWritable",
    "InvariantBroken",
    "LedgerError",
    "LedgerUnavailable",
    "MarketDataError",
    "PortTaken",
    "SchemaMismatch",
    "ServerFailed",
    "ServerTooOld",
    "SettingError",
    "WrongPassword",
]


class AutonomeError(Exception):
    """Say what was expected, what came instead, and what to do next; never a secret."""

    retryable: ClassVar[bool] = False
    """Whether the same call may succeed later without anybody changing anything."""

    def __init__(self, problem: str, *, remedy: str) -> None:
        """Keep ``problem`` (expected and found, one sentence) and ``remedy`` (the next step)."""
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling, keyword-only arguments included."""
        return (_rebuild, (type(self), self.__dict__))


def _rebuild(kind: type[AutonomeError], facts: dict[str, object]) -> AutonomeError:
    error = kind.__new__(kind)
    Exception.__init__(error, facts["problem"])
    error.__dict__.update(facts)
    return error


class SettingError(AutonomeError):
    """A setting or an argument cannot be used."""


class MarketDataError(AutonomeError):
    """Market data breaks a rule; the message names the file, the row and the rule."""


class FeedError(AutonomeError):
    """The live public data of a venue cannot be had."""


class FeedUnavailable(FeedError):
    """The venue did not answer, asked us to slow down, or answered what cannot be read."""

    retryable = True


class FeedRefused(FeedError):
    """The venue understood the question and refused it, with a code of its own."""

    def __init__(self, problem: str, *, remedy: str, code: int) -> None:
        """Carry the venue's code."""
        super().__init__(problem, remedy=remedy)
        self.code = code


class LedgerError(AutonomeError):
    """The database, or the server that holds it, failed."""


class LedgerUnavailable(LedgerError):
    """The server cannot be reached now."""

    retryable = True


class WrongPassword(LedgerError):
    """The server refused the user or the password."""


class ServerTooOld(LedgerError):
    """The server is older than the oldest version that Autonome supports."""


class PortTaken(LedgerError):
    """Another program listens on the port that the embedded server was told to use."""


class DiskFull(LedgerError):
    """The disk that holds the data has no room left."""


class DataDirectoryMismatch(LedgerError):
    """The data directory belongs to another major version of PostgreSQL."""


class FolderNotWritable(LedgerError):
    """The folder of the data cannot be made or written."""


class ServerFailed(LedgerError):
    """The embedded server did not start; the message ends with the last lines of its log."""


class ArenaMissing(LedgerError):
    """The arena has no tables yet."""


class ArenaNotEmpty(LedgerError):
    """The arena holds rows that this command would have to overwrite."""


class ArenaTaken(LedgerError):
    """Another process leads the arena; there is one leader at a time."""

    retryable = True


class SchemaMismatch(LedgerError):
    """The catalogue of the five tables and four enums differs from the contract."""

    def __init__(self, problem: str, *, remedy: str, differences: Sequence[str]) -> None:
        """Carry each difference as one sentence that names the object, expected and found."""
        super().__init__(problem, remedy=remedy)
        self.differences = tuple(differences)


class InvariantBroken(AssertionError):
    """Our own arithmetic or bookkeeping contradicts itself; nothing may go on from here."""
