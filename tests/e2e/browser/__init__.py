"""The dashboard in a real browser, over a real arena; a package, so that both end with it."""
