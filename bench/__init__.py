"""Benchmarks: ratios within one run, seconds with the machine they were taken on."""
