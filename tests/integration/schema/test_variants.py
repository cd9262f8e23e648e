"""A new variant is one edit of the registry and one generated revision."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autonome
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS
from autonome.ledger.migrations.generate import new_variants
from integration.schema.databases import execute, rows, upgraded

_PACKAGE = Path(autonome.__file__).parent
_LIMIT_MS = 60_000

_FIFTH = """
    Variant(
        id="Nightowl",
        label="Nightowl",
        description="Trades while others sleep.",
        color="#334155",
    ),
)

VARIANT_IDS: Final"""

_UPGRADE_AND_CHECK = """
import sys
from autonome.ledger.arenas import transaction
from autonome.ledger.migrate import upgrade
from autonome.ledger.schema.differences import differences

url, arena = sys.argv[1:]
with transaction(url) as connection:
    upgrade(connection, arena)
    assert differences(connection, arena) == [], differences(connection, arena)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Copy the package to a folder of its own, where a test may edit it."""
    shutil.copytree(
        _PACKAGE, tmp_path / "src" / "autonome", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path / "src"


def _run(source: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=_LIMIT_MS / 1000,
    )


def _generate(source: Path) -> subprocess.CompletedProcess[str]:
    return _run(source, "-m", "autonome.ledger.migrations.generate")


def _digests(source: Path) -> dict[str, str]:
    return {
        str(path.relative_to(source)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in source.rglob("*")
        if path.is_file()
    }


def _edit_registry(source: Path, old: str, new: str) -> None:
    registry = source / "autonome" / "domain" / "variants.py"
    text = registry.read_text(encoding="utf-8")
    assert old in text
    registry.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_fifth_variant_is_one_edit_and_one_generated_revision(
    database_url: str, source: Path
) -> None:
    upgraded(database_url, "veteran")
    before = _digests(source)
    _edit_registry(source, ")\n\nVARIANT_IDS: Final", _FIFTH.lstrip("\n"))
    done = _generate(source)
    assert (done.returncode, done.stderr) == (0, "")
    after = _digests(source)
    assert {name for name in after if before.get(name) != after[name]} == {
        "autonome/domain/variants.py",
        "autonome/ledger/migrations/versions/r0006_variants.py",
    }
    assert before.keys() <= after.keys()
    for arena in ("veteran", "newcomer"):
        done = _run(source, "-c", _UPGRADE_AND_CHECK, database_url, arena)
        assert (done.returncode, done.stderr) == (0, "")
        execute(
            database_url,
            f"""INSERT INTO {arena}."Models" (id, name, "openRouterModelName", variant)
            VALUES ('m', 'm', 'm', 'Nightowl')""",
        )
        assert rows(database_url, f'SELECT enum_range(NULL::{arena}."Variant")::text') == [
            ("{" + ",".join([*VARIANT_IDS, "Nightowl"]) + "}",)
        ]
    again = _generate(source)
    assert again.stdout == "The revisions make every variant of the registry.\n"
    assert _digests(source) == after


def test_a_database_whose_client_has_the_fifth_variant_already_is_adopted(
    drizzle_url: str, source: Path
) -> None:
    execute(drizzle_url, """ALTER TYPE "Variant" ADD VALUE 'Nightowl'""")
    _edit_registry(source, ")\n\nVARIANT_IDS: Final", _FIFTH.lstrip("\n"))
    assert _generate(source).returncode == 0
    done = _run(source, "-c", _UPGRADE_AND_CHECK, drizzle_url, "public")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("count", [1, 2])
def test_the_generated_revision_is_formatted_like_the_rest(source: Path, count: int) -> None:
    for name in ("Nightowl", "Earlybird")[:count]:
        fifth = _FIFTH.lstrip("\n").replace("Nightowl", name)
        _edit_registry(source, ")\n\nVARIANT_IDS: Final", fifth)
    assert _generate(source).returncode == 0
    file = source / "autonome" / "ledger" / "migrations" / "versions" / "r0006_variants.py"
    settings = _PACKAGE.parents[1] / "pyproject.toml"
    for check in (["check"], ["format", "--check"]):
        done = _run(source, "-m", "ruff", *check, "--no-cache", f"--config={settings}", str(file))
        assert done.returncode == 0, done.stdout


def test_a_removed_variant_is_refused_and_nothing_is_written(source: Path) -> None:
    _edit_registry(source, f'id="{VARIANT_IDS[1]}"', 'id="Renamed"')
    before = _digests(source)
    done = _generate(source)
    assert done.returncode == 1
    assert "an enum of PostgreSQL cannot lose or move a value" in done.stderr
    assert _digests(source) == before


@pytest.mark.parametrize(
    "registry",
    [
        VARIANT_IDS[:-1],
        VARIANT_IDS[1:],
        tuple(reversed(VARIANT_IDS)),
        ("Newcomer", *VARIANT_IDS),
        (*VARIANT_IDS, VARIANT_IDS[0]),
        (*VARIANT_IDS, "it's"),
        (*VARIANT_IDS, ""),
    ],
)
def test_a_registry_that_lost_or_moved_or_misnamed_a_variant_is_refused(
    registry: tuple[str, ...],
) -> None:
    with pytest.raises(SettingError):
        new_variants(made=VARIANT_IDS, registry=registry)


def test_only_variants_behind_those_that_exist_are_new() -> None:
    assert new_variants(made=VARIANT_IDS, registry=VARIANT_IDS) == ()
    assert new_variants(made=VARIANT_IDS, registry=(*VARIANT_IDS, "One", "Two")) == ("One", "Two")
