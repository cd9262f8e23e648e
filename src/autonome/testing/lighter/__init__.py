"""A fake of Lighter's public data: REST and stream on loopback, deterministic, with faults."""
