"""A cycle of the paper arena: a hundred models that answer at once, into the embedded PostgreSQL.

The models are a local server in a process of its own; each reply is a stream that is told as it
comes, opens a position and ends the turn. What asking takes (HTTP, and the libraries of models) is
not our own: every step of the coroutine that asks is timed, and so is every step of the turn around
it.
"""

from __future__ import annotations

import asyncio
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator
from contextlib import AsyncExitStack, ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

import psycopg

from autonome.agents.llm.answer import Answer
from autonome.agents.llm.asking import Asking
from autonome.arena.desk import AccountDesk
from autonome.arena.paper import arena as paper_arena
from autonome.arena.paper.arena import PaperArena
from autonome.arena.paper.minds import Ask, Minds
from autonome.arena.paper.thinking_arm import Question, ThinkingArm
from autonome.bootstrap.arena_file.reading import read_arena_file
from autonome.bootstrap.paper.asking import asking_by
from autonome.bootstrap.paper.opening import arena_of, found_in
from autonome.bootstrap.paper.running import wall_clock
from autonome.bootstrap.paper.watchers import Watchers
from autonome.ledger.arenas import transaction
from autonome.ledger.connection import connect
from autonome.ledger.embedded import attach
from autonome.ledger.journal.postgres import PostgresJournal
from autonome.ledger.migrate import upgrade
from autonome.market.feeds.playback import Playback
from autonome.market.snapshot import Snapshot
from autonome.testing.model_server import Asked, ModelServer
from autonome.testing.models import Answers, Call
from autonome.venue.simulated.candle_venue import CandleVenue
from bench.figures import report

__all__ = ["measure", "run", "serve"]

_ARENA: Final = "bench"
_CYCLES: Final = 6
"""The first one is not counted: it imports, and prepares what later ones find ready."""
_MODELS: Final = 100
_CYCLE_LIMIT_S: Final = 60.0
_MARK: Final = re.compile(r"^\[([^\]]+)\] mark ([0-9.]+)", re.MULTILINE)
_FILE: Final = """
[endpoints.local]
url = "{url}"
keys = []

[[arms]]
kind = "llm"
name = "Local"
model = "scripted"
endpoint = "local"
replicas = 25
tokens_per_day = 1000000000
"""
"""Four variants of each replica are a hundred arms; the arena has five symbols by default."""
_PARTS: Final = {
    "minute": "exits, fills, funding and NAV of the tick's minute",
    "snapshot": "snapshots, and the observation on record",
    "nav": "NAV and marks on record",
    "prompts": "prompts",
    "asked": "questions on record",
    "turn": "turns: calls read, answers and payloads made",
    "told": "what models say told",
    "desk": "the desk: calls judged",
    "booked": "answers decided on and booked",
}

_WORDS: Final = "The trend is up, and the stop is where it would be over. " * 20
"""A thousand characters, in 48 pieces."""

T = TypeVar("T")


def run(folder: Path) -> None:
    """Measure in a process of its own, so that its memory is its own too."""
    program = "import sys; from bench.paper import measure; measure(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)


def serve() -> None:
    """Be the models for as long as the input is open; the first line says where they are."""
    with ModelServer(_opens) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def _opens(asked: Asked) -> Answers:
    """Open a position, in every cycle of another symbol or to the other side; end the turn."""
    marks = _MARK.findall(str(asked.messages[-1]["content"]))
    cycle = asked.number // _MODELS
    symbol, mark = marks[cycle % len(marks)]
    is_long = cycle // len(marks) % 2 == 0
    entry = {
        "symbol": symbol,
        "side": "LONG" if is_long else "SHORT",
        "notional": 1_000,
        "leverage": 2,
        "stop_loss": Decimal(mark) * Decimal("0.98" if is_long else "1.02"),
        "confidence": Decimal("0.5"),
        "reason": "the same as ever",
    }
    calls = (Call(name="create_position", arguments=entry), Call(name="holding"))
    return Answers(text=f"I trade {symbol}. " + _WORDS, calls=calls)


def measure(folder: str) -> None:
    """Run the cycles, and print their figures."""
    program = [sys.executable, "-c", "from bench.paper import serve; serve()"]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as models:
        assert models.stdout is not None
        file = Path(folder) / "autonome.toml"
        file.write_text(_FILE.format(url=models.stdout.readline().strip()))
        with attach(Path(folder)) as server:
            with transaction(server.url, _ARENA) as connection:
                upgrade(connection, _ARENA)
            with connect(server.url, arena=_ARENA, autocommit=True) as connection:
                cycles = asyncio.run(
                    _cycles(file, server.url, PostgresJournal(connection, tells=True))
                )
                _require_orders(connection)
        models.communicate()
    _print(cycles[1:])


def _require_orders(connection: psycopg.Connection[Any]) -> None:
    """Refuse figures of models that did not trade."""
    row = connection.execute('SELECT count(*) FROM "Intents"').fetchone()
    if row is None or row[0] < _MODELS * _CYCLES:
        sys.exit(f"expected an order of each answer, found {row} of {_MODELS * _CYCLES}")


async def _cycles(file: Path, url: str, journal: PostgresJournal) -> list[_Cycle]:
    plan = read_arena_file(file, {})
    arena, playback = arena_of(plan, found_in(url, _ARENA), journal)
    clock = _PartClock()
    watchers = Watchers(journal, now=lambda: arena.stage.now, seconds=time.monotonic)
    async with AsyncExitStack() as stack:
        ask = await asking_by(plan, stack, clock.timed("told", watchers.heard))

        async def ask_timed(question: Question) -> Answer:
            return await clock.steps("turn", _asked(ask, question))

        minds = Minds(arena, ask_timed, wall=wall_clock)
        with clock.watching():
            return [await _cycle(arena, playback, minds, clock) for _ in range(_CYCLES)]


async def _asked(ask: Ask, question: Question) -> Answer:
    return await ask(question)


class _Cycle:
    """What one cycle took, from the close of its minute until its last answer was booked."""

    def __init__(self, *, wall_s: float, cpu_s: float, own: dict[str, float]) -> None:
        self.wall_s = wall_s
        self.cpu_s = cpu_s
        self.own = own
        """Processor seconds by part, the client's left out."""


async def _cycle(arena: PaperArena, playback: Playback, minds: Minds, clock: _PartClock) -> _Cycle:
    observation = None
    while observation is None:
        market = playback.until(arena.stage.clock.end + 1)
        assert market is not None
        venue = arena.stage.venue
        grown = CandleVenue(profile=venue.profile, market=market, seed=venue.seed)
        clock.seconds.clear()
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        observation = clock.timed("minute", arena.close_minute)(grown)
    minds.ask(observation)
    stopped = asyncio.Event()
    while minds.thinking:
        await minds.some_answer(1.0, stopped)
        minds.take_answers()
        if time.perf_counter() - wall_s > _CYCLE_LIMIT_S:
            sys.exit(f"expected a cycle within {_CYCLE_LIMIT_S} s, found it under way")
    seconds = clock.seconds
    return _Cycle(
        wall_s=time.perf_counter() - wall_s,
        cpu_s=time.process_time() - cpu_s,
        own={part: seconds[part] for part in _PARTS},
    )


class _PartClock:
    """Processor time by part: what one part calls of another counts for the other alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner: list[float] = [0.0]
        """Seconds of the parts that were called within each part at work."""

    def watching(self) -> ExitStack:
        """Return a context in which the parts of the product are timed."""
        stack = ExitStack()
        for owner, name, part in (
            (paper_arena, "take_snapshot", "snapshot"),
            (Snapshot, "to_json", "snapshot"),
            (PostgresJournal, "begin_cycle", "snapshot"),
            (PostgresJournal, "minute", "nav"),
            (PostgresJournal, "tell", "told"),
            (ThinkingArm, "prompt", "prompts"),
            (ThinkingArm, "question", "asked"),
            (ThinkingArm, "answered", "booked"),
            (AccountDesk, "attempt", "desk"),
        ):
            timed = self.timed(part, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, timed))
        step = Asking.step

        async def step_timed(asking: Asking, *given: Any, **named: Any) -> Any:
            return await self.steps("client", step(asking, *given, **named))

        stack.enter_context(patch.object(Asking, "step", step_timed))
        return stack

    def timed(self, part: str, function: Callable[..., T]) -> Callable[..., T]:
        """Return the function as one that counts for ``part``."""

        def watched(*given: Any, **named: Any) -> T:
            began = self._begin()
            try:
                return function(*given, **named)
            finally:
                self._end(part, began)

        return watched

    async def steps(self, part: str, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine; each of its steps counts for ``part``, waiting does not."""
        result: T = await _Steps(coroutine, self.timed(part, coroutine.send))
        return result

    def _begin(self) -> float:
        self._inner.append(0.0)
        return time.process_time()

    def _end(self, part: str, began: float) -> None:
        took = time.process_time() - began
        self.seconds[part] += took - self._inner.pop()
        self._inner[-1] += took


class _Steps:
    """A coroutine that is awaited by way of a send of ours."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], send: Callable[[Any], Any]) -> None:
        self._coroutine = coroutine
        self._send = send

    def __await__(self) -> Generator[Any, Any, Any]:
        """Pass on what the coroutine waits for, and whatever is thrown into it."""
        try:
            waits = self._send(None)
            while True:
                try:
                    came = yield waits
                except BaseException as error:
                    waits = self._coroutine.throw(error)
                else:
                    waits = self._send(came)
        except StopIteration as done:
            return done.value


def _print(cycles: list[_Cycle]) -> None:
    wall_s = [cycle.wall_s for cycle in cycles]
    report(f"cycle of {_MODELS} models, 5 symbols", wall_s, unit="s", bound="bound 5")
    own_ms = [sum(cycle.own.values()) * 1_000 / _MODELS for cycle in cycles]
    report("our own CPU per invocation", own_ms, unit="ms", bound="bound 15")
    for part, words in _PARTS.items():
        report(f"  {words}", [each.own[part] * 1_000 / _MODELS for each in cycles], unit="ms")
    client_ms = [
        cycle.cpu_s * 1_000 / _MODELS - ms for cycle, ms in zip(cycles, own_ms, strict=True)
    ]
    report("  beside it: the client and the event loop", client_ms, unit="ms")
    most_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    report("most memory of the arena's process", [most_mib], unit="MiB", bound="bound 954 (1 GB)")
