"""The report of an arm: its parts are those of their own paths, at one state of the arena."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count

import numpy as np
import pytest

from autonome.domain.choices import PaymentKind, Side
from autonome.domain.instants import ms_of
from autonome.domain.value import changed
from autonome.ledger.journal.port import NavPoints
from autonome.testing.bookings import NOW
from autonome.web.parameters import MOST_ROWS
from integration.queries.desk import Desk, closed_part
from integration.web.served import Client, served

READS = 25
CAPITAL = 10_000


def test_a_report_says_what_the_paths_of_its_parts_say(small: Client) -> None:
    arm = next(each for each in small.items("/arms") if each["kind"] == "LLM")
    path, of_arm = f"/arms/{arm['id']}", f"?model={arm['id']}"
    report = small.get(f"{path}/report")
    assert report["arm"] == arm
    for part in ("performance", "bridge", "policy"):
        assert report[part] == small.get(f"{path}/{part}")
    assert [report["nav"]] == small.items(f"/nav{of_arm}")
    for part in ("positions", "trades"):
        assert report[part] == small.items(f"/{part}{of_arm}")
        assert len(report[part]) == 1
    assert report["failures"] == small.get(f"/failures{of_arm}")["counts"]
    assert report["asOf"] == small.get("/trades")["asOf"]


def test_an_arm_that_was_never_valued_has_a_report_without_nav(desk: Desk) -> None:
    with served(desk.url) as client:
        report = client.get(f"/arms/{desk.model.id}/report")
    assert (report["nav"], report["bridge"], report["performance"]) == (None, None, None)
    assert report["arm"]["name"] == desk.model.name


def test_trades_of_more_than_a_page_are_all_in_a_report(desk: Desk) -> None:
    count = MOST_ROWS + 1
    opened = desk.opened("1", at=NOW)
    entry = desk.fill(opened, Side.BUY, "1", "50000", "0", at=NOW)
    desk.book(orders=(opened,), fills=(entry,))
    for number in range(count):
        at = NOW + timedelta(minutes=number)
        part = changed(closed_part(opened, "0.001", at=at), id=f"part-{number}")
        left = changed(opened, quantity=Decimal(999 - number) / 1000)
        fill = desk.fill(part, Side.SELL, "0.001", "54000", "0", at=at)
        desk.book(orders=(part, left), fills=(fill,))
    with served(desk.url) as client:
        report = client.get(f"/arms/{desk.model.id}/report")
    newest_first = [f"part-{number}" for number in reversed(range(count))]
    assert [each["id"] for each in report["trades"]] == newest_first
    assert {each["grossPnl"] for each in report["trades"]} == {"4.00000000"}


def test_nobody_has_no_report(small: Client) -> None:
    answer = small.ask("/api/v1/arms/nobody/report")
    assert (answer.status, answer.code) == (404, "unknown-model")


@pytest.mark.parametrize("path", ["report", "performance"])
def test_figures_that_are_read_while_the_arena_goes_on_are_of_one_minute(
    desk: Desk, path: str
) -> None:
    navs = set()
    with served(desk.url) as client, valued_all_the_time(desk):
        for _ in range(READS):
            found = client.get(f"/arms/{desk.model.id}/{path}")
            measured = found.get("performance", found)
            nav = measured["nav"]
            navs.add(nav)
            assert measured["return"] == pytest.approx(float(nav) / CAPITAL - 1, abs=1e-9)
            if path == "report":
                net = float(found["bridge"]["navNet"])
                assert net < float(nav)
                assert measured["returnNet"] == pytest.approx(net / CAPITAL - 1, abs=1e-9)
                ends = [found["nav"]["points"][-1]["nav"], found["bridge"]["nav"]]
                assert [*ends, found["arm"]["nav"]] == [nav] * 3
                instants = [found["nav"]["to"], found["bridge"]["navAt"], found["arm"]["navAt"]]
                assert instants == [measured["to"]] * 3
    assert len(navs) > 1


def test_the_leaderboard_takes_off_what_inference_cost_since_it_was_measured(desk: Desk) -> None:
    """10,000, of which 300 went: - 3 %. Measured then; later 11,000 and 200 more: + 5 %."""

    def pay(amount: str, minutes: int) -> None:
        at = NOW + timedelta(minutes=minutes)
        desk.book(payments=(desk.payment(PaymentKind.INFERENCE, amount, at=at),))

    with served(desk.url) as client:
        pay("-300", 0)
        value(desk, 0, CAPITAL)
        (place,) = client.items("/leaderboard")
        assert place["return"] == pytest.approx(-0.03)
        pay("-200", 1)
        value(desk, 2, 11_000)
        (place,) = client.items("/leaderboard")
        assert place["return"] == pytest.approx(0.05)
        (gross,) = client.items("/leaderboard?net=false")
        assert gross["return"] == pytest.approx(0.1)


def value(desk: Desk, minutes: float, nav: int) -> None:
    """Let the arm have another NAV."""
    at = np.array([ms_of(NOW + timedelta(minutes=minutes))])
    navs = np.array([nav * 10**8])
    desk.journal.value(NavPoints(model_id=desk.model.id, at_ms=at, nav=navs))


@contextmanager
def valued_all_the_time(desk: Desk) -> Iterator[None]:
    """Let the arm pay for an answer and have another NAV as often as the database can keep them."""
    is_over, is_valued = threading.Event(), threading.Event()

    def go_on() -> None:
        for second in count():
            if is_over.is_set():
                return
            at = NOW + timedelta(seconds=second)
            desk.book(payments=(desk.payment(PaymentKind.INFERENCE, "-0.37", at=at),))
            value(desk, second / 60, CAPITAL + second)
            is_valued.set()

    with ThreadPoolExecutor() as threads:
        going = threads.submit(go_on)
        try:
            assert is_valued.wait(10)
            yield
        finally:
            is_over.set()
        going.result()
