"""Settings of an arm that is a language model: where it is, how it is asked, what it may cost."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Final, Literal
from urllib.parse import urlsplit

from autonome.domain.errors import SettingError
from autonome.domain.money import ZERO
from autonome.domain.value import value

__all__ = ["OPENROUTER", "Dialect", "Endpoint", "LlmSettings", "Origin", "Price"]

Origin = tuple[str, str, int]
"""Scheme, host and port: what a key belongs to."""

_PORTS: Final = {"http": 80, "https": 443}


class Dialect(Enum):
    """What an endpoint understands beyond chat completions."""

    OPENAI = "openai"
    """Chat completions with tools, as most servers of models speak them."""
    OPENROUTER = "openrouter"
    """The same, with a pinned provider, reasoning effort and the cost of each request."""


@value
class Endpoint:
    """A server of models."""

    name: str
    """By which keys are looked up; what the record says where nobody else is named."""
    base_url: str
    """Such as ``https://host/v1``; requests go to ``/chat/completions`` below it."""
    dialect: Dialect = Dialect.OPENAI
    streams: bool = True
    """Whether answers are asked for in pieces where somebody may listen."""

    def __post_init__(self) -> None:
        """Refuse an address that no key could belong to."""
        _ = self.origin

    @property
    def origin(self) -> Origin:
        """Return what a key belongs to.

        Raises:
            SettingError: the address is no HTTP address.
        """
        problem = f"expected a base URL such as 'https://host/v1', found {self.base_url!r}"
        try:
            parts = urlsplit(self.base_url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            if parts.username is not None:
                problem = "expected a base URL without a user and a password, found one with"
            raise SettingError(problem, remedy=f"Correct the base URL of endpoint {self.name!r}.")
        return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


OPENROUTER: Final = Endpoint(
    name="openrouter", base_url="https://openrouter.ai/api/v1", dialect=Dialect.OPENROUTER
)


@value
class Price:
    """What an endpoint charges, where it does not say so with each answer."""

    input: Decimal
    """USD per million prompt tokens, >= 0."""
    output: Decimal
    """USD per million answer tokens, >= 0."""

    def __post_init__(self) -> None:
        """Refuse what would lower the cost."""
        if not (self.input >= ZERO and self.output >= ZERO):
            raise SettingError(
                f"expected prices of at least 0, found {self.input} and {self.output}",
                remedy="Give both prices in USD per million tokens.",
            )


@value
class LlmSettings:
    """How one arm's model is asked."""

    name: str
    """Of the arm."""
    model: str
    """As the endpoint calls it, such as ``maker/model-1``."""
    endpoint: Endpoint
    temperature: Decimal | None = None
    """0 to 2; ``None`` leaves it to the endpoint."""
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None
    """``None`` leaves it to the model."""
    tool_choice: Literal["auto", "required"] = "auto"
    """Whether every answer has to call a tool."""
    upstream: str | None = None
    """The one provider that may serve the model on OpenRouter; without it, OpenRouter chooses."""
    deadline_ms: int = 120_000
    """For a whole turn; what runs then is cancelled."""
    most_steps: int = 10
    """Requests in a turn, one repeated after an empty answer included."""
    most_output_tokens: int = 8_192
    """In one answer, reasoning included."""
    most_answer_bytes: int = 524_288
    """Of one answer as it comes over the wire; what is longer is cut off while it is read."""
    backoff_ms: int = 500
    """Wait before the first repetition of a request that failed; it doubles each time."""
    tokens_per_day: int | None = None
    """In a UTC day, prompts and answers together; ``None``: as many as it takes."""
    money_per_day: Decimal | None = None
    """USD in a UTC day; it needs ``price``, since a request is judged before it is sent."""
    price: Price | None = None
    """Counts where the endpoint reports no cost; free without it."""

    def __post_init__(self) -> None:
        """Refuse settings under which no turn could be run as they say.

        Raises:
            SettingError: a value is out of its range, or two do not go together.
        """
        for name, found, least in (
            ("deadline_ms", self.deadline_ms, 1),
            ("most_steps", self.most_steps, 1),
            ("most_output_tokens", self.most_output_tokens, 1),
            ("most_answer_bytes", self.most_answer_bytes, 1_024),
            ("backoff_ms", self.backoff_ms, 1),
            ("tokens_per_day", self.tokens_per_day, 0),
            ("money_per_day", self.money_per_day, 0),
            ("temperature", self.temperature, 0),
        ):
            if found is not None and not found >= least:
                raise self._problem(f"expected {name} of at least {least}, found {found}")
        if self.money_per_day is not None and self.price is None:
            raise self._problem("expected a price beside money_per_day, found none")
        if self.endpoint.dialect is Dialect.OPENROUTER and "/" not in self.model:
            raise self._problem(f"expected a model as 'maker/model', found {self.model!r}")
        if self.endpoint.dialect is not Dialect.OPENROUTER and self.upstream is not None:
            raise self._problem("expected upstream on OpenRouter only, found it elsewhere")

    def _problem(self, problem: str) -> SettingError:
        return SettingError(problem, remedy=f"Correct the settings of arm {self.name!r}.")
