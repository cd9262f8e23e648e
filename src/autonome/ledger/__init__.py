"""PostgreSQL: tables, migrations, journal writers, queries, the embedded server."""
