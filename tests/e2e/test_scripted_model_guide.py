"""The guide's scripted model, run as it is printed, under an arena."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psycopg

GUIDE = (Path(__file__).parents[2] / "docs" / "arena-file.md").read_text(encoding="utf-8")
LIMIT_S = 60
LOOK_EVERY_S = 0.1
FILLS = (
    'SELECT count(*) FROM scripted."Fills" f JOIN scripted."Arms" a USING ("modelId")'
    " WHERE a.kind = 'LLM'"
)


def test_the_scripted_model_of_the_guide_trades(tmp_path: Path, database_url: str) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, flags=re.DOTALL)
    (tmp_path / "scripted.py").write_text(code, encoding="utf-8")
    ends_at = time.monotonic() + LIMIT_S
    with subprocess.Popen(
        [sys.executable, "scripted.py"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as script:
        try:
            assert script.stdout is not None
            assert script.stdout.read(8) == b"Now run:"
            trade(tmp_path, database_url, ends_at)
            script.communicate(b"\n", timeout=LIMIT_S)
            assert script.returncode == 0
        finally:
            script.kill()


def trade(folder: Path, url: str, ends_at: float) -> None:
    """Run the arena until its model has traded."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AUTONOME_")}
    autonome = str(Path(sys.executable).with_name("autonome"))
    options = ["--no-serve", "--file", "scripted.toml", "--arena", "scripted"]
    with subprocess.Popen(
        [autonome, "up", *options],
        cwd=folder,
        env={**kept, "AUTONOME_HOME": str(folder), "AUTONOME_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    ) as arena:
        try:
            while not fills(url):
                assert arena.poll() is None
                assert time.monotonic() < ends_at
                time.sleep(LOOK_EVERY_S)
        finally:
            arena.kill()


def fills(url: str) -> int:
    with psycopg.connect(url) as connection:
        try:
            row = connection.execute(FILLS).fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
    assert row is not None
    return int(row[0])
