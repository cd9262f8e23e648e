"""What stands before every request: hosts and origins, rates and sizes, headers."""
