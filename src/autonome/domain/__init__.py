"""Money, orders, positions, exit plans: pure values and functions, standard library only."""
