"""Live public data of venues: prices, books and funding as they come; no orders, no keys."""
