"""The scripted arm: decisions that were written down before, row by row."""
