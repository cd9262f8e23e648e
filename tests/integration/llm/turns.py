"""Turns against a scripted server: the settings, the desk, and one call that asks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from decimal import Decimal

from autonome.agents.actions import Action, Holding
from autonome.agents.llm.answer import Answer
from autonome.agents.llm.budget import Spent
from autonome.agents.llm.client import Connections
from autonome.agents.llm.desk import Ruling
from autonome.agents.llm.keys import KeyRing
from autonome.agents.llm.settings import Dialect, Endpoint, LlmSettings
from autonome.agents.llm.telling import Told
from autonome.agents.llm.turn import ask
from autonome.agents.prompts import Prompt
from autonome.agents.tools import MarketDataRequest
from autonome.domain.refusals import Denied
from autonome.domain.value import changed
from autonome.testing.model_server import ModelServer, Script
from autonome.testing.models import Answers, Call

PROMPT = Prompt(system="You trade.", user="BTC is at 60000.", digest="00ff", version="test")
KEY = "sk-secret-0123456789"
ENTRY: Mapping[str, object] = {
    "symbol": "BTC",
    "side": "LONG",
    "quantity": Decimal("0.01"),
    "leverage": 2,
    "stop_loss": Decimal("59000.5"),
    "confidence": Decimal("0.5"),
    "reason": "because",
}
_HEAD = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
HOLDS = Answers(calls=(Call(name="holding", arguments={"reason": "nothing to do"}),))


def enters(**other: object) -> Call:
    """Return a call that opens a position, with some arguments changed."""
    return Call(name="create_position", arguments={**ENTRY, **other})


class OnePerSymbol:
    """A desk with one rule: one action per symbol, and leverage of at most 5."""

    symbols = ("BTC", "ETH")

    def __init__(self) -> None:
        self._acted: set[str] = set()

    def attempt(self, action: Action) -> Ruling:
        """Refuse the second action on a symbol, and a leverage above 5."""
        if isinstance(action, Holding):
            return Ruling(denied=None, words={})
        denied = None
        if getattr(action, "leverage", Decimal(1)) > Decimal(5):
            denied = Denied(rule="max-leverage", reason="expected leverage of at most 5")
        elif action.symbol in self._acted:
            denied = Denied(rule="one-action-per-symbol", reason="expected one action a symbol")
        if denied is not None:
            return Ruling(denied=denied, words={"rule": denied.rule, "reason": denied.reason})
        self._acted.add(action.symbol)
        return Ruling(denied=None, words={"allowed": {"quantity": Decimal("0.01")}})

    def limits(self) -> Mapping[str, object]:
        """Return one limit."""
        return {"max_leverage": Decimal(5)}

    def market_data(self, request: MarketDataRequest) -> Mapping[str, object]:
        """Return as many bars as were asked for."""
        return {"symbol": request.symbol, "close": [Decimal("60000.5")] * request.length}


def local(server: ModelServer, *, dialect: Dialect = Dialect.OPENAI) -> Endpoint:
    """Return the endpoint that a scripted server stands for."""
    return Endpoint(name="local", base_url=server.url, dialect=dialect)


def arm(endpoint: Endpoint, **other: object) -> LlmSettings:
    """Return the settings of an arm that waits little, with some changed."""
    settings = LlmSettings(
        name="arm", model="maker/model-1", endpoint=endpoint, deadline_ms=20_000, backoff_ms=1
    )
    return changed(settings, **other)


def ring(*secrets: str, endpoint: Endpoint) -> KeyRing:
    """Return a ring with these keys for an endpoint."""
    keys = KeyRing(clock=time.monotonic)
    if secrets:
        keys.add(endpoint, secrets)
    return keys


async def asked(
    settings: LlmSettings,
    keys: KeyRing,
    *,
    spent: Spent | None = None,
    prompt: Prompt = PROMPT,
    told: Told | None = None,
) -> Answer:
    """Return what comes of one turn; ``told`` lets the model stream."""
    async with Connections() as connections:
        return await ask(
            settings,
            prompt,
            OnePerSymbol(),
            keys,
            spent or Spent(),
            connections=connections,
            clock=time.monotonic,
            told=told,
        )


def turn(
    script: Script,
    *,
    secrets: tuple[str, ...] = (KEY,),
    dialect: Dialect = Dialect.OPENAI,
    spent: Spent | None = None,
    prompt: Prompt = PROMPT,
    told: Told | None = None,
    **other: object,
) -> tuple[Answer, ModelServer]:
    """Return what comes of one turn against a script, and the server that kept the requests."""
    with ModelServer(script) as server:
        endpoint = local(server, dialect=dialect)
        settings = arm(endpoint, **other)
        keys = ring(*secrets, endpoint=endpoint)
        return asyncio.run(asked(settings, keys, spent=spent, prompt=prompt, told=told)), server


def told(server: ModelServer, request: int) -> list[str]:
    """Return what a request tells the model about its calls."""
    messages = server.requests[request].messages
    return [message["content"] for message in messages if message["role"] == "tool"]


def pieced(*answers: str | dict[str, object]) -> tuple[bytes, ...]:
    """Return the frames of a stream: each delta in a chunk of its own, or a line as it is."""
    frames = []
    for each in answers:
        choice = {"index": 0, "delta": each, "finish_reason": None}
        text = each if isinstance(each, str) else json.dumps({**_HEAD, "choices": [choice]})
        frames.append(f"data: {text}\n\n".encode())
    return tuple(frames)
