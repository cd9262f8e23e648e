"""Writers of rows: one port, three writers (memory, row by row, COPY)."""
