"""What is known of an arena as a whole: how it is run, and what its last audit said."""

from __future__ import annotations

from autonome.ledger.queries.query import Query, rows_where
from autonome.ledger.rows import Fact, FactName
from autonome.ledger.tables import facts

__all__ = ["fact"]


def fact(name: FactName) -> Query[Fact]:
    """Return the newest fact of a name, if there is one."""
    return rows_where(Fact, facts.c.name == name)
