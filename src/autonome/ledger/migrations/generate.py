"""Write the revision that gives the database the variants which the registry has gained.

Run as ``python -m autonome.ledger.migrations.generate``, or ``make migration``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final

from alembic.script import ScriptDirectory

from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS

__all__ = ["main", "new_variants", "write_revision"]

_FOLDER: Final = Path(__file__).parent

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")

_TEMPLATE: Final = Template('''\
"""Add to the enum of variants what the registry gained."""

from __future__ import annotations

from alembic import op

__all__ = ["VARIANTS_ADDED", "down_revision", "revision", "upgrade"]

revision = "$revision"
down_revision = "$down_revision"

VARIANTS_ADDED = $variants
"""Values that this revision gives the enum of variants."""


def upgrade() -> None:
    """Append the values in the registry's order, where another client has not done so."""
    for variant in VARIANTS_ADDED:
        op.execute(f"""ALTER TYPE "Variant" ADD VALUE IF NOT EXISTS '{variant}'""")
''')


def new_variants(*, made: Sequence[str], registry: Sequence[str]) -> tuple[str, ...]:
    """Return the variants of ``registry`` that come after those that revisions have ``made``.

    Raises:
        SettingError: the registry lacks or moved one that was made, or a name cannot be stored.
    """
    if tuple(registry[: len(made)]) != tuple(made):
        raise SettingError(
            f"expected the registry to begin with {', '.join(made)}, found {', '.join(registry)}:"
            " an enum of PostgreSQL cannot lose or move a value, and rows may hold it",
            remedy="Put the old variants back in their order in domain/variants.py, and append.",
        )
    for variant in registry:
        if not _NAME.fullmatch(variant) or registry.count(variant) > 1:
            raise SettingError(
                f"expected unique ids of up to 63 letters, digits and underscores, "
                f"found {variant!r}",
                remedy="Choose another id in domain/variants.py.",
            )
    return tuple(registry[len(made) :])


def write_revision() -> Path | None:
    """Write the next revision and return its file; ``None`` if nothing is new.

    Raises:
        SettingError: as ``new_variants``.
    """
    revisions = list(reversed(list(ScriptDirectory(str(_FOLDER)).walk_revisions())))
    made = [variant for each in revisions for variant in getattr(each.module, "VARIANTS_ADDED", ())]
    added = new_variants(made=made, registry=VARIANT_IDS)
    if not added:
        return None
    last = revisions[-1].revision
    revision = f"{int(last) + 1:04}"
    file = _FOLDER / "versions" / f"r{revision}_variants.py"
    content = _TEMPLATE.substitute(
        revision=revision,
        down_revision=last,
        variants=_literal(added),
    )
    with file.open("x", encoding="utf-8") as target:
        target.write(content)
    return file


def _literal(names: Sequence[str]) -> str:
    """Return the tuple as the formatter writes it."""
    if len(names) == 1:
        return f'("{names[0]}",)'
    return "(\n" + "".join(f'    "{name}",\n' for name in names) + ")"


def main() -> int:
    """Write the revision, say what was done, and return the exit status."""
    try:
        file = write_revision()
    except SettingError as error:
        print(f"{error.problem}\n{error.remedy}", file=sys.stderr)
        return 1
    print("The revisions make every variant of the registry." if file is None else f"Wrote {file}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
