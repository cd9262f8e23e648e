"""What the server's log says decides which error the user sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonome.domain.errors import DiskFull, LedgerError, PortTaken, ServerFailed
from autonome.ledger.embedded.log import SIZE_LIMIT_BYTES, Log, error_from

# The lines are PostgreSQL 18's own.
NO_ROOM = 'FATAL:  could not write to file "pg_wal/xlogtemp.29": No space left on device'
NO_SEGMENT = "FATAL:  could not create shared memory segment: No space left on device"
TAKEN = 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'
UNKNOWN = 'FATAL:  could not open directory "pg_notify": No such file or directory'


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (NO_ROOM, DiskFull),
        (NO_SEGMENT, ServerFailed),
        (TAKEN, PortTaken),
        (UNKNOWN, ServerFailed),
        ("", ServerFailed),
    ],
)
def test_a_log_line_names_the_error(line: str, kind: type[LedgerError]) -> None:
    written = f"LOG:  starting\n{line}\nLOG:  database system is shut down\n"
    error = error_from(written, doing="testing", port=5432)
    assert type(error) is kind
    assert error.remedy


def test_an_unknown_failure_shows_the_last_lines_of_the_log() -> None:
    error = error_from("\n".join(f"line {n}" for n in range(100)), doing="testing")
    assert error.problem.endswith("\nline 98\nline 99")
    assert "line 50" not in error.problem


def test_a_log_is_read_from_a_mark(tmp_path: Path) -> None:
    log = Log(path=tmp_path / "server.log")
    assert log.since(log.size()) == ""
    log.path.write_text("before\n")
    mark = log.size()
    with log.path.open("a") as file:
        file.write("after\n")
    assert log.since(mark) == "after\n"


def test_a_log_that_grew_too_long_is_moved_aside_once(tmp_path: Path) -> None:
    log = Log(path=tmp_path / "server.log")
    log.path.write_bytes(b"x" * SIZE_LIMIT_BYTES)
    log.trim()
    assert log.size() == SIZE_LIMIT_BYTES
    with log.path.open("ab") as server:
        server.write(b"y")
        server.flush()
        log.trim()
        server.write(b"z")
    assert log.path.read_bytes() == b"z"
    assert log.path.with_name("server.log.1").stat().st_size == SIZE_LIMIT_BYTES + 1
