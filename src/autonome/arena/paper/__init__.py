"""Paper trading: the competition on a market that goes on, minute by minute, by itself."""
