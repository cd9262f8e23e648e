"""Market data as files hold it, before anything is made of it."""

from __future__ import annotations

from autonome.market.inspection import FileInspection, inspect_data

__all__ = ["FileInspection", "inspect_data"]
