"""Runs that were kept as bundles, read without a database."""

from __future__ import annotations

from autonome.analytics.bundle import Bundle, read_bundle
from autonome.analytics.bundled_rows import bundled_rows

__all__ = ["Bundle", "bundled_rows", "read_bundle"]
