"""A value of the hot path is frozen to the type checker alone: nothing may assign to its fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import autonome

SOURCE = Path(autonome.__file__).parent
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "audit"]
"""The auditor shares no values with what it audits, and has words of its own."""


def _fields(*, of_values: bool) -> set[str]:
    """Return the fields of every class under ``@value``, or of every other class."""
    return {
        item.target.id
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and _is_value(node) is of_values
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    }


def _is_value(node: ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "value" for each in node.decorator_list)


TICKET = {"bar", "fills", "order", "works"}
"""Names that a mutable class has as well."""
FIELDS = _fields(of_values=True) - TICKET


def _assigned(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Yield each attribute that is assigned to, but for an object's own (``self``)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            owner = node.value
            if not (isinstance(owner, ast.Name) and owner.id == "self"):
                yield node


def test_there_are_values_to_protect() -> None:
    assert {"quantity", "cash_flow", "stop", "metadata"} <= FIELDS


def test_the_names_that_are_left_out_are_those_of_a_mutable_class() -> None:
    assert _fields(of_values=False) >= TICKET


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_field_of_a_value_is_assigned_to(path: Path) -> None:
    if path == SOURCE / "domain" / "value.py":
        return  # Where copies are made.
    for node in _assigned(ast.parse(path.read_text(encoding="utf-8"))):
        assert node.attr not in FIELDS, f"line {node.lineno}: {ast.unparse(node)}"
