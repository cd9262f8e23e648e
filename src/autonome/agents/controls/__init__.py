"""Control arms: without them no result means anything."""
