"""Usage: how many tokens an answer took and what it cost, as reported, or as we count it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from autonome.agents.llm.budget import Spent, priced, prompt_tokens
from autonome.agents.llm.settings import LlmSettings
from autonome.domain.money import ZERO, round_money
from autonome.domain.value import value

__all__ = ["Usage", "usage_of"]

_MOST_TOKENS: Final = 10**8
_MOST_COST: Final = Decimal(1_000)
"""USD for one request; what claims more is no bill that we would believe."""


@value
class Usage:
    """What one request took."""

    input_tokens: int
    output_tokens: int
    """Reasoning included."""
    cost: Decimal
    """USD, >= 0, to 1e-8."""
    is_counted_by_us: bool
    """Whether the endpoint gave no count of tokens that can be believed."""
    is_cost_refused: bool
    """Whether a cost was reported that cannot be believed."""

    @property
    def spent(self) -> Spent:
        """Return what it takes from a budget."""
        return Spent(tokens=self.input_tokens + self.output_tokens, cost=self.cost)


def usage_of(
    settings: LlmSettings, *, input_tokens: int, output_tokens: int, estimate: int, body: bytes
) -> Usage:
    """Return what a request took, from the tokens that its answer reports and its JSON text.

    ``estimate`` is our own count of the prompt; it stands in where nothing was reported. The cost
    is read from the text, so that no digit passes through a binary number.
    """
    is_reported = 0 < input_tokens <= _MOST_TOKENS and 0 <= output_tokens <= _MOST_TOKENS
    if not is_reported:
        input_tokens = estimate
        output_tokens = prompt_tokens(body.decode(errors="replace"))
    reported, is_refused = _reported_cost(body)
    if reported is None:
        reported = priced(settings.price, input_tokens=input_tokens, output_tokens=output_tokens)
    return Usage(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cost=reported,
        is_counted_by_us=not is_reported,
        is_cost_refused=is_refused,
    )


class _CostDetails(Struct):
    upstream_inference_cost: Decimal | None = None


class _Usage(Struct):
    cost: Decimal | None = None
    is_byok: bool | None = None
    cost_details: _CostDetails | None = None


class _Answer(Struct):
    usage: _Usage | None = None


_DECODER: Final = Decoder(_Answer)


def _reported_cost(body: bytes) -> tuple[Decimal | None, bool]:
    """Return the cost in USD, and whether one was there that cannot be believed."""
    try:
        usage = _DECODER.decode(body).usage
    except (MsgspecError, ValueError, RecursionError):
        return None, b'"cost"' in body
    if usage is None or usage.cost is None:
        return None, False
    cost = usage.cost
    details = usage.cost_details
    if usage.is_byok and details is not None and details.upstream_inference_cost is not None:
        # With a key of the user's own, the provider behind OpenRouter sends a bill of its own.
        cost += details.upstream_inference_cost
    if not (cost.is_finite() and ZERO <= cost <= _MOST_COST):
        return None, True
    return round_money(cost), False
