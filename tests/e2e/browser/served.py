"""A real arena with its dashboard: `autonome up` as a child process, models that do as told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Page
from psycopg.rows import dict_row

from autonome.domain.variants import VARIANTS
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Call, Reply

__all__ = ["INJECTION", "LIMIT_S", "Desk", "Served", "free_port"]

AUTONOME = str(Path(sys.executable).with_name("autonome"))
LIMIT_S = 60
LOOK_EVERY_S = 0.1
INJECTION = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    " ![pixel](https://tracker.invalid/pixel.png) [a link](javascript:alert(1))"
)
LOT_PLACES = {"ETH": 2, "SOL": 1, "XRP": 0, "BNB": 1}
"""Decimal places of a quantity: what is no whole lot would be cut, and told as cut."""
NOTIONAL = Decimal(600)
"""Small enough for every policy, also for half a percent at risk when the price has moved."""
PIECE_MS = 20
"""Between two pieces of what the talker says."""
FILE = """
[market]
speed = 120
[arena]
cadence = "3m"
[endpoints.local]
url = "{url}"
keys = []
[[arms]]
kind = "rules"
[[arms]]
kind = "controls"
[[arms]]
kind = "llm"
name = "Trader"
variant = "{variant}"
model = "trader"
endpoint = "local"
[[arms]]
kind = "llm"
name = "Talker"
variant = "{variant}"
model = "talker"
endpoint = "local"
"""


@dataclass
class Desk:
    """What the two models answer; a test tells the trader what to do next, once."""

    _orders: list[tuple[str, Call]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, text: str, name: str, **arguments: object) -> None:
        """Let the trader say and call this in its next turn."""
        with self._lock:
            self._orders.append((text, Call(name=name, arguments=arguments)))

    def reply(self, asked: Asked) -> Reply:
        """Answer a request; without further words a turn ends, so that its first ones stay."""
        if asked.messages[-1]["role"] == "tool":
            return _HOLDS
        if asked.body["model"] == "trader":
            with self._lock:
                if self._orders:
                    text, call = self._orders.pop(0)
                    return Answers(text=text, calls=(call,))
            return _HOLDS
        return _talk(asked.number)


_HOLDS = Answers(calls=(Call(name="holding", arguments={"reason": "I wait to be told"}),))
_TALKS = (
    "## What I see\n\n- **Bitcoin** ranges\n- funding is `flat`\n\n1. wait\n2. see\n\nSo I *hold*.",
    INJECTION,
)


def _talk(number: int) -> Answers:
    """Speak Markdown, or what should do harm; now and then ask for what no policy allows.

    It speaks slowly enough to be seen while it does.
    """
    text = _TALKS[number // 2 % len(_TALKS)]
    name, arguments = "holding", {"reason": INJECTION}
    if number % 4 == 0:
        name, arguments = "create_position", _TOO_MUCH
    return Answers(text=text, calls=(Call(name=name, arguments=arguments),), chunk_ms=PIECE_MS)


_TOO_MUCH: dict[str, object] = {
    "symbol": "BTC",
    "side": "LONG",
    "notional": 500,
    "leverage": 90,
    "stop_loss": 1,
    "confidence": Decimal("0.9"),
    "reason": INJECTION,
}


_TRADERS_ORDERS = """
    SELECT o.id FROM "Orders" o JOIN "Models" m ON m.id = o."modelId"
    WHERE m.name = 'Trader' AND o.status::text = %s
"""
_OPENED = """
    SELECT t."invocationId" AS id FROM "Intents" i JOIN "ToolCalls" t ON t.id = i."toolCallId"
    WHERE i."modelId" = %s AND i.purpose = 'OPEN' ORDER BY i."createdAt" DESC LIMIT 1
"""


@dataclass
class Served:
    """One arena with its dashboard on one port; it can be ended, killed and begun again."""

    home: Path
    desk: Desk
    models: ModelServer
    port: int
    database: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8")

    def write_file(self, text: str = FILE) -> None:
        """Write the arena's file."""
        filled = text.format(url=self.models.url, variant=VARIANTS[0].id)
        (self.home / "autonome.toml").write_text(filled, encoding="utf-8")

    def begin(self, verb: str = "up") -> None:
        """Run the arena (``serve``: the dashboard alone), and wait until it is well."""
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [AUTONOME, verb, "--port", str(self.port)],
                cwd=self.home,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self.until(lambda: self.api("/run") is not None)

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """End what runs, if anything does."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(LIMIT_S)
        finally:
            self.process.kill()
            self.process.wait(LIMIT_S)
            self.process = None

    def trade_once(self) -> None:
        """Wait until the trader has opened and closed a position, and both models have spoken."""
        self.order_entry("I buy.", "ETH")
        self.until(lambda: self.rows(_TRADERS_ORDERS, "OPEN"))
        self.desk.order("I sell.", "close_position", symbol="ETH")
        self.until(lambda: self.rows(_TRADERS_ORDERS, "CLOSED"))

    def order_entry(self, text: str, symbol: str, **changed: object) -> None:
        """Let the trader go long, by an order that every policy allows as it is.

        It asks for no cooldown: after the close, the next test may want the same symbol.
        """
        mark = self.mark(symbol)
        plan: dict[str, object] = {
            "symbol": symbol,
            "side": "LONG",
            "quantity": round(NOTIONAL / mark, LOT_PLACES[symbol]),
            "leverage": 3,
            "stop_loss": round(mark * Decimal("0.96"), 2),
            "cooldown_minutes": 0,
            "confidence": Decimal("0.8"),
            "reason": "I was told to.",
        }
        self.desk.order(text, "create_position", **{**plan, **changed})

    def mark(self, symbol: str) -> Decimal:
        """Return the newest mark."""
        newest = """SELECT price FROM "Marks" WHERE symbol = %s ORDER BY at DESC LIMIT 1"""
        price: Decimal = self.until(lambda: self.rows(newest, symbol))[0]["price"]
        return price

    @cached_property
    def trader(self) -> str:
        """Return the trader's id."""
        return str(self.rows('SELECT id FROM "Models" WHERE name = %s', "Trader")[0]["id"])

    @property
    def invocation(self) -> str:
        """Return the id of the last decision by which the trader opened a position."""
        return str(self.rows(_OPENED, self.trader)[0]["id"])

    @cached_property
    def token(self) -> str:
        """Return an admin's token."""
        return self.run("token", "create", "operator", "--scope", "admin").split()[-1]

    def sign_in(self, page: Page) -> None:
        """Begin a session for a page, as its form does."""
        answer = page.request.post(
            f"{self.url}/api/v1/session",
            data={"token": self.token},
            headers={"Origin": self.url, "X-Autonome-Control": "1"},
        )
        assert answer.ok, answer.text()

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [AUTONOME, *words],
            cwd=self.home,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def api(self, path: str) -> Any:
        """Return what the API answers; ``None`` while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1{path}", timeout=LIMIT_S) as answer:
                return json.load(answer, parse_float=Decimal)
        except OSError:
            return None

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        with psycopg.connect(
            self.database, options="-c search_path=public", row_factory=dict_row
        ) as connection:
            return connection.execute(sql.encode(), values).fetchall()

    def until(self, found: Callable[[], Any]) -> Any:
        """Return what ``found`` returns as soon as it is something."""
        ends_at = time.monotonic() + LIMIT_S
        while time.monotonic() < ends_at:
            assert self.process is None or self.process.poll() is None, self.log
            if result := found():
                return result
            time.sleep(LOOK_EVERY_S)
        raise AssertionError(self.log)

    def _environment(self) -> dict[str, str]:
        foreign = ("AUTONOME_", "OPENROUTER_", "OPENAI_", "NVIDIA_")
        kept = {key: text for key, text in os.environ.items() if not key.startswith(foreign)}
        return {**kept, "AUTONOME_HOME": str(self.home), "AUTONOME_DATABASE_URL": self.database}


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port
