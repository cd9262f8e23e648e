"""Event streams: one reader of the ledger for each arena, and any number of listeners."""
