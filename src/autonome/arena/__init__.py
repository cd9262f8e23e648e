"""The competition: decide and settle, the clock, the replay."""
