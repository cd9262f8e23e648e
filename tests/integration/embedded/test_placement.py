"""Programs that only root can read are copied to where the server's user can run them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autonome.domain.errors import ServerFailed, SettingError
from autonome.ledger.embedded.account import Account, account_for
from autonome.ledger.embedded.binaries import WHEEL, Binaries, locate
from autonome.ledger.embedded.cluster import Cluster, data_major
from autonome.ledger.embedded.files import Folder
from autonome.ledger.embedded.placement import place

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps programs to itself")


@pytest.fixture
def account(tmp_path: Path) -> Account:
    """Return the user that a new server would run as."""
    found = account_for(tmp_path / "data")
    assert found is not None
    return found


@pytest.fixture
def hidden(tmp_path: Path) -> Binaries:
    """Copy the wheel to where nobody but root can read it."""
    wheel = locate(bin_folder=None, data_major=None)
    site = tmp_path / "site"
    site.mkdir(mode=0o700)
    installation = wheel.bin.parent
    libraries = f"{WHEEL}.libs"
    shutil.copytree(installation, site / WHEEL / installation.name)
    shutil.copytree(installation.parent.parent / libraries, site / libraries)
    return Binaries(bin=site / WHEEL / installation.name / "bin", version=wheel.version)


def test_programs_that_the_user_can_run_stay_where_they_are(account: Account, public: Path) -> None:
    wheel = locate(bin_folder=None, data_major=None)
    readable = public / WHEEL / wheel.bin.parent.name
    shutil.copytree(wheel.bin.parent, readable)
    shutil.copytree(wheel.bin.parents[2] / f"{WHEEL}.libs", public / f"{WHEEL}.libs")
    binaries = Binaries(bin=readable / "bin", version=wheel.version)
    assert place(binaries, account, among=()) == binaries.bin


def test_hidden_programs_are_copied_once_and_make_a_cluster(
    hidden: Binaries, account: Account, public: Path, tmp_path: Path
) -> None:
    target = public / "programs"
    umask = os.umask(0o077)
    try:
        copied = place(hidden, account, among=(target,))
    finally:
        os.umask(umask)
    assert target in copied.parents
    assert not list(target.rglob("include"))
    assert not list(target.rglob("*.a"))
    made = copied.stat().st_ino
    assert place(hidden, account, among=(target,)) == copied
    assert copied.stat().st_ino == made
    assert len(list(target.iterdir())) == 1
    folder = Folder.prepare(tmp_path / "home")
    Cluster(
        folder=folder,
        programs=copied,
        major=hidden.version[0],
        account=account,
    ).make()
    assert data_major(folder) == hidden.version[0]


def test_a_place_that_others_could_write_is_passed_over(
    hidden: Binaries, account: Account, public: Path
) -> None:
    open_to_all, foreign, link, safe = (
        public / name for name in ("all", "foreign", "link", "safe")
    )
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    foreign.mkdir()
    os.chown(foreign, account.uid, account.gid)
    (public / "elsewhere").mkdir()
    link.symlink_to(public / "elsewhere")
    copied = place(hidden, account, among=(open_to_all, foreign, link, safe))
    assert safe in copied.parents
    assert [list(folder.iterdir()) for folder in (open_to_all, foreign, link)] == [[], [], []]


def test_without_any_place_the_user_is_told_what_was_tried(
    hidden: Binaries, account: Account, tmp_path: Path
) -> None:
    unreachable = tmp_path / "site" / "programs"
    with pytest.raises(ServerFailed) as caught:
        place(hidden, account, among=(Path("/proc/autonome"), unreachable))
    assert "'/proc/autonome' gives: No such file or directory" in caught.value.problem
    assert f"user {account.name!r} cannot run the copy" in caught.value.problem
    assert "/opt" in caught.value.remedy


def test_hidden_programs_that_are_not_the_wheels_are_not_copied(
    hidden: Binaries, account: Account, public: Path
) -> None:
    other = hidden.bin.parent.parent.rename(hidden.bin.parents[2] / "other")
    binaries = Binaries(bin=other / hidden.bin.parent.name / "bin", version=hidden.version)
    with pytest.raises(SettingError) as caught:
        place(binaries, account, among=(public,))
    assert str(binaries.bin) in caught.value.problem
    assert "AUTONOME_POSTGRES_BIN" in caught.value.remedy
