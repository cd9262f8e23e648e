"""What an arena's file comes to: every value read, checked and given its default."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from autonome.agents.llm.settings import Endpoint, LlmSettings
from autonome.bootstrap.arena_file.choices import SourceKind
from autonome.domain.choices import PolicyName
from autonome.venue.profile import VenueProfile

__all__ = [
    "AgentPlan",
    "ArenaPlan",
    "ArmPlan",
    "ControlsPlan",
    "EndpointPlan",
    "LlmPlan",
    "MarketPlan",
    "RulesPlan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPlan:
    """Where prices come from, and how fast time runs."""

    kind: SourceKind
    folder: Path | None
    """Candles and funding of a ``replay``, absolute; else ``None``."""
    exchange: str | None
    """The exchange of ``ccxt``, by its id there; else ``None``."""
    rest_url: str | None = None
    """Where a ``live`` market answers; ``None``: Lighter's main network."""
    stream_url: str | None = None
    """Where it streams; ``None``: likewise."""
    speed: int
    """Arena seconds per second, >= 1; 1 on a live market."""
    history_minutes: int
    """How much of the market lies behind the first cycle, for indicators to begin on."""

    @property
    def is_live(self) -> bool:
        """Return whether it goes on by itself, as a venue tells it."""
        return self.kind in ("live", "ccxt")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPlan:
    """A server of models, and the keys that may be sent there."""

    endpoint: Endpoint
    keys: tuple[SecretStr, ...]
    """Taken in turn; empty where the server asks for none."""
    variables: tuple[str, ...] = ()
    """Names of the environment variables that hold them."""
    missing: str | None = None
    """The variable of a key that is not set: this process cannot ask there, others may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPlan:
    """The coded variants, one arm each."""

    policy: PolicyName


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlsPlan:
    """The standard controls."""

    replicas: int
    """Random-entry controls, which differ by chance alone; >= 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPlan:
    """A rule agent of the user's own."""

    reference: str
    """``module:Class``."""
    policy: PolicyName
    number: int
    """Of its table among the arms of the file, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmPlan:
    """One arm that asks a model: one variant, one replica."""

    name: str
    """What people read, and what commands call it; no other arm of the plan has it."""
    variant: str
    """An id of the registry."""
    replica: int
    """Counted from 1."""
    policy: PolicyName
    settings: LlmSettings
    """How its model is asked; the endpoint is one of the plan's."""


ArmPlan = RulesPlan | ControlsPlan | AgentPlan | LlmPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ArenaPlan:
    """An arena that runs by itself."""

    file: Path | None
    """Where it was read from; ``None``: nowhere, all of it is default."""
    name: str | None
    """``None`` leaves it to the option and the environment."""
    cadence_minutes: int
    capital: Decimal
    """Quote, of each arm; whole cents."""
    symbols: tuple[str, ...]
    profile: VenueProfile
    """With the overrides of the file put in."""
    seed: int
    """Of the synthetic market, and of everything drawn; >= 0."""
    market: MarketPlan
    endpoints: tuple[EndpointPlan, ...]
    """Those that an arm uses."""
    offered: tuple[EndpointPlan, ...] = ()
    """All that the file and we know: arms that operators add may use them."""
    may_lack_keys: bool = False
    """Whether other processes may ask where this one has no key."""
    arms: tuple[ArmPlan, ...]
    """In the order of the file; at least one."""

    @property
    def said(self) -> dict[str, object]:
        """Return what pages show of how the arena is run."""
        exchange = self.market.exchange
        return {
            "market": self.market.kind if exchange is None else f"{self.market.kind}:{exchange}",
            "profile": self.profile.name,
            "quote": self.profile.quote,
            "cadenceMinutes": self.cadence_minutes,
            "speed": self.market.speed,
            "endpoints": [
                {
                    "name": each.endpoint.name,
                    "baseUrl": each.endpoint.base_url,
                    "dialect": each.endpoint.dialect.value,
                    "keys": list(each.variables),
                }
                for each in self.offered
            ],
        }
