"""The repository's own order: locks without addresses, decisions numbered, tests in place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = {"unit", "property", "contract", "golden", "integration", "simulation", "e2e", "tidy"}


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-oracle.lock",
    ],
)
def test_a_lock_pins_with_hashes_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.findall(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?)(\S*)", text, flags=re.MULTILINE)
    assert packages
    assert all(pin.startswith("==") for _, pin in packages)
    assert text.count("--hash=sha256:") >= len(packages)


def test_tests_lie_in_the_folders_of_their_kinds() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    hidden = {name for name in folders if name.startswith((".", "__"))}
    assert folders - hidden <= KINDS


def test_decisions_are_numbered_without_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
