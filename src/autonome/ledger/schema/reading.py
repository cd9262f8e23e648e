"""Read the catalogue of an arena from the server.

Nothing depends on the session's ``search_path``: names of the arena come back bare, and no name of
another schema passes for one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection, RowMapping, TextClause, text

from autonome.ledger.schema.catalogue import Catalogue, Column, Table

__all__ = ["read_catalogue"]

_ENUMS = text("""
    SELECT t.typname AS owner, e.enumlabel AS name
    FROM pg_catalog.pg_enum e
    JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = :arena
    ORDER BY t.typname, e.enumsortorder
""")

_TABLES = text("""
    SELECT c.relname AS owner, c.relname AS name,
           CASE c.relpersistence WHEN 'p' THEN '' WHEN 'u' THEN 'unlogged ' ELSE 'temporary ' END
           || CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table'
              WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END
           AS kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :arena AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
""")

_COLUMNS = text("""
    SELECT c.relname AS owner, a.attname AS name,
           CASE WHEN t.typnamespace = c.relnamespace THEN t.typname
                ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END
           || CASE WHEN a.attcollation = t.typcollation THEN '' ELSE ' with a collation' END
           AS type,
           NOT a.attnotnull AS nullable,
           CASE WHEN a.attgenerated <> '' THEN 'generated always' ELSE '' END
           || CASE WHEN a.attidentity <> '' THEN 'generated as identity' ELSE '' END AS made,
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE n.nspname = :arena AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum
""")

# Constraints that say NOT NULL (contype 'n', since PostgreSQL 18) are read with the columns.
_KEYS = text("""
    WITH rule (letter, name) AS (VALUES ('a', 'no action'), ('r', 'restrict'), ('c', 'cascade'),
                                        ('n', 'set null'), ('d', 'set default')),
    key AS (
        SELECT k.*, c.relname, c.relnamespace, f.relname AS target,
               CASE WHEN f.relnamespace = c.relnamespace THEN '' ELSE fn.nspname || '.' END AS path,
               (SELECT string_agg(a.attname, ', ' ORDER BY u.place)
                FROM unnest(k.conkey) WITH ORDINALITY u (number, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
               ) AS columns,
               (SELECT string_agg(a.attname, ', ' ORDER BY u.place)
                FROM unnest(k.confkey) WITH ORDINALITY u (number, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number
               ) AS target_columns
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
        LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
        WHERE n.nspname = :arena AND k.contype IN ('p', 'u', 'f', 'c', 'x')
    )
    SELECT relname AS owner, conname AS name,
           CASE contype
               WHEN 'p' THEN format('PRIMARY KEY (%s)', columns)
               WHEN 'u' THEN format('UNIQUE (%s)', columns)
               WHEN 'f' THEN format(
                   'FOREIGN KEY (%s) REFERENCES %s%s (%s) ON DELETE %s ON UPDATE %s',
                   columns, path, target, target_columns,
                   (SELECT name FROM rule WHERE letter = confdeltype::text),
                   (SELECT name FROM rule WHERE letter = confupdtype::text))
               WHEN 'c' THEN 'CHECK'
               ELSE 'EXCLUDE' END
           || CASE WHEN confmatchtype = 'f' THEN ' MATCH FULL' ELSE '' END
           || CASE WHEN condeferrable THEN ' DEFERRABLE' ELSE '' END
           || CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END AS definition
    FROM key
    ORDER BY relname, conname
""")

_INDEXES = text("""
    SELECT c.relname AS owner, i.relname AS name,
           CASE WHEN x.indisunique THEN 'UNIQUE ' ELSE '' END
           || split_part(replace(pg_catalog.pg_get_indexdef(x.indexrelid), '"', ''), ' USING ', 2)
           || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END AS definition
    FROM pg_catalog.pg_index x
    JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :arena AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conindid = x.indexrelid AND k.conrelid = x.indrelid
          AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname, i.relname
""")

_HOOKS = text("""
    SELECT c.relname AS owner, h.hook AS name
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT 'trigger "' || t.tgname || '"' FROM pg_catalog.pg_trigger t
        WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
        UNION ALL
        SELECT 'rule "' || r.rulename || '"' FROM pg_catalog.pg_rewrite r
        WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'
        UNION ALL
        SELECT 'row level security' WHERE c.relrowsecurity
    ) AS h (hook)
    WHERE n.nspname = :arena
    ORDER BY c.relname, h.hook
""")

_LITERAL_WITH_CAST = re.compile(r"(?P<literal>'(?:[^']|'')*')::[\w .\"(),]+")


def read_catalogue(connection: Connection, arena: str) -> Catalogue:
    """Return the enums and tables of ``arena``; an arena that does not exist has none."""
    columns = _by_owner(connection, _COLUMNS, arena)
    keys = _by_owner(connection, _KEYS, arena)
    indexes = _by_owner(connection, _INDEXES, arena)
    hooks = _by_owner(connection, _HOOKS, arena)
    tables = {
        name: Table(
            kind=found[name]["kind"],
            columns={column: _column(row) for column, row in columns.get(name, {}).items()},
            keys=_definitions(keys.get(name, {})),
            indexes=_definitions(indexes.get(name, {})),
            hooks=tuple(hooks.get(name, {})),
        )
        for name, found in _by_owner(connection, _TABLES, arena).items()
    }
    enums = {name: tuple(values) for name, values in _by_owner(connection, _ENUMS, arena).items()}
    return Catalogue(enums=enums, tables=tables)


def _by_owner(
    connection: Connection, query: TextClause, arena: str
) -> dict[str, dict[str, RowMapping]]:
    """Group what belongs to the same table or enum, keeping the query's order."""
    groups: dict[str, dict[str, RowMapping]] = {}
    for row in connection.execute(query, {"arena": arena}).mappings():
        groups.setdefault(row["owner"], {})[row["name"]] = row
    return groups


def _column(row: RowMapping) -> Column:
    default: str | None = row["expression"]
    literal = default and _LITERAL_WITH_CAST.fullmatch(default)
    if literal:
        default = literal["literal"]
    if row["made"]:
        default = f"{row['made']} {default or ''}".strip()
    return Column(type=row["type"], nullable=row["nullable"], default=default)


def _definitions(rows: Mapping[str, RowMapping]) -> dict[str, str]:
    return {name: row["definition"] for name, row in rows.items()}
