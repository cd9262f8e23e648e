"""Lighter's public data: market list, candles and funding by REST, the rest by its stream."""
