"""The report of an arm: its parts are those of their own paths, at one state of the arena."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from itertools import count

import numpy as np
import pytest

from autonome.domain.choices import Side
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
    with served(desk.url) as client, valued_all_the_time(desk):
        for _ in range(READS):
            found = client.get(f"/arms/{desk.model.id}/{path}")
            measured = found.get("performance", found)
            nav = measured["nav"]
            assert measured["return"] == pytest.approx(float(nav) / CAPITAL - 1, abs=1e-9)
            if path == "report":
                ends = [found["nav"]["points"][-1]["nav"], found["bridge"]["nav"]]
                assert [*ends, found["arm"]["nav"]] == [nav] * 3
                instants = [found["nav"]["to"], found["bridge"]["navAt"], found["arm"]["navAt"]]
                assert instants == [measured["to"]] * 3


@contextmanager
def valued_all_the_time(desk: Desk) -> Iterator[None]:
    """Let the arm have another NAV as often as the database can keep one."""
    is_over, is_valued = threading.Event(), threading.Event()

    def go_on() -> None:
        for second in count():
            if is_over.is_set():
                return
            at = np.array([ms_of(NOW + timedelta(seconds=second))])
            nav = np.array([(CAPITAL + second) * 10**8])
            desk.journal.value(NavPoints(model_id=desk.model.id, at_ms=at, nav=nav))
            is_valued.set()

    going = threading.Thread(target=go_on)
    going.start()
    try:
        assert is_valued.wait(10)
        yield
    finally:
        is_over.set()
        going.join()
