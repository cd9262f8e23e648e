"""A large arena, made once: what a plan looks like shows on a large table only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit

import psycopg
import pytest

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.ledger.rollups import fill_rollups
from integration.queries.desk import Desk

_SERIAL = count(1)

MODELS = 40
ORDERS = 40_000
SNAPSHOTS = 200_000

FILL = """
INSERT INTO "Models" (id, name, "openRouterModelName", variant)
SELECT 'm' || n, 'model ' || n, 'maker/model',
       (enum_range(NULL::"Variant"))[1 + n % 4]
FROM generate_series(1, {models}) n;
INSERT INTO "Arms" ("modelId", kind, "startingCapital")
SELECT 'm' || n, CASE WHEN n % 10 = 0 THEN 'CONTROL' ELSE 'RULE' END, 10000
FROM generate_series(1, {models}) n;
INSERT INTO "Invocations" (id, "modelId", response)
SELECT 'i' || n, 'm' || 1 + n % {models}, 'ok' FROM generate_series(1, 40000) n;
INSERT INTO "ToolCalls" (id, "invocationId", "toolCallType", metadata)
SELECT 't' || n, 'i' || 1 + n % 40000, 'HOLDING', '{{}}' FROM generate_series(1, 80000) n;
INSERT INTO "Judgements" ("toolCallId", request, standing)
SELECT 't' || n, '{{}}', '{{}}' FROM generate_series(1, 40000) n;
INSERT INTO "Orders" (id, "modelId", symbol, side, quantity, "entryPrice", status, "exitPrice",
                      "realizedPnl", "openedAt", "closedAt")
SELECT 'o' || n, 'm' || 1 + n % {models}, (ARRAY['BTC','ETH','SOL'])[1 + n % 3],
       CASE WHEN n % 2 = 0 THEN 'LONG'::"OrderSide" ELSE 'SHORT' END, 0.5, 100,
       CASE WHEN n <= {models} THEN 'OPEN'::"OrderStatus" ELSE 'CLOSED' END,
       CASE WHEN n <= {models} THEN NULL ELSE 110 END,
       CASE WHEN n <= {models} THEN NULL ELSE CASE WHEN n % 2 = 0 THEN 5 ELSE -5 END END,
       '2025-05-05'::timestamp + n * interval '1 minute',
       CASE WHEN n <= {models} THEN NULL ELSE '2025-05-05'::timestamp + n * interval '2 minutes' END
FROM generate_series(1, {orders}) n;
INSERT INTO "PortfolioSize" (id, "modelId", "netPortfolio", "createdAt", "updatedAt")
SELECT 'p' || n, 'm' || 1 + n % {models}, 10000 + n % 1000,
       '2025-05-05'::timestamp + (n / {models}) * interval '1 minute', '2025-05-05'
FROM generate_series(0, {snapshots} - 1) n;
INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity, price, fee,
                     liquidity, "filledAt")
SELECT 'f' || n, 'o' || n, 'm' || 1 + n % {models}, 'BTC', n, 'BUY', 0.5, 100, 0.025, 'TAKER',
       '2025-05-05'::timestamp + n * interval '1 minute'
FROM generate_series(1, {orders}) n;
INSERT INTO "Payments" (id, "modelId", "orderId", kind, amount, "occurredAt")
SELECT 'y' || n, 'm' || 1 + n % {models}, 'o' || n, 'FUNDING', -0.01,
       '2025-05-05'::timestamp + n * interval '1 minute'
FROM generate_series(1, {orders}) n;
INSERT INTO "Marks" (symbol, at, price)
SELECT symbol, '2025-05-05'::timestamp + n * interval '1 minute', 100 + n % 7
FROM unnest(ARRAY['BTC','ETH','SOL']) symbol, generate_series(0, 9999) n;
INSERT INTO "Commands" (id, kind, reason, "requestedBy", "requestedAt", "doneAt")
SELECT 'c' || n, 'HALT', '', '', '2025-05-05'::timestamp + n * interval '1 minute',
       CASE WHEN n > 10 THEN '2025-05-06'::timestamp END
FROM generate_series(1, 10000) n;
"""


@pytest.fixture(scope="package")
def large_url(server_url: str) -> Iterator[str]:
    """Make a database of this package's own, and fill it."""
    name = f"large_{next(_SERIAL)}_{psycopg.connect(server_url).info.backend_pid}"
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
    with transaction(url, "public") as connection:
        upgrade(connection, "public")
    with connect(url, autocommit=True) as connection:
        connection.execute(FILL.format(models=MODELS, orders=ORDERS, snapshots=SNAPSHOTS).encode())
        fill_rollups(connection)
        connection.execute("ANALYZE")
    yield url
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Enter one model into an arena of its own."""
    with transaction(database_url) as connection:
        upgrade(connection, "public")
    with connect(database_url, autocommit=True) as raw:
        yield Desk(database_url, PostgresJournal(raw))
