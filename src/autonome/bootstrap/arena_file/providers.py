"""The providers of models that Autonome knows by name: their address, key, and a cheap model."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from autonome.agents.llm.settings import OPENROUTER, Endpoint, Price

__all__ = ["PROVIDERS", "Provider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that an arm can name as its endpoint without a table of its own."""

    endpoint: Endpoint
    variable: str
    """Of the environment, where its key is looked for."""
    model: str
    """What competes by default where the key is there: cheap, and calls tools."""
    price: Price | None
    """Of that model; ``None``: not billed by the token."""


PROVIDERS: Final = {
    each.endpoint.name: each
    for each in (
        Provider(
            endpoint=OPENROUTER,
            variable="OPENROUTER_API_KEY",
            model="openai/gpt-oss-120b",
            price=Price(input=Decimal("0.15"), output=Decimal("0.60")),
        ),
        Provider(
            endpoint=Endpoint(name="nvidia", base_url="https://integrate.api.nvidia.com/v1"),
            variable="NVIDIA_API_KEY",
            model="nvidia/nemotron-3-super-120b-a12b",
            price=None,
        ),
        Provider(
            endpoint=Endpoint(name="openai", base_url="https://api.openai.com/v1"),
            variable="OPENAI_API_KEY",
            model="gpt-5-mini",
            price=Price(input=Decimal("0.25"), output=Decimal(2)),
        ),
    )
}
"""By name, in the order in which their arms compete.

Prices keep a budget, so they are those of the list of 2026 or, where hosts differ, above them.
"""
