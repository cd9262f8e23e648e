"""The content hash, held against figures that coreutils' ``b2sum -l 256`` made.

Each was made by the description in ``docs/bundle.md`` with ``printf`` and ``b2sum`` alone.
"""

from __future__ import annotations

import pytest

from autonome.domain.errors import InvariantBroken
from autonome.ledger.content import Content
from autonome.ledger.tables import arms, invocations, marks, models, orders, portfolio_size

ADA = ["id-1", "Ada", "maker/model-1", "Apex", "0", "0", "0", "0", "0", "0"]
BOB = ["id-2", "Bob", "maker/model-1", "Apex", "0", "0", "0", "0", "0", "0"]
ARM = ["LLM", "0", "standard", "{}", "10000.00000000", "true", None, "1"]
TIMES = ["2025-05-05T12:30:00.000000", "2025-05-05T12:31:00.000000"]


def order(order_id: str, owner: str, **changes: str | None) -> list[str | None]:
    """Return an open order as texts."""
    texts: dict[str, str | None] = {
        **dict.fromkeys(orders.c.keys()),
        "id": order_id,
        "model_id": owner,
        "symbol": "BTC",
        "side": "LONG",
        "quantity": "0.10000000",
        "entry_price": "50000.00000000",
        "status": "OPEN",
        "opened_at": "2025-05-05 12:30:00",
        "updated_at": "2025-05-05 12:30:00",
    }
    return list((texts | changes).values())


def digest_of(*rows: list[str | None]) -> str:
    """Return the hash of orders of two models."""
    content = Content()
    content.add(models, [ADA, BOB])
    content.add(orders, rows)
    return content.digest()


def test_nothing_at_all_has_the_hash_of_eleven_empty_tables() -> None:
    assert Content().digest() == "96fe1fe96bb5a190563cfeb9fdac6375d8be906a77b6d600e249cdf0fedfa575"


def test_marks_are_hashed_as_lines_of_time_and_price() -> None:
    content = Content()
    content.extend(marks, "BTC", times=TIMES, values=["50000.12345678", "50001.00000000"])
    assert content.digest() == "b9444a6538f63b0c33ed1ec7831936d1b0759ac5e2c9be5f050d551921e879d5"


def test_nav_is_hashed_under_the_content_of_its_model() -> None:
    content = Content()
    content.extend(portfolio_size, "id-1", times=TIMES[:1], values=["10000.00"])
    content.add(models, [ADA])
    assert content.digest() == "6c58dc0596f2d8b4852e7c03dc674a66baebd64227dc42576ee51d5f096342e7"


def test_identifiers_and_the_order_of_rows_do_not_matter() -> None:
    one, two = order("o-1", "id-1"), order("o-2", "id-2", symbol="ETH")
    assert digest_of(one, two) == digest_of(two, one)
    assert digest_of(one, two) == digest_of(order("x", "id-1"), order("y", "id-2", symbol="ETH"))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"quantity": "0.10000001"}, "a figure"),
        ({"close_trigger": ""}, "an empty text in place of none"),
        ({"model_id": "id-2"}, "whose it is"),
        ({"updated_at": "2025-05-05 12:30:00.000001"}, "an instant"),
        ({"exit_plan": '{"stop": 1}'}, "a plan"),
    ],
)
def test_whatever_else_differs_changes_the_hash(changes: dict[str, str], what: str) -> None:
    assert digest_of(order("o-1", "id-1")) != digest_of(order("o-1", "id-1", **changes))


def test_twins_need_no_names_to_tell_their_children_apart() -> None:
    """Two invocations may be equal in all but their identifiers."""
    rows = [["a", "id-1", "", None, TIMES[0], TIMES[0]], ["b", "id-1", "", None, *TIMES[:1] * 2]]

    def digest(*ordered: list[str | None]) -> str:
        content = Content()
        content.add(models, [ADA])
        content.add(invocations, ordered)
        return content.digest()

    assert digest(*rows) == digest(*reversed(rows))
    assert digest(*rows) != digest(rows[0])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"exit_plan": '{"stop":1.50,"b":"é"}'}, {"exit_plan": '{"b": "\\u00e9", "stop": 1.50}'}),
        ({"exit_plan": '{"stop":1E-8}'}, {"exit_plan": '{"stop": 0.00000001}'}),
        ({"exit_plan": '{"stop":1.5E1}'}, {"exit_plan": '{"stop": 15}'}),
        ({"exit_plan": '{"stop":1e22}'}, {"exit_plan": '{"stop": 10000000000000000000000}'}),
        ({"exit_plan": '{"stop":-0.0}'}, {"exit_plan": '{"stop": 0.0}'}),
        ({"quantity": "1E-8"}, {"quantity": "0.00000001"}),
        ({"quantity": "-0E-8"}, {"quantity": "0.00000000"}),
        ({"opened_at": "2025-05-05 12:30:00+00:00"}, {"opened_at": "2025-05-05 12:30:00"}),
        (
            {"opened_at": "2025-05-05 12:30:00.250000+00:00"},
            {"opened_at": "2025-05-05 12:30:00.25"},
        ),
    ],
)
def test_a_value_has_one_text_whoever_wrote_it(
    ours: dict[str, str], theirs: dict[str, str]
) -> None:
    assert digest_of(order("o-1", "id-1", **ours)) == digest_of(order("o-1", "id-1", **theirs))


def test_places_that_a_number_has_in_json_matter() -> None:
    one, two = ({"exit_plan": f'{{"stop":{stop}}}'} for stop in ("1.5", "1.50"))
    assert digest_of(order("o-1", "id-1", **one)) != digest_of(order("o-1", "id-1", **two))


def test_a_table_without_an_identifier_of_its_own_refers_to_others_all_the_same() -> None:
    def digest(ada: str, bob: str) -> str:
        content = Content()
        content.add(models, [[ada, *ADA[1:]], [bob, *BOB[1:]]])
        content.add(arms, [[bob, *ARM, *TIMES]])
        return content.digest()

    assert digest("id-1", "id-2") == digest("x", "y")
    assert digest("id-1", "id-2") != digest_of()


def test_a_series_has_one_hash_however_it_is_cut() -> None:
    whole, cut = Content(), Content()
    whole.extend(marks, "BTC", times=TIMES, values=["1.00000000", "2.00000000"])
    cut.extend(marks, "BTC", times=TIMES[:1], values=["1.00000000"])
    cut.extend(marks, "BTC", times=[], values=[])
    cut.extend(marks, "BTC", times=TIMES[1:], values=["2.00000000"])
    assert whole.digest() == cut.digest()


def test_a_point_that_does_not_come_later_is_refused() -> None:
    content = Content()
    content.extend(marks, "BTC", times=TIMES, values=["1.00000000", "2.00000000"])
    with pytest.raises(InvariantBroken, match="expected points after"):
        content.extend(marks, "BTC", times=TIMES[1:], values=["2.00000000"])
