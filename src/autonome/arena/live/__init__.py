"""An arena on a live market: marks between closed minutes, and orders that trade on the book."""
