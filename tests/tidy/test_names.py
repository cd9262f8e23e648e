"""Public names are listed where they are defined, settings where users look, variants once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import autonome
from autonome.config import Settings
from autonome.domain.variants import VARIANT_IDS

ROOT = Path(__file__).parents[2]
SOURCE = Path(autonome.__file__).parent
MODULES = [
    path
    for path in sorted(SOURCE.rglob("*.py"))
    if path.name not in {"__init__.py", "__main__.py", "env.py"} and path.parent.name != "versions"
]


def _listed(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def _public(tree: ast.Module) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {
        node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_lists_its_public_names(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    listed = _listed(tree)
    assert listed is not None, "expected __all__"
    assert _public(tree) <= set(listed)


def test_every_setting_is_in_the_operating_guide() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name in Settings.model_fields:
        assert f"`AUTONOME_{name.upper()}`" in guide


def test_the_operating_guide_names_no_setting_that_is_not_there() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    known = {f"AUTONOME_{name.upper()}" for name in Settings.model_fields}
    tests_only = {"AUTONOME_TEST_DATA", "AUTONOME_TEST_DATABASE_URL"}
    assert set(re.findall(r"AUTONOME_[A-Z_]+", guide)) <= known | tests_only


def test_variants_are_named_in_the_registry_alone() -> None:
    named = re.compile("|".join(VARIANT_IDS))
    for path in SOURCE.rglob("*"):
        if path.suffix in {".py", ".toml"} and path != SOURCE / "domain" / "variants.py":
            text = path.read_text(encoding="utf-8")
            if "versions" in path.parts:
                continue  # A migration is history: it says what the enum was when it was made.
            assert not named.search(text), f"{path.name} names a variant"
