"""Arms that are language models: asked over HTTP, with tools, within budgets and a deadline.

The light modules (settings, keys, answers) need nothing; ``turn`` loads the model library, and is
imported where a model is asked.
"""
