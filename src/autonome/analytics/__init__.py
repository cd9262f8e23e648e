"""Analytics: what researchers take away from an arena."""
