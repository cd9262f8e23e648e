"""Booking an opening and its close, beside pgbench running the same statements and commits.

Each booking is one statement that commits by itself: a decision, its tool call, order, intent,
fill and counters; then the close with its intent, fill and payment. Ours encodes typed rows and
goes through the journal; pgbench sends the same text with ready-made values.
"""

from __future__ import annotations

import gc
import os
import re
import selectors
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import EmbeddedServer, attach
from autonome.ledger.journal.port import Booking, BookingStatus
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.journal.statement import Statement, booking_statement
from autonome.ledger.migrate import upgrade
from autonome.ledger.rows import Arm, Model
from autonome.testing.bookings import NOW, closing, competitor, opening
from bench.figures import report

__all__ = ["run"]

ROUNDS = 5
SECONDS = 4
CLIENTS = (1, 8)
READY_MADE = 16_000
"""Round trips that all clients together have ready: what makes the rows is not measured."""
WARM_UP = 800
"""Round trips booked before measuring: plans made for empty tables say little."""
_ARENA = count(1)
_MODEL = "MODEL"
"""Stands for the id of the client's own model."""


def run(folder: Path) -> None:
    """Measure both in turns, each in an arena of its own, and report the ratio pair by pair."""
    with attach(folder) as server:
        for clients in CLIENTS:
            pgbench, ours = [], []
            for _ in range(ROUNDS):
                pgbench.append(_pgbench(server, folder, clients))
                ours.append(_journals(server, clients))
            ratios = [mine / theirs for mine, theirs in zip(ours, pgbench, strict=True)]
            label = f"{clients} client{'s' if clients > 1 else ''}"
            report(f"pgbench, {label}", pgbench, unit="trips/s")
            report(f"journal, {label}", ours, unit="trips/s")
            bound = "bound 0.8" if clients > 1 else ""
            report(f"journal / pgbench, {label}", ratios, unit="", bound=bound)


def _fresh_arena(url: str, clients: int) -> str:
    """Return an arena with its competitors, some history, and the planner's statistics of it."""
    arena = f"booking_{next(_ARENA)}"
    with transaction(url, arena) as connection:
        upgrade(connection, arena)
    with connect(url, arena=arena, autocommit=True) as connection:
        journal = PostgresJournal(connection)
        for number in range(clients):
            model, arm = _competitor(number)
            journal.enter(model, arm)
            journal.begin_run(model.id, at=NOW)
            for _ in range(WARM_UP // clients):
                for booking in _round_trip(model):
                    journal.book(booking)
        connection.execute("ANALYZE")
    return arena


def _competitor(number: int) -> tuple[Model, Arm]:
    """Return a competitor whose id is its number, as pgbench counts its clients."""
    model, arm = competitor(f"model {number}")
    return replace(model, id=str(number)), replace(arm, model_id=str(number))


def _round_trip(model: Model) -> tuple[Booking, Booking]:
    opened = opening(model, epoch=1)
    return opened, closing(opened)


def _journals(server: EmbeddedServer, clients: int) -> float:
    """Return round trips per second of one thread that keeps a booking of each client under way."""
    arena = _fresh_arena(server.url, clients)
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for number in range(clients):
            opened = connect(server.url, arena=arena, autocommit=True)
            journal = PostgresJournal(stack.enter_context(opened))
            model, _ = _competitor(number)
            bookings = [each for _ in range(READY_MADE // clients) for each in _round_trip(model)]
            client = _Client(journal, iter(bookings))
            selector.register(journal, selectors.EVENT_READ, client)
        gc.collect()
        gc.freeze()  # The rows made beforehand are nobody's garbage; only the journal's counts.
        try:
            return _booked(selector)
        finally:
            gc.unfreeze()


class _Client(NamedTuple):
    """A journal of its own, and what it has still to book."""

    journal: PostgresJournal
    bookings: Iterator[Booking]

    def send_next(self) -> None:
        """Put the next booking under way."""
        self.journal.submit(next(self.bookings))


def _booked(selector: selectors.BaseSelector) -> float:
    clients: list[_Client] = [each.data for each in selector.get_map().values()]
    begin = time.perf_counter()
    booked = 0
    for client in clients:
        client.send_next()
    while (elapsed := time.perf_counter() - begin) < SECONDS:
        for ready, _ in selector.select():
            client = ready.data
            if not client.journal.answered():
                continue
            status = client.journal.outcome()
            if status is not BookingStatus.BOOKED:
                raise RuntimeError(f"expected BOOKED, found {status}")
            booked += 1
            client.send_next()
    for client in clients:
        client.journal.outcome()
    return booked / 2 / elapsed


@dataclass(frozen=True)
class _Script:
    """A pgbench script, and the constants it is given."""

    text: str
    constants: dict[str, str]


def _pgbench(server: EmbeddedServer, folder: Path, clients: int) -> float:
    arena = _fresh_arena(server.url, clients)
    script = _script()
    file = folder / "booking.sql"
    file.write_text(script.text)
    parts = urlsplit(server.url)
    command = [
        str(server.binaries.tool("pgbench")),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={clients}",
        f"--jobs={min(clients, os.cpu_count() or 1)}",
        f"--time={SECONDS}",
        f"--file={file}",
        f"--host={parts.hostname}",
        f"--port={parts.port}",
        f"--username={parts.username}",
        *(f"--define={name}={value}" for name, value in script.constants.items()),
        parts.path.lstrip("/"),
    ]
    options = f"-c search_path={arena} -c timezone=UTC -c plan_cache_mode=force_generic_plan"
    environment = {**os.environ, "PGPASSWORD": parts.password or "", "PGOPTIONS": options}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None or "failed transactions: 0 " not in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found.group(1))


def _script() -> _Script:
    """Write the two statements of a round trip with pgbench's variables for their values."""
    values = _Values()
    statements = []
    model, _ = _competitor(0)
    for booking in _round_trip(replace(model, id=_MODEL)):
        statement = booking_statement(booking)
        statements.append(values.put_into(statement))
    text = "\n".join([*values.lines, *(f"{statement};" for statement in statements)])
    return _Script(text + "\n", values.constants)


class _Values:
    """Values as pgbench writes them: constants given once, identifiers drawn at random."""

    def __init__(self) -> None:
        self.constants: dict[str, str] = {}
        self.lines: list[str] = []
        self._written: dict[str, str] = {}

    def put_into(self, statement: Statement) -> str:
        """Return the SQL with variables in the places of its numbered parameters."""
        return re.sub(
            r"\$(\d+)",
            lambda found: self.written(statement.texts[int(found[1]) - 1]),
            statement.sql,
        )

    def written(self, value: str | None) -> str:
        if value is None:
            return "NULL"
        if value.startswith('{"') and value.endswith('"}') and ":" not in value:
            return f"ARRAY[{self.written(value[2:-2])}]"
        if value == _MODEL:
            return ":client_id"
        if value not in self._written:
            self._written[value] = self._variable(value)
        return self._written[value]

    def _variable(self, text: str) -> str:
        name = f"v{len(self._written)}"
        if re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", text):
            # As long as a UUID, so that rows and index entries weigh the same.
            self.lines.append(f"\\set {name} random({10**18}, {9 * 10**18})")
            return f"(:{name} || '-8000-0123456789a')"
        if re.fullmatch(r"\d{9,}", text):
            self.lines.append(f"\\set {name} random(1, {2**48 - 1})")
        else:
            self.constants[name] = text
        return f":{name}"
