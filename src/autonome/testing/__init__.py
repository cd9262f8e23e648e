"""Shipped with the package for tests and benchmarks: rows made by hand."""
