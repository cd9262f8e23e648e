"""Which package may import which: the table of the architecture, enforced."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import autonome

SOURCE = Path(autonome.__file__).parent

MAY_IMPORT = {
    "domain": set(),
    "ledger": {"domain"},
    "market": {"domain"},
    "venue": {"domain", "market"},
    "agents": {"domain", "market"},
    "arena": {"domain", "ledger", "market", "venue", "agents"},
    "analytics": {"domain", "ledger"},
    "web": {"domain", "ledger", "analytics", "arena"},
    "audit": set(),
    "testing": {"domain", "ledger", "market", "venue", "agents", "arena"},
    "cli": {"bootstrap", "config"},
    "config": {"domain"},
    "bootstrap": {
        "config",
        "domain",
        "ledger",
        "market",
        "venue",
        "agents",
        "arena",
        "analytics",
        "audit",
        "web",
    },
    "__main__": {"cli"},
    "__init__": set(),
}
"""By package, or by module at the top. A verb also needs the errors that it reports."""

ALSO = {"cli/main.py": {"domain"}, "web/indicators.py": {"market"}}
"""Files that may import more, each with its reason: ``main`` turns errors into words; charts show
the indicators that agents are shown."""


STRUCTS = ("value.py", "msgspec")
"""What values are made of is the one library of the domain."""


def _modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _package(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_package_imports_only_what_its_row_lists(path: Path) -> None:
    package = _package(path)
    allowed = MAY_IMPORT[package] | ALSO.get(str(path.relative_to(SOURCE)), set()) | {package}
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] == "autonome" and len(parts) > 1:
            assert parts[1] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "domain").rglob("*.py")), ids=lambda path: path.name
)
def test_the_domain_needs_the_standard_library_only(path: Path) -> None:
    import sys

    for name in _imports(path):
        top = name.split(".")[0]
        known = top == "autonome" or top in sys.stdlib_module_names
        assert known or (path.name, top) == STRUCTS, f"{path.name} imports {name}"
