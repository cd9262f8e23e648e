"""What the API answers with, one module for each theme; JSON is camelCase, money is text."""
