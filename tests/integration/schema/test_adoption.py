"""Adoption rebuilds another client's orders from fills and changes none of its rows.

The expected amounts were worked out by hand from ``golden/drizzle/rows.sql``.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal

import pytest

from autonome.domain.errors import ArenaMissing
from autonome.ledger.adoption import Adoption, adopt
from autonome.ledger.arenas import transaction
from integration.schema.databases import SEED_TABLES, execute, found_differences, rows, upgraded

_EVERY_SEED_ROW = " UNION ALL ".join(
    f"""SELECT '{table}', t.xmin::text, t.ctid::text, md5(t::text) FROM "{table}" t"""
    for table in SEED_TABLES
)
_EVERY_OWN_ROW = " UNION ALL ".join(
    f"""SELECT '{table}', t.xmin::text, t::text FROM "{table}" t"""
    for table in ("Arms", "Fills", "Payments")
)
_FILLS = """
SELECT "orderId", side, quantity, price, "filledAt" FROM "Fills" ORDER BY "orderId", "filledAt"
"""
_NOTHING = Adoption(arms=0, entries=0, exits=0, payments=0, refused=())


def _adopted(url: str) -> Adoption:
    upgraded(url)
    with transaction(url) as connection:
        return adopt(connection, "public")


def _add_order(url: str, order: str, **columns: str) -> None:
    """Insert a closed LONG of one unit from 100 to 110, differing by ``columns`` (SQL)."""
    defaults = {
        '"modelId"': "'model-apex'",
        "symbol": "'BTC'",
        "side": "'LONG'",
        "quantity": "1",
        '"entryPrice"': "100",
        "status": "'CLOSED'",
        '"exitPrice"': "110",
        '"realizedPnl"': "10",
        '"openedAt"': "'2026-02-01'",
        '"closedAt"': "'2026-02-02'",
    }
    values = {"id": f"'{order}'", **defaults}
    values.update({f'"{name}"' if name != name.lower() else name: v for name, v in columns.items()})
    execute(
        url, f'INSERT INTO "Orders" ({", ".join(values)}) VALUES ({", ".join(values.values())})'
    )


def _add_fill(url: str, order: str, *, side: str, fee: str = "0", fill: str = "own") -> None:
    execute(
        url,
        f"""INSERT INTO "Fills" (id, "orderId", "modelId", symbol, "venueFillId", side, quantity,
            price, fee, liquidity, "filledAt") VALUES ('{fill}', '{order}', 'model-apex', 'BTC',
            '{fill}', '{side}', 1, 100, {fee}, 'TAKER', '2026-02-01')""",
    )


def test_every_order_gets_the_fills_of_its_own_prices(foreign_url: str) -> None:
    assert _adopted(foreign_url) == Adoption(
        arms=4, entries=6, exits=4, payments=2, refused=("closed-without-exit",)
    )
    at = datetime.fromisoformat
    assert rows(foreign_url, _FILLS) == [
        ("closed-long", "BUY", Decimal("0.2"), Decimal(50000), at("2026-01-02T10:00")),
        ("closed-long", "SELL", Decimal("0.2"), Decimal(51000), at("2026-01-02T12:00")),
        ("closed-loss", "SELL", Decimal("0.12345678"), Decimal("3333.33333333"),
         at("2026-01-02T10:00")),
        ("closed-loss", "BUY", Decimal("0.12345678"), Decimal("3456.78901234"),
         at("2026-01-02T10:30")),
        ("closed-short", "SELL", Decimal("1.5"), Decimal(3000), at("2026-01-02T10:00")),
        ("closed-short", "BUY", Decimal("1.5"), Decimal(2900), at("2026-01-02T11:00")),
        ("closed-without-pnl", "BUY", Decimal(2), Decimal(100), at("2026-01-03T10:00")),
        ("closed-without-pnl", "SELL", Decimal(2), Decimal(101), at("2026-01-03T10:30")),
        ("open-long", "BUY", Decimal("0.5"), Decimal("50000.12345678"),
         at("2026-01-04T10:00:00.25")),
        ("open-short", "SELL", Decimal("0.00000001"), Decimal("3000.00000001"),
         at("2026-01-05T10:00")),
    ]  # fmt: skip
    assert rows(
        foreign_url,
        """SELECT DISTINCT f.fee, f.liquidity, f.part, f."intentId", f.symbol = o.symbol,
           f."modelId" = o."modelId", f."venueFillId" IN (
               'adopted:' || o.id || ':entry', 'adopted:' || o.id || ':exit')
           FROM "Fills" f JOIN "Orders" o ON o.id = f."orderId" """,
    ) == [(Decimal(0), "ADOPTED", 0, None, True, True, True)]


def test_a_payment_makes_up_for_what_the_prices_do_not_explain(foreign_url: str) -> None:
    _adopted(foreign_url)
    assert rows(
        foreign_url,
        """SELECT "orderId", "modelId", kind, amount, "occurredAt" FROM "Payments"
        ORDER BY "orderId" """,
    ) == [
        # (51000 - 50000) x 0.2 = 200; 195.50 - 200.
        ("closed-long", "model-apex", "ADOPTED", Decimal("-4.5"), datetime(2026, 1, 2, 12)),  # noqa: DTZ001
        # (3456.78901234 - 3333.33333333) x 0.12345678 = 15.2414406032881878; 15.2414... - 15.30.
        ("closed-loss", "model-contra", "ADOPTED", Decimal("-0.05855940"),
         datetime(2026, 1, 2, 10, 30)),  # noqa: DTZ001
    ]  # fmt: skip


def test_models_get_arms_that_do_not_trade_by_themselves(foreign_url: str) -> None:
    _adopted(foreign_url)
    assert rows(
        foreign_url,
        """SELECT "modelId", kind, enabled, policy, "startingCapital", settings FROM "Arms"
        ORDER BY "modelId" """,
    ) == [
        (model, "LLM", False, "standard", Decimal(capital),
         {"adopted": True, "startingCapitalFrom": source})
        for model, capital, source in [
            ("model-apex", "12345.67", "snapshot"),
            ("model-contra", "10000", "default"),
            ("model-sovereign", "5000.50", "snapshot"),
            ("model-trend", "10000", "default"),
        ]
    ]  # fmt: skip


def test_not_one_row_of_the_client_changes(foreign_url: str) -> None:
    before = rows(foreign_url, _EVERY_SEED_ROW)
    _adopted(foreign_url)
    assert rows(foreign_url, _EVERY_SEED_ROW) == before
    assert found_differences(foreign_url) == []


def test_adopting_twice_adds_nothing(foreign_url: str) -> None:
    first = _adopted(foreign_url)
    before = rows(foreign_url, _EVERY_OWN_ROW)
    assert _adopted(foreign_url) == Adoption(
        arms=0, entries=0, exits=0, payments=0, refused=first.refused
    )
    assert rows(foreign_url, _EVERY_OWN_ROW) == before


def test_adopting_in_two_databases_gives_the_same_ids(foreign_url: str) -> None:
    ids = """SELECT id FROM "Fills" UNION ALL SELECT id FROM "Payments" ORDER BY id"""
    _adopted(foreign_url)
    first = rows(foreign_url, ids)
    execute(foreign_url, 'DELETE FROM "Fills"; DELETE FROM "Payments"')
    _adopted(foreign_url)
    assert rows(foreign_url, ids) == first
    assert len(first) == 12


def test_four_adoptions_at_once_adopt_once(foreign_url: str) -> None:
    upgraded(foreign_url)
    with ThreadPoolExecutor(max_workers=4) as threads:
        results = list(threads.map(lambda _: _adopted(foreign_url), range(4)))
    assert sorted(result.entries for result in results) == [0, 0, 0, 6]
    assert rows(foreign_url, 'SELECT count(*) FROM "Fills"') == [(10,)]


def test_an_adopted_position_that_its_client_closes_later_gets_its_exit(foreign_url: str) -> None:
    _adopted(foreign_url)
    execute(
        foreign_url,
        """UPDATE "Orders" SET status = 'CLOSED', "exitPrice" = 50010.12345678,
           "realizedPnl" = 5.01, "closedAt" = '2026-01-06' WHERE id = 'open-long'""",
    )
    result = _adopted(foreign_url)
    assert (result.entries, result.exits, result.payments) == (0, 1, 1)
    assert rows(
        foreign_url,
        """SELECT side, price FROM "Fills" WHERE "orderId" = 'open-long' ORDER BY "filledAt" """,
    ) == [("BUY", Decimal("50000.12345678")), ("SELL", Decimal("50010.12345678"))]
    assert rows(foreign_url, """SELECT amount FROM "Payments" WHERE "orderId" = 'open-long'""") == [
        (Decimal("0.01"),)
    ]


def test_an_order_of_ours_that_another_client_closes_is_charged_no_fee_twice(
    foreign_url: str,
) -> None:
    _adopted(foreign_url)
    _add_order(foreign_url, "ours", realizedPnl="9.5")
    _add_fill(foreign_url, "ours", side="BUY", fee="0.5")
    result = _adopted(foreign_url)
    assert (result.entries, result.exits, result.payments) == (0, 1, 0)


def test_an_order_born_by_a_partial_close_lacks_nothing(foreign_url: str) -> None:
    _adopted(foreign_url)
    _add_order(foreign_url, "part", realizedPnl="3")
    _add_fill(foreign_url, "part", side="SELL")
    result = _adopted(foreign_url)
    assert (result.entries, result.exits, result.payments) == (0, 0, 0)


@pytest.mark.parametrize(
    "columns",
    [
        {"exitPrice": "NULL"},
        {"closedAt": "NULL"},
        {"closedAt": "'infinity'"},
        {"openedAt": "'-infinity'"},
        {"quantity": "0"},
        {"quantity": "-1"},
        {"quantity": "'NaN'"},
        {"entryPrice": "0"},
        {"exitPrice": "'NaN'"},
        {"realizedPnl": "'NaN'"},
        {"realizedPnl": "9999999999999999.99"},
        {"quantity": "9999999999.99999999", "entryPrice": "9999999999.99999999"},
        {"status": "'OPEN'", "quantity": "'NaN'"},
    ],
    ids=str,
)
def test_an_order_that_cannot_be_rebuilt_is_named_and_the_rest_adopted(
    foreign_url: str, columns: dict[str, str]
) -> None:
    _add_order(foreign_url, "odd", **columns)
    result = _adopted(foreign_url)
    assert result.refused == ("closed-without-exit", "odd")
    assert (result.entries, result.exits) == (6, 4)
    assert rows(foreign_url, """SELECT id FROM "Fills" WHERE "orderId" = 'odd'""") == []


@pytest.mark.parametrize("value", ["'NaN'", "0", "-5", "9999999999999999.99"])
def test_a_first_snapshot_that_is_no_capital_gives_the_default(
    foreign_url: str, value: str
) -> None:
    execute(
        foreign_url, f"""UPDATE "PortfolioSize" SET "netPortfolio" = {value} WHERE id = 'size-1'"""
    )
    _adopted(foreign_url)
    assert rows(
        foreign_url, """SELECT "startingCapital" FROM "Arms" WHERE "modelId" = 'model-apex'"""
    ) == [(Decimal(10000),)]


def test_an_arm_that_is_there_stays_as_it_is(foreign_url: str) -> None:
    upgraded(foreign_url)
    execute(
        foreign_url,
        """INSERT INTO "Arms" ("modelId", kind, "startingCapital")
        VALUES ('model-apex', 'RULE', 7)""",
    )
    assert _adopted(foreign_url).arms == 3
    assert rows(
        foreign_url, """SELECT kind, enabled FROM "Arms" WHERE "modelId" = 'model-apex'"""
    ) == [("RULE", True)]


def test_an_arena_that_was_never_upgraded_is_missing(drizzle_url: str) -> None:
    with transaction(drizzle_url) as connection:
        with pytest.raises(ArenaMissing):
            adopt(connection, "public")


def test_an_arena_without_foreign_rows_has_nothing_to_adopt(database_url: str) -> None:
    assert _adopted(database_url) == _NOTHING
