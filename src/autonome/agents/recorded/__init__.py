"""Recorded arms: decisions that were made in an earlier arena, asked for once more."""
