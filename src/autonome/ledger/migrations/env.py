"""Run revisions on the connection, and in the transaction, of ``autonome.ledger.migrate``.

Metadata and schema names are absent on purpose: the SQL is written by hand with unqualified names,
and ``search_path`` decides which arena they mean.
"""

from __future__ import annotations

from alembic import context

__all__: list[str] = []

context.configure(
    connection=context.config.attributes["connection"], transaction_per_migration=False
)
with context.begin_transaction():
    context.run_migrations()
