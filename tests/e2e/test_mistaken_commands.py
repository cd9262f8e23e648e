"""What a user reads who typed or set something that cannot be."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

COMMAND_LIMIT_S = 60


def failed(
    folder: Path, *arguments: str, status: int = 1, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command that is to fail without a traceback; it has no keyboard."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AUTONOME_")}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("autonome")), *arguments],
        cwd=folder,
        env={**kept, "AUTONOME_HOME": str(folder / "home"), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_LIMIT_S,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.parametrize("command", [("up", "--no-serve"), ("worker",)])
def test_a_database_that_never_answered_ends_it_with_what_to_do(
    command: Sequence[str], tmp_path: Path
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"postgresql://anna:s3cret@127.0.0.1:{deaf.getsockname()[1]}/x"
        done = failed(tmp_path, *command, AUTONOME_DATABASE_URL=url)
    assert "Error: expected a PostgreSQL server at 127.0.0.1:" in done.stderr
    assert "What to do: Check that it runs" in done.stderr
    assert "Trying again" not in done.stderr
    assert "s3cret" not in done.stderr
