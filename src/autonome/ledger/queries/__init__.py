"""Reads of one arena: each function returns a query, ``Reader`` runs it."""
