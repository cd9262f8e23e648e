"""Money never passes through a binary floating-point number: none in ``domain`` and ``ledger``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import autonome

SOURCE = Path(autonome.__file__).parent
EXACT_PACKAGES = ("domain", "ledger")
FILES = sorted(path for package in EXACT_PACKAGES for path in (SOURCE / package).rglob("*.py"))
FLOAT_NAMES = {"float", "float32", "float64", "double", "fsum", "isclose"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_float_is_written_or_named(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant):
            assert not isinstance(node.value, float), f"line {node.lineno}: {node.value!r}"
        if isinstance(node, ast.Name):
            assert node.id not in FLOAT_NAMES, f"line {node.lineno}: {node.id}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in FLOAT_NAMES, f"line {node.lineno}: {node.attr}"
