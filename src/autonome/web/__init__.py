"""The web: what an arena holds and tells, over HTTP."""
