"""Candles and funding, and the views of them that an agent may see."""
