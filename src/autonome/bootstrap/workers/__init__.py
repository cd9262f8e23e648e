"""Several processes for one arena: one of them leads, and all of them ask its models."""
