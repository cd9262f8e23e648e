"""The arena's file, ``autonome.toml``: what runs, on which market, and who competes."""
