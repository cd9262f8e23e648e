"""``python -m autonome``."""

from autonome.cli.main import run

run()
