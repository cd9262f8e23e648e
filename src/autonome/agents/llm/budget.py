"""Budgets: what a request may come to at most, and whether that fits into what is left of a day."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from msgspec.json import Encoder

from autonome.agents.llm.settings import LlmSettings, Price
from autonome.agents.tools import tools_of
from autonome.domain.money import ZERO, round_money
from autonome.domain.value import value

__all__ = ["Budget", "Spent", "priced", "prompt_tokens", "tools_tokens", "turn_at_most"]

_LETTERS: Final = bytes(range(65, 91)) + bytes(range(97, 123)) + b" "
_LETTERS_PER_TOKEN: Final = 3
_LEAST_OUTPUT_TOKENS: Final = 256
"""An answer with less room is not worth its prompt."""
_ENCODER: Final = Encoder(decimal_format="number")
_MILLIONTH: Final = Decimal("0.000001")


@value
class Spent:
    """What an arm has used of a UTC day's budget."""

    tokens: int = 0
    cost: Decimal = ZERO
    """USD, >= 0."""

    def plus(self, other: Spent) -> Spent:
        """Return the sum of both."""
        return Spent(tokens=self.tokens + other.tokens, cost=self.cost + other.cost)


def prompt_tokens(text: str) -> int:
    """Return the most tokens that a text comes to.

    Words take a token for three letters at most; digits and signs are counted one by one, as many
    tokenizers read them, and other alphabets by their bytes.
    """
    raw = text.encode(errors="replace")
    others = len(raw.translate(None, _LETTERS))
    return others - (others - len(raw)) // _LETTERS_PER_TOKEN


def priced(price: Price | None, *, input_tokens: int, output_tokens: int) -> Decimal:
    """Return what tokens cost (USD), rounded half-even to 1e-8; nothing without a price."""
    if price is None:
        return ZERO
    return round_money((price.input * input_tokens + price.output * output_tokens) * _MILLIONTH)


@lru_cache(maxsize=16)
def tools_tokens(symbols: tuple[str, ...]) -> int:
    """Return the most that the schemas of the tools come to in a prompt."""
    return prompt_tokens(_ENCODER.encode(tools_of(symbols)).decode())


def turn_at_most(settings: LlmSettings, spent: Spent, *, input_tokens: int) -> Spent:
    """Return the most that a turn comes to which begins with a prompt of ``input_tokens``.

    Every request has its longest answer, which the next one sends again; no turn comes to more
    than is left of the day after ``spent``.
    """
    steps, answer = settings.most_steps, settings.most_output_tokens
    sent = steps * input_tokens + answer * (steps * (steps - 1) // 2)
    tokens = sent + steps * answer
    cost = priced(settings.price, input_tokens=sent, output_tokens=steps * answer)
    if settings.tokens_per_day is not None:
        tokens = min(tokens, max(settings.tokens_per_day - spent.tokens, 0))
    if settings.money_per_day is not None:
        cost = min(cost, max(settings.money_per_day - spent.cost, ZERO))
    return Spent(tokens=tokens, cost=cost)


class Budget:
    """What one turn may spend: the day's budget less what is spent, and what the turn adds."""

    def __init__(self, settings: LlmSettings, spent: Spent) -> None:
        """Start a turn on a day on which ``spent`` is spent already."""
        self._settings = settings
        self._before = spent
        self.turn = Spent()
        """What this turn has come to; a request that is under way counts with its most."""
        self._reserved = Spent()

    def reserve(self, input_tokens: int) -> int | None:
        """Set aside the most that a request may come to; return its room for the answer.

        The answer's room shrinks to what is left. ``None``: nothing is set aside, and the request
        may not be sent.
        """
        room = self._room(input_tokens)
        if room is None:
            return None
        self._reserved = Spent(
            tokens=input_tokens + room,
            cost=priced(self._settings.price, input_tokens=input_tokens, output_tokens=room),
        )
        self.turn = self.turn.plus(self._reserved)
        return room

    def settle(self, spent: Spent) -> None:
        """Replace what was set aside by what the request came to."""
        self.turn = Spent(
            tokens=self.turn.tokens - self._reserved.tokens + spent.tokens,
            cost=self.turn.cost - self._reserved.cost + spent.cost,
        )
        self._reserved = Spent()

    def keep(self) -> None:
        """Count what was set aside as spent: the request was sent, and nobody said what it cost."""
        self._reserved = Spent()

    def left(self) -> str:
        """Return in words what is left of the day."""
        spent = self._before.plus(self.turn)
        parts = []
        if self._settings.tokens_per_day is not None:
            parts.append(f"{self._settings.tokens_per_day - spent.tokens} tokens")
        if self._settings.money_per_day is not None:
            parts.append(f"{self._settings.money_per_day - spent.cost} USD")
        return " and ".join(parts)

    def _room(self, input_tokens: int) -> int | None:
        settings = self._settings
        spent = self._before.plus(self.turn)
        rooms = [settings.most_output_tokens]
        if settings.tokens_per_day is not None:
            rooms.append(settings.tokens_per_day - spent.tokens - input_tokens)
        if settings.money_per_day is not None and settings.price is not None:
            prompt = settings.price.input * input_tokens * _MILLIONTH
            left = settings.money_per_day - spent.cost - prompt
            if left < 0:
                return None
            if settings.price.output:
                rooms.append(int(left // (settings.price.output * _MILLIONTH)))
        least = min(_LEAST_OUTPUT_TOKENS, settings.most_output_tokens)
        return min(rooms) if min(rooms) >= least else None
