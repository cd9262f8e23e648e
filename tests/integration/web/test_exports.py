"""Exports: every row of a list, exactly, as text or with types."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from autonome.ledger.connection import connect
from autonome.web.exports import Exports
from autonome.web.payloads.trading import Fill
from autonome.web.tables import columns_of
from integration.web.served import Answer, Client, served
from integration.web.test_lists import FILLS

LISTS = [
    "arms",
    "cycles",
    "failures",
    "fills",
    "intents",
    "invocations",
    "market",
    "orders",
    "payments",
    "positions",
    "trades",
    "variants/aggregate",
]


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body.decode())))


def flat(item: dict[str, Any], before: str = "") -> dict[str, Any]:
    """Return the fields of an item by the names that a table has for them."""
    found: dict[str, Any] = {}
    for name, each in item.items():
        found |= flat(each, f"{before}{name}.") if isinstance(each, dict) else {before + name: each}
    return found


@pytest.mark.parametrize("path", LISTS)
def test_a_list_says_the_same_as_json_as_csv_and_as_parquet(small: Client, path: str) -> None:
    items = small.items(f"/{path}")
    texts = rows_of(small.ask(f"/api/v1/{path}?format=csv"))
    answer = small.ask(f"/api/v1/{path}?format=parquet")
    frame = pl.read_parquet(io.BytesIO(answer.body))
    assert len(texts) == len(items) == frame.height
    assert answer.headers["x-autonome-rows"] == str(len(items))
    for item, text, row in zip(items, texts, frame.iter_rows(named=True), strict=True):
        assert list(text) == list(row)
        for name, found in flat(item).items():
            if name not in text or found is None or isinstance(found, list | bool):
                continue
            assert text[name] == str(found)
            kind = frame.schema[name]
            if isinstance(kind, pl.Decimal):
                assert row[name] == Decimal(found)
            elif isinstance(kind, pl.Datetime):
                assert row[name] == datetime.fromisoformat(found)
            else:
                assert row[name] == found


def test_every_row_comes_in_pages_whatever_the_limit(small_url: str, small: Client) -> None:
    with connect(small_url, autocommit=True) as raw:
        raw.execute(FILLS, {"batch": "a", "later": 0, "count": 4_100})
    rows = rows_of(small.ask("/api/v1/fills?format=csv&limit=3&from=2025-06-01T00:00:00Z"))
    assert {row["id"] for row in rows} == {f"a{n}" for n in range(1, 4_101)}
    assert len(rows) == 4_100
    assert rows == sorted(rows, key=lambda row: (row["filledAt"], row["id"]), reverse=True)


def test_what_is_left_out_is_said(small_url: str) -> None:
    with served(small_url) as client:
        client.app.state.exports = Exports(most=1)
        cut = client.ask("/api/v1/orders?format=csv")
        whole = client.ask("/api/v1/orders?format=csv&kind=CONTROL")
    assert (cut.headers["x-autonome-rows"], cut.headers["x-autonome-cut"]) == ("1", "true")
    assert 'filename="public-orders-newest-1.csv"' in cut.headers["content-disposition"]
    assert whole.headers["x-autonome-cut"] == "false"
    assert 'filename="public-orders.csv"' in whole.headers["content-disposition"]


def test_a_mistake_is_an_error_and_no_file(small: Client) -> None:
    assert small.ask("/api/v1/fills?format=xlsx").code == "bad-request"
    assert small.ask("/api/v1/fills?format=csv&arena=nowhere").code == "unknown-arena"
    empty = small.ask("/api/v1/fills?format=csv&symbol=NONE")
    assert rows_of(empty) == []
    assert empty.body.startswith(b"id,arm.id,arm.name,")
    assert pl.read_parquet(
        io.BytesIO(small.ask("/api/v1/fills?format=parquet&symbol=NONE").body)
    ).is_empty()


def test_columns_have_the_types_of_their_fields() -> None:
    kinds = {each.name: each.kind for each in columns_of(Fill)}
    assert kinds["quantity"] is Decimal
    assert kinds["filledAt"] is datetime
    assert (kinds["part"], kinds["intentId"], kinds["arm.replica"]) == (int, str, int)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_words_that_a_spreadsheet_would_compute_are_made_text_in_csv_alone(
    small_url: str, small: Client, text: str
) -> None:
    with connect(small_url, autocommit=True) as raw:
        raw.execute('UPDATE "Invocations" SET response = %s', [text])
        raw.execute('UPDATE "Models" SET name = %s || id', [text])
    for row in rows_of(small.ask("/api/v1/invocations?format=csv")):
        assert row["response"] == f"'{text}"
        assert row["arm.name"].startswith(f"'{text}")
    frame = pl.read_parquet(io.BytesIO(small.ask("/api/v1/invocations?format=parquet").body))
    assert set(frame["response"]) == {text}
    assert {each["response"] for each in small.items("/invocations")} == {text}


def test_a_number_below_zero_stays_a_number_in_csv(small_url: str, small: Client) -> None:
    with connect(small_url, autocommit=True) as raw:
        raw.execute('UPDATE "Payments" SET amount = -1.5')
    for row in rows_of(small.ask("/api/v1/payments?format=csv")):
        assert Decimal(row["amount"]) == Decimal("-1.5")
