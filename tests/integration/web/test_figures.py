"""Figures of the API: by hand, from the worked example, and as the command line shows them."""

from __future__ import annotations

import json
from decimal import Decimal

import psycopg
import pytest

from autonome.bootstrap.reading import read_leaderboard, read_positions, read_trades
from autonome.config import Settings
from autonome.domain.choices import OrderSide, PaymentKind, Side
from autonome.domain.money import round_money
from autonome.domain.value import changed
from autonome.testing.bookings import NOW
from integration.queries.desk import Desk
from integration.web.served import Client, served


def test_a_position_of_which_a_part_was_closed_has_the_worked_figures(worked: Desk) -> None:
    """docs/accounting.md: 9,180 left, unrealized 90; fees and funding less the share of 0.4."""
    with served(worked.url) as client:
        (position,) = client.items("/positions")
    assert position["quantity"] == "0.18000000"
    assert position["entryNotional"] == "9180.00000000"
    assert position["mark"] == {"price": "51500.00000000", "at": "2025-05-05T16:00:00Z"}
    assert position["notional"] == "9270.00000000"
    assert position["unrealizedPnl"] == "90.00000000"
    assert position["unrealizedReturn"] == "0.00980392"  # 90 / 9,180 = 0.0098039215...
    assert (position["fees"], position["funding"]) == ("4.59000000", "-0.93600000")
    assert position["riskToStop"] is None
    assert position["invocationId"] is None


def test_a_trade_that_is_a_part_of_a_position_has_its_shares_of_costs(worked: Desk) -> None:
    """6,480 - 6,120 - 3.06 - 3.24 - 0.624 = 353.076, stored 353.08."""
    with served(worked.url) as client:
        (trade,) = client.items("/trades")
        assert client.get(f"/trades/{trade['id']}") == trade
    assert trade["grossPnl"] == "360.00000000"
    assert Decimal(trade["fees"]) == Decimal("6.30")
    assert Decimal(trade["funding"]) == Decimal("-0.624")
    assert trade["netPnl"] == "353.08"


def test_a_position_says_what_its_stop_and_target_would_bring(small: Client) -> None:
    """0.1 ETH from 50,000.12345678, mark 51,000.12345678, stop 49,000.1, target 52,000.00000001."""
    (position,) = small.items("/positions")
    assert position["symbol"] == "ETH"
    assert position["unrealizedPnl"] == "100.00000000"
    assert position["entryNotional"] == "5000.01234568"  # 5,000.012345678
    assert position["riskToStop"] == "-100.00234568"  # -100.002345678
    assert position["rewardToTarget"] == "199.98765432"  # 199.987654323
    assert position["confidence"] == 0.1
    assert position["exitPlan"] == {
        "stop": "49000.1",
        "target": "52000.00000001",
        "invalidation": "falls below the cloud",
        "invalidationPrice": None,
        "confidence": "0.1",
        "timeExit": "2025-05-06",
        "cooldownUntil": None,
    }


def _listed(url: str, **rates: str) -> None:
    """Note what the venue of the run lists, on a tick of 0.5."""
    said = {
        "instruments": {
            symbol: {"tick": "0.5", "maintenanceRate": rate} for symbol, rate in rates.items()
        }
    }
    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("INSERT INTO \"Facts\" VALUES ('run', now(), %s)", [json.dumps(said)])


def _sold_eth(desk: Desk) -> None:
    """Sell 4 ETH at 3,000 for a fee of 1, marked at 3,100."""
    order = changed(desk.opened("4", side=OrderSide.SHORT, at=NOW), symbol="ETH")
    fill = desk.fill(order, Side.SELL, "4", "3000", "1", at=NOW)
    desk.book(orders=(order,), fills=(fill,))
    with psycopg.connect(desk.url, autocommit=True) as raw:
        raw.execute("""INSERT INTO "Marks" VALUES ('ETH', '2025-05-05 16:00', 3100)""")


def _liquidations(url: str) -> dict[str, str | None]:
    with served(url) as client:
        return {each["symbol"]: each["liquidationPrice"] for each in client.items("/positions")}


def test_a_position_says_at_which_mark_its_account_is_liquidated(worked: Desk) -> None:
    """NAV 10,437.55 at the mark of 51,500 (docs/accounting.md), 0.18 of it 9,270: base 1,167.55.

    With 4 ETH sold for 12,000 - 1 and marked at 3,100, base is 13,166.55. ETH is worth -12,400 and
    needs 124: BTC at (12,524 - 13,166.55) / 0.1782 < 0, never. BTC's 9,270 less 92.70 leave
    22,343.85: ETH at 22,343.85 / (4 x 1.01) = 5,530.65..., on the tick 5,530.5.
    """
    _listed(worked.url, BTC="0.01", ETH="0.01")
    assert _liquidations(worked.url) == {"BTC": None}  # Paid in full.
    _sold_eth(worked)
    assert _liquidations(worked.url) == {"BTC": None, "ETH": "5530.5"}


def test_money_paid_out_brings_the_liquidation_nearer_and_inference_does_not(worked: Desk) -> None:
    """Base 1,167.55 - 8,000 = -6,832.45: BTC at 6,832.45 / (0.18 x 0.99) = 38,341.46..."""
    _listed(worked.url, BTC="0.01")
    worked.book(payments=(worked.payment(PaymentKind.WITHDRAWAL, "-8000", at=NOW),))
    worked.book(payments=(worked.payment(PaymentKind.INFERENCE, "-500", at=NOW),))
    assert _liquidations(worked.url) == {"BTC": "38341.5"}


def test_an_account_that_every_price_ruins_has_no_liquidation_price(worked: Desk) -> None:
    """Base 13,166.55 - 23,000 with BTC's 9,177.30: ETH at (-656.15) / 4.04 < 0."""
    _listed(worked.url, BTC="0.01", ETH="0.01")
    _sold_eth(worked)
    worked.book(payments=(worked.payment(PaymentKind.WITHDRAWAL, "-23000", at=NOW),))
    assert _liquidations(worked.url)["ETH"] is None


def test_what_a_running_arm_remembers_of_its_cash_is_not_summed_again(worked: Desk) -> None:
    """Base -6,832.45 as above, of an arm whose fills and payments alone would say 1,167.55."""
    _listed(worked.url, BTC="0.01")
    remembered = """
        INSERT INTO "ArmStates" SELECT "modelId", '{"cashFlow": "-6832.45"}', now() FROM "Arms"
    """
    with psycopg.connect(worked.url, autocommit=True) as raw:
        raw.execute(remembered)
    assert _liquidations(worked.url) == {"BTC": "38341.5"}


@pytest.mark.parametrize(
    "change",
    [
        """DELETE FROM "Facts" """,
        """UPDATE "Facts" SET said = said #- '{instruments,BTC}'""",
        """DELETE FROM "Marks" WHERE symbol = 'BTC'""",
        """UPDATE "Orders" SET quantity = 0.17 WHERE symbol = 'BTC' AND status = 'OPEN'""",
    ],
)
def test_a_liquidation_price_of_which_something_is_not_known_is_null(
    worked: Desk, change: str
) -> None:
    """What is missing of BTC is missing of the account, and so of its ETH too."""
    _listed(worked.url, BTC="0.01", ETH="0.01")
    _sold_eth(worked)
    with psycopg.connect(worked.url, autocommit=True) as raw:
        raw.execute(change.encode())
    assert _liquidations(worked.url) == {"BTC": None, "ETH": None}


def test_lists_show_what_the_command_line_shows(small_url: str, small: Client) -> None:
    settings = Settings(database_url=small_url)  # type: ignore[arg-type]  # Text is read.
    (shown,), (known,) = small.items("/positions"), read_positions(settings, None)
    assert shown["id"] == known.order_id
    assert known.unrealized_pnl is not None
    assert shown["unrealizedPnl"] == f"{round_money(known.unrealized_pnl):f}"
    trades = {each.order_id: each for each in read_trades(settings, None, limit=10)}
    assert len(trades) == 2
    for trade in small.items("/trades"):
        assert trade["netPnl"] == str(trades[trade["id"]].realized_pnl)
    arms = {each["name"]: each for each in small.items("/arms")}
    for standing in read_leaderboard(settings, None):
        arm = arms[standing.model]
        assert (arm["nav"], arm["trades"]) == (str(standing.nav), standing.trades)
        assert arm["positions"] == standing.open_orders


def test_variants_are_summed_without_controls(small: Client) -> None:
    """Ada's NAV is its last point, -0.005, in cents and half-even: 0; Hold is a control."""
    (variant,) = small.items("/variants/aggregate")
    assert (variant["arms"], variant["trades"], variant["wins"]) == (1, 1, 1)
    assert variant["netPnl"] == "194.90"
    assert Decimal(variant["nav"]) == 0
    assert variant["return"] == "-1.00000000"


def test_money_has_no_exponent(small_url: str, small: Client) -> None:
    fills = small.items("/fills")
    assert {fill["fee"] for fill in fills} == {"-0.00000001"}
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute('UPDATE "Fills" SET fee = 0')
    assert {fill["fee"] for fill in small.items("/fills")} == {"0.00000000"}


def test_an_invocation_tells_the_whole_chain(small: Client) -> None:
    summaries = small.items("/invocations?model=" + _id(small, "Ada"))
    first = small.get(f"/invocations/{summaries[0]['id']}")
    assert first["state"] == "COMPLETED"
    assert first["response"].startswith("I buy.")
    (call,) = first["calls"]
    assert call["asked"] == {"quantity": "0.1"}
    assert call["intentState"] == "FILLED"
    (filled,) = call["filled"]
    assert filled["price"] == "50000.12345678"
    assert [fill["orderId"] for fill in first["fills"]] == [filled["orderId"]]
    second = small.get(f"/invocations/{summaries[1]['id']}")
    assert (second["nextId"], first["previousId"]) == (first["id"], second["id"])


def test_nav_is_gross_or_net_of_inference(small_url: str, small: Client) -> None:
    ada = _id(small, "Ada")
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute(
            'INSERT INTO "Payments" (id, "modelId", kind, amount, "occurredAt")'
            " VALUES ('paid', %s, 'INFERENCE', -1.25, '2025-05-05 12:31')",
            [ada],
        )
    (gross,) = small.items(f"/nav?model={ada}&from=2025-05-05T00:00:00Z")
    (net,) = small.items(f"/nav?model={ada}&net=true")
    assert [point["nav"] for point in gross["points"]][-2:] == ["10012.30", "0.00"]
    assert [Decimal(point["nav"]) for point in net["points"]][-2:] == [
        Decimal("10011.05"),
        Decimal("-1.25"),
    ]


def test_candles_are_those_of_the_marks(worked: Desk) -> None:
    with psycopg.connect(worked.url, autocommit=True) as raw:
        raw.execute("""
            INSERT INTO "Marks" VALUES ('BTC', '2025-05-05 15:56', 10), ('BTC', '2025-05-05 15:58',
            7), ('BTC', '2025-05-05 15:55', 1), ('BTC', '2025-05-04 16:00', 41200)
        """)
    with served(worked.url) as client:
        candles = client.get("/market/BTC/candles?timeframe=5m&limit=1")
        (price,) = client.items("/market")
    # The mark of 15:55 closes the five minutes before; that of 16:00 is the last of its own.
    assert candles["items"] == [
        {
            "at": "2025-05-05T15:55:00Z",
            "open": "10.00000000",
            "high": "51500.00000000",
            "low": "7.00000000",
            "close": "51500.00000000",
        }
    ]
    assert price["change24h"] == "0.25000000"  # 51,500 / 41,200 - 1


def _id(client: Client, name: str) -> str:
    return str(next(arm["id"] for arm in client.items("/arms") if arm["name"] == name))


CALL = """
UPDATE "ToolCalls" SET metadata = %s WHERE id IN (
    SELECT "toolCallId" FROM "Intents" i JOIN "Orders" o ON o.id = i."orderId"
    WHERE status = 'OPEN')
"""
MOVES = """
INSERT INTO "Invocations" (id, "modelId", response, "createdAt")
    SELECT 'later', "modelId", '', "openedAt" + interval '5 minutes'
    FROM "Orders" WHERE status = 'OPEN';
INSERT INTO "ToolCalls" (id, "invocationId", "toolCallType", metadata) VALUES
    ('1', 'later', 'CREATE_POSITION', '{"asked": {"action": "update_exit_plan", "symbol": "ETH",
     "stop": 49800}, "allowed": {"exitPlan": {"stop": 49800}}}'),
    ('2', 'later', 'CREATE_POSITION', '{"asked": {"action": "update_exit_plan", "symbol": "ETH",
     "stop": 49000}, "denied": {"rule": "stop-tightens", "reason": "no"}}'),
    ('3', 'later', 'CREATE_POSITION', '{"asked": {"action": "update_exit_plan", "symbol": "BTC",
     "stop": 1}, "allowed": {"exitPlan": {"stop": 1}}}'),
    ('4', 'later', 'CREATE_POSITION', '{"asked": {"action": "update_exit_plan", "symbol": "ETH",
     "target": 60000}, "allowed": {"exitPlan": {"stop": 49800}}}'),
    ('5', 'later', 'CREATE_POSITION', 'update_exit_plan, in words')
"""


def test_a_first_stop_is_what_the_opening_call_asked_for(small_url: str, small: Client) -> None:
    """Entry 50,000.12345678, 0.1 ETH: 50.012345678 at risk, 100 gained; moved once since."""
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute(CALL, ['{"asked": {"action": "create_position", "exitPlan": {"stop": 49500}}}'])
        raw.execute(MOVES)
    (position,) = small.items("/positions")
    assert (position["firstStop"], position["rMultiple"]) == ("49500", 1.9995)
    assert (position["trails"], position["stopMoves"]) == (False, 1)


def test_what_a_running_arm_remembers_of_its_stop_goes_first(small_url: str, small: Client) -> None:
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute(CALL, ['{"asked": {"exitPlan": {"stop": 1}}}'])
        raw.execute("""UPDATE "Arms" SET kind = 'RULE' WHERE kind = 'LLM'""")
        raw.execute("""
            INSERT INTO "ArmStates" SELECT "modelId", '{"holdings": {"ETH": {"firstStop": "49000.1",
            "trails": true}}}' FROM "Orders" WHERE status = 'OPEN'
        """)
    (position,) = small.items("/positions")
    assert (position["firstStop"], position["trails"]) == ("49000.1", True)
    assert position["stopMoves"] is None


@pytest.mark.parametrize(
    ("states", "state"),
    [
        (["FAILED", "FAILED", "FAILED"], "PAUSED"),
        (["COMPLETED", "FAILED", "FAILED", "FAILED", "RUNNING"], "PAUSED"),
        (["FAILED", "FAILED", "FAILED", "COMPLETED"], "RUNNING"),
        (["FAILED", "FAILED", "FAILED", "MISSED"], "RUNNING"),
        (["COMPLETED", "FAILED", "FAILED"], "RUNNING"),
    ],
)
def test_a_model_is_paused_by_three_failed_turns_in_a_row(
    small_url: str, small: Client, states: list[str], state: str
) -> None:
    with psycopg.connect(small_url, autocommit=True) as raw:
        for number, each in enumerate(states):
            raw.execute(
                """INSERT INTO "Invocations" (id, "modelId", response, "responsePayload",
                   "createdAt") VALUES (%s, %s, '', jsonb_build_object('state', %s::text), %s)""",
                [f"turn {number}", _id(small, "Ada"), each, f"2026-01-01 00:0{number}"],
            )
    arms = {arm["name"]: arm["state"] for arm in small.items("/arms")}
    assert (arms["Ada"], arms["Hold"]) == (state, "RUNNING")


def test_how_an_arena_is_run_is_what_its_leader_noted(small_url: str, small: Client) -> None:
    assert small.get("/run")["speed"] is None
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute("""
            INSERT INTO "Facts" VALUES ('run', now(), '{"market": "ccxt:kraken", "speed": 1,
            "profile": "binance-perp", "cadenceMinutes": 3}')
        """)
    run = small.get("/run")
    assert (run["market"], run["speed"]) == ("ccxt:kraken", 1)
    assert (run["profile"], run["cadenceMinutes"]) == ("binance-perp", 3)


def test_a_command_is_found_by_its_id(small_url: str, small: Client) -> None:
    with psycopg.connect(small_url, autocommit=True) as raw:
        raw.execute("""
            INSERT INTO "Commands" (id, kind, "modelId", reason, "requestedBy", "requestedAt")
            SELECT 'c', 'HALT', id, 'why', 'who', '2026-01-01' FROM "Models" WHERE name = 'Ada'
        """)
    found = small.get("/control/commands/c")
    (ada,) = [each["id"] for each in small.items("/arms") if each["name"] == "Ada"]
    assert (found["kind"], found["reason"], found["models"]) == ("HALT", "why", [ada])
    assert found["doneAt"] is None
    assert not found["isRun"]
    assert small.ask("/api/v1/control/commands/d").code == "unknown-command"
