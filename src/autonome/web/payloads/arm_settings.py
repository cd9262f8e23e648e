"""Arms as operators add and change them; never with a key, only with the names of variables."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from autonome.domain.variants import VARIANT_IDS
from autonome.web.payloads.control import AskedFor, ReasonAsked
from autonome.web.payloads.figures import Payload

__all__ = ["ArmAdded", "ArmChanged", "EndpointShown"]

_LONGEST_NAME: Final = 80
_MOST_TOKENS: Final = 1_000_000_000
_MOST_KEYS: Final = 100


def _variant(text: str) -> str:
    if text not in VARIANT_IDS:
        raise ValueError(f"expected one of {', '.join(VARIANT_IDS)}")
    return text


def _printable(text: str) -> str:
    if not text.isprintable() or text.strip() != text:
        raise ValueError("expected printable characters, none of them a space at an end")
    return text


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=_LONGEST_NAME),
    AfterValidator(_printable),
    Field(examples=["Local"]),
]
VariantId = Annotated[
    str, AfterValidator(_variant), Field(json_schema_extra={"enum": list(VARIANT_IDS)})
]
Word = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
EndpointName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$"), Field(examples=["openrouter"])
]
Temperature = Annotated[
    str,
    StringConstraints(pattern=r"^([01](\.\d{1,2})?|2(\.0{1,2})?)$"),
    Field(examples=["0.7"], description="0 to 2, as text."),
]
Price = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,5}(\.\d{1,6})?$"),
    Field(examples=["0.15"], description="USD per million tokens, as text."),
]
Dollars = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,5}(\.\d{1,2})?$"),
    Field(examples=["1.50"], description="USD, as text."),
]
Capital = Annotated[
    str,
    StringConstraints(pattern=r"^\d{1,9}(\.\d{1,2})?$"),
    Field(examples=["10000"], description="Quote, as text; at least a cent."),
]
Effort = Literal["none", "minimal", "low", "medium", "high"]
ToolChoice = Literal["auto", "required"]
Steps = Annotated[int, Field(ge=1, le=50, strict=True)]
Seconds = Annotated[int, Field(ge=1, le=3_600, strict=True)]
Tokens = Annotated[int, Field(ge=0, le=_MOST_TOKENS, strict=True)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]


class _Settings(AskedFor):
    """How a model is asked. A price counts where the endpoint reports no cost."""

    temperature: Temperature | None = None
    """Null: the model's own."""
    reasoning_effort: Effort | None = None
    upstream: Word | None = None
    """The one provider that OpenRouter may take; null: its choice."""
    money_per_day: Dollars | None = None
    """It needs both prices; null: no limit."""
    price_in: Price | None = None
    price_out: Price | None = None


class ArmAdded(ReasonAsked, _Settings):
    """An arm to be added; of a rule only name, variant, capital and policy."""

    kind: Literal["LLM", "RULE"]
    name: Name
    """No other arm has it."""
    variant: VariantId
    model: Word | None = None
    """As the endpoint calls it; needed for an LLM."""
    endpoint: EndpointName | None = None
    """The name of one that the arena's file knows (GET endpoints); needed for an LLM."""
    tool_choice: ToolChoice = "auto"
    most_steps: Steps = 10
    deadline_seconds: Seconds = 120
    tokens_per_day: Tokens = 2_000_000
    capital: Capital | None = None
    """Null: as the arena's file says."""
    policy: Literal["standard"] = "standard"
    """Controls alone are under another one, without a rule about stops."""

    @model_validator(mode="after")
    def _fits(self) -> ArmAdded:
        of_models = self.model_fields_set - {
            *("kind", "name", "variant", "capital", "policy", "reason"),
        }
        if self.kind == "RULE" and of_models:
            raise ValueError(f"expected no {sorted(of_models)[0]} of a rule")
        if self.kind == "LLM" and (self.model is None or self.endpoint is None):
            raise ValueError("expected a model and an endpoint of an LLM")
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("expected both prices or neither")
        if self.money_per_day is not None and self.price_in is None:
            raise ValueError("expected prices beside moneyPerDay")
        if self.capital is not None and not self.capital.strip("0."):
            raise ValueError("expected a capital of at least a cent")
        return self

    @property
    def asked(self) -> dict[str, object]:
        """Return what is asked for, as a command keeps it."""
        if self.kind == "RULE":
            wanted = {"kind", "name", "variant", "capital", "policy"}
            return self.model_dump(by_alias=True, include=wanted, exclude_none=True)
        return self.model_dump(by_alias=True, exclude={"reason"}, exclude_none=True)


class ArmChanged(ReasonAsked, _Settings):
    """What is to change of an LLM arm; what is left out stays, null takes a setting off."""

    model: Word | None = None
    """As the endpoint calls it; never null."""
    endpoint: EndpointName | None = None
    """Only together with `keys`; never null."""
    keys: Annotated[tuple[Variable, ...], Field(max_length=_MOST_KEYS)] | None = None
    """The NAMES of the environment variables whose keys the endpoint's host may get, as the
    arena's file has them: a key is never sent."""
    tool_choice: ToolChoice | None = None
    """Never null, like those below."""
    most_steps: Steps | None = None
    deadline_seconds: Seconds | None = None
    tokens_per_day: Tokens | None = None

    @model_validator(mode="after")
    def _fits(self) -> ArmChanged:
        if ("endpoint" in self.model_fields_set) != ("keys" in self.model_fields_set):
            raise ValueError("expected endpoint and keys together, or neither")
        for name in sorted(self.model_fields_set - {*_Settings.model_fields}):
            if getattr(self, name) is None:
                raise ValueError(f"expected a value of {name}, found null")
        if not self.asked:
            raise ValueError("expected something to change, found only a reason")
        return self

    @property
    def asked(self) -> dict[str, object]:
        """Return what is named, as a command keeps it; ``None`` takes a setting off."""
        named = self.model_dump(by_alias=True, exclude={"reason"}, exclude_unset=True)
        return {key: list(each) if isinstance(each, tuple) else each for key, each in named.items()}


class EndpointShown(Payload):
    """A server of models that the arena's file knows."""

    name: str
    base_url: str
    dialect: Literal["openai", "openrouter"]
    keys: int
    """How many environment variables with keys the file names for it; their names are not told."""
