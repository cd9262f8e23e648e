"""The tables and keys of an arena's file, each with its rule and its default."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from autonome.bootstrap.arena_file.choices import (
    DialectName,
    GuardingPolicy,
    ReasoningEffort,
    ToolChoice,
)
from autonome.bootstrap.arena_file.readers import (
    amount,
    base_url,
    display_name,
    length,
    matching,
    one_of,
    read_capital,
    stream_url,
    variable_name,
)
from autonome.domain.money import CENT
from autonome.domain.variants import VARIANT_IDS

__all__ = [
    "ALL_VARIANTS",
    "ARM_TABLES",
    "AgentTable",
    "ArenaFile",
    "ArenaTable",
    "ArmTable",
    "ControlsTable",
    "EndpointTable",
    "LlmTable",
    "MarketTable",
    "RulesTable",
]

ALL_VARIANTS: Final = "all"

_MOST_SYMBOLS: Final = 50
_MOST_REPLICAS: Final = 100
_MOST_KEYS: Final = 100
_MOST_STEPS: Final = 50
_MOST_TOKENS: Final = 1_000_000_000
_FASTEST: Final = 3_600
_LARGEST_SEED: Final = 2**31 - 1
_FINEST: Final = Decimal("0.000001")
_HUNDREDTH: Final = Decimal("0.01")

Replicas = Annotated[int, Field(strict=True, ge=1, le=_MOST_REPLICAS)]
Price = Annotated[
    Decimal,
    BeforeValidator(amount("USD per million tokens", low=0, high=100_000, step=_FINEST)),
]
Symbol = Annotated[
    str, BeforeValidator(matching("a symbol such as BTC", r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}"))
]
Word = Annotated[
    str,
    BeforeValidator(matching("a name of 1 to 200 characters without spaces", r"[!-~]{1,200}")),
]
Line = Annotated[
    str,
    BeforeValidator(matching("text of 1 to 500 characters on one line", r"[^\x00-\x1f]{1,500}")),
]
Variant = Annotated[str, BeforeValidator(one_of(*VARIANT_IDS, ALL_VARIANTS))]
EndpointName = Annotated[
    str,
    BeforeValidator(
        matching("an endpoint's name of up to 31 of a-z, 0-9, _ and -", r"[a-z][a-z0-9_-]{0,30}")
    ),
]


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise ValueError("each entry once")
    return values


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ArenaTable(_Table):
    """The keys under ``[arena]``."""

    name: str | None = Field(default=None, strict=True)
    cadence: Annotated[int, BeforeValidator(length(unit="m", low="1m", high="1d"))] = 5
    capital: Annotated[Decimal, BeforeValidator(read_capital)] | None = None
    symbols: Annotated[
        tuple[Symbol, ...],
        Field(min_length=1, max_length=_MOST_SYMBOLS),
        AfterValidator(_once),
    ] = ("BTC", "ETH", "SOL", "XRP", "BNB")
    profile: Line | None = None
    seed: Annotated[int, Field(strict=True, ge=0, le=_LARGEST_SEED)] = 0
    set: dict[str, object] = Field(default_factory=dict)


class MarketTable(_Table):
    """The keys under ``[market]``."""

    source: Line = "synthetic"
    speed: Annotated[int, Field(strict=True, ge=1, le=_FASTEST)] | None = None
    history: Annotated[int, BeforeValidator(length(unit="m", low="1d", high="366d"))] | None = None
    rest: Annotated[str, BeforeValidator(base_url)] | None = None
    stream: Annotated[str, BeforeValidator(stream_url)] | None = None


class EndpointTable(_Table):
    """The keys under ``[endpoints.NAME]``."""

    url: Annotated[str, BeforeValidator(base_url)] | None = None
    dialect: DialectName | None = None
    keys: (
        Annotated[
            tuple[Annotated[str, BeforeValidator(variable_name)], ...],
            Field(max_length=_MOST_KEYS),
            AfterValidator(_once),
        ]
        | None
    ) = None
    stream: StrictBool = True


class RulesTable(_Table):
    """The keys of ``[[arms]]`` with ``kind = "rules"``."""

    kind: Literal["rules"] = "rules"
    policy: GuardingPolicy = "standard"


class ControlsTable(_Table):
    """The keys of ``[[arms]]`` with ``kind = "controls"``."""

    kind: Literal["controls"] = "controls"
    replicas: Replicas = 1


class AgentTable(_Table):
    """The keys of ``[[arms]]`` with ``kind = "agent"``."""

    kind: Literal["agent"]
    agent: Annotated[
        str, BeforeValidator(matching("module:Class", r"[A-Za-z_][\w.]{0,199}:[A-Za-z_]\w{0,99}"))
    ]
    policy: GuardingPolicy = "standard"


class LlmTable(_Table):
    """The keys of ``[[arms]]`` with ``kind = "llm"``."""

    kind: Literal["llm"] = "llm"
    name: Annotated[str, BeforeValidator(display_name)] | None = None
    variant: Variant = ALL_VARIANTS
    model: Word
    endpoint: EndpointName
    temperature: (
        Annotated[Decimal, BeforeValidator(amount("a number", low=0, high=2, step=_HUNDREDTH))]
        | None
    ) = None
    reasoning_effort: ReasoningEffort | None = None
    tool_choice: ToolChoice = "auto"
    upstream: Word | None = None
    deadline: Annotated[int, BeforeValidator(length(unit="s", low="1s", high="1h"))] = 120
    steps: Annotated[int, Field(strict=True, ge=1, le=_MOST_STEPS)] = 10
    tokens_per_day: Annotated[int, Field(strict=True, ge=0, le=_MOST_TOKENS)] = 2_000_000
    money_per_day: (
        Annotated[Decimal, BeforeValidator(amount("USD", low=0, high=100_000, step=CENT))] | None
    ) = None
    price_in: Price | None = None
    price_out: Price | None = None
    policy: GuardingPolicy = "standard"
    replicas: Replicas = 1


ArmTable = RulesTable | ControlsTable | AgentTable | LlmTable
ARM_TABLES: Final[dict[str, type[_Table]]] = {
    "rules": RulesTable,
    "controls": ControlsTable,
    "agent": AgentTable,
    "llm": LlmTable,
}


class ArenaFile(_Table):
    """The tables at the top of the file."""

    arena: ArenaTable = ArenaTable()
    market: MarketTable = MarketTable()
    endpoints: dict[EndpointName, EndpointTable] = Field(default_factory=dict)
    arms: (
        Annotated[tuple[Annotated[ArmTable, Field(discriminator="kind")], ...], Field(min_length=1)]
        | None
    ) = None
