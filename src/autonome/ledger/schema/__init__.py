"""What the tables must look like, what they do look like, and where the two differ."""
