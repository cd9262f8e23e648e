"""Small files, small functions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import autonome

ROOT = Path(__file__).parents[2]
FILES = sorted(Path(autonome.__file__).parent.rglob("*.py")) + sorted(
    (ROOT / "tests").rglob("*.py")
)
MOST_LINES = 400
MOST_FUNCTION_LINES = 70


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_one_idea_and_few_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            assert lines <= MOST_FUNCTION_LINES, f"{node.name} has {lines} lines"


@pytest.mark.parametrize(
    "path", sorted(Path(autonome.__file__).parent.rglob("*.py")), ids=lambda path: path.name
)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
