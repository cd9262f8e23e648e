"""The web: the HTTP API of one database, and the built dashboard."""
