"""Telling: what a model says in one step, in pieces while it speaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from autonome.agents.llm.keys import Key
from autonome.agents.tools.words import clean

__all__ = ["EVERY_S", "MOST_TOLD", "Piece", "Telling", "Told"]

EVERY_S: Final = 0.2
"""Between two pieces at the least, but for the last."""
MOST_TOLD: Final = 20_000
"""Characters of one step; the whole text is in the invocation's row."""


class Piece(NamedTuple):
    """Some of the words of a step, in the order in which they come."""

    step: int
    """The request of the turn that they answer, counted from 1."""
    start: int
    """How many characters of the step's words come before; 0 begins them, or begins them anew,
    and takes them back where ``text`` is empty."""
    text: str


Told = Callable[[Piece], None]
"""Hears what a model says."""


_THOUGHT: Final = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_OPENING: Final = "<think>"


def _without_thoughts(text: str) -> str:
    """Return what is said beside thoughts that a model writes between its words."""
    said = _THOUGHT.sub("", text)
    begun = next((n for n in range(len(_OPENING) - 1, 0, -1) if said.endswith(_OPENING[:n])), 0)
    return said[: len(said) - begun]


class Telling:
    """Tells the words of one step."""

    def __init__(self, step: int, told: Told, *, clock: Callable[[], float]) -> None:
        """Tell them to ``told``; ``clock`` counts seconds and never goes back."""
        self._step = step
        self._tell = told
        self._clock = clock
        self._next_at = clock()
        self.begin(None)

    def begin(self, key: Key | None) -> None:
        """Begin the step, or begin it anew; ``key``, by which it is asked, is told to nobody."""
        self._key = key
        self._words: list[str] = []
        self._length = 0
        self._said = ""

    def hear(self, words: str) -> None:
        """Take words that have just come, and tell them when it is time."""
        if self._length > MOST_TOLD:
            return
        self._words.append(words)
        self._length += len(words)
        now = self._clock()
        if now >= self._next_at:
            self._next_at = now + EVERY_S
            text = "".join(self._words)
            if self._key is not None:
                text = self._key.hidden_so_far(text)
            self._say(_without_thoughts(clean(text, most=MOST_TOLD)).strip())

    def take_back(self) -> None:
        """Tell that what was told counts no more: its request has failed."""
        self._say("")

    def end(self, text: str) -> None:
        """Tell the rest of ``text``, which the whole step says."""
        self._say(text[:MOST_TOLD])

    def _say(self, text: str) -> None:
        """Tell what is new of ``text``; all of it where it is not what was told so far."""
        start = len(self._said) if text.startswith(self._said) else 0
        if text != self._said:
            self._tell(Piece(self._step, start, text[start:]))
        self._said = text
