"""Candles and funding from files: Parquet, Feather and CSV, in the layouts that are found there."""

from autonome.market.files.reading import read_market

__all__ = ["read_market"]
