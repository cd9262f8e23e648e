"""The system's Chromium: none is ever downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

__all__ = ["NAMES", "chromium_path", "running_chromium"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """Return the path of the first one found."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    """Run one without a window; as root it has to do without its sandbox."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = ["--disable-lcd-text", *(["--no-sandbox"] if as_root else [])]
    with sync_playwright() as playwright:
        with playwright.chromium.launch(executable_path=path, args=arguments) as browser:
            yield browser
