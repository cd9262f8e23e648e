"""The arms that one ``[[arms]]`` table of kind ``llm`` stands for."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from autonome.agents.llm.settings import Endpoint, LlmSettings, Price
from autonome.bootstrap.arena_file.endpoints import Endpoints
from autonome.bootstrap.arena_file.places import Place
from autonome.bootstrap.arena_file.plan import LlmPlan
from autonome.bootstrap.arena_file.tables import ALL_VARIANTS, LlmTable
from autonome.domain.choices import PolicyName
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANTS, Variant

__all__ = ["DEFAULT_MONEY_PER_DAY", "llm_arms"]

DEFAULT_MONEY_PER_DAY: Final = Decimal(1)
"""USD of each arm, where its prices are known."""
_MS_PER_SECOND: Final = 1_000


def llm_arms(table: LlmTable, number: int, endpoints: Endpoints, place: Place) -> Iterator[LlmPlan]:
    """Return an arm for each variant and replica of the table at ``number``, counted from 1.

    Raises:
        SettingError: its endpoint is unknown or lacks a key, or its values do not fit together.
    """
    path = f"arms[{number}]"
    endpoint = endpoints.use(table.endpoint, f"{path}.endpoint")
    price = _price(table, path, place)
    try:
        for variant in VARIANTS:
            if table.variant in (ALL_VARIANTS, variant.id):
                for replica in range(1, table.replicas + 1):
                    yield _arm(table, variant, replica, endpoint, price)
    except SettingError as error:
        raise place.refusal(path, f"{error.problem}.", remedy="Correct the arm.") from None


def _price(table: LlmTable, path: str, place: Place) -> Price | None:
    if table.price_in is not None and table.price_out is not None:
        return Price(input=table.price_in, output=table.price_out)
    if table.price_in is not None or table.price_out is not None:
        missing = "price_in" if table.price_in is None else "price_out"
        raise place.refusal(
            f"{path}.{missing}", "expected both prices or neither, found one.", remedy="Add it."
        )
    if table.money_per_day is not None:
        raise place.refusal(
            f"{path}.money_per_day",
            "expected prices beside it, by which a request is judged before it is sent; found"
            " none.",
            remedy="Add price_in and price_out (USD per million tokens), or leave it out.",
        )
    return None


def _arm(
    table: LlmTable, variant: Variant, replica: int, endpoint: Endpoint, price: Price | None
) -> LlmPlan:
    name = _name(table, variant, replica)
    money = table.money_per_day
    return LlmPlan(
        name=name,
        variant=variant.id,
        replica=replica,
        policy=PolicyName(table.policy),
        settings=LlmSettings(
            name=name,
            model=table.model,
            endpoint=endpoint,
            temperature=table.temperature,
            reasoning_effort=table.reasoning_effort,
            tool_choice=table.tool_choice,
            upstream=table.upstream,
            deadline_ms=table.deadline * _MS_PER_SECOND,
            most_steps=table.steps,
            tokens_per_day=table.tokens_per_day,
            money_per_day=DEFAULT_MONEY_PER_DAY if price and money is None else money,
            price=price,
        ),
    )


def _name(table: LlmTable, variant: Variant, replica: int) -> str:
    """Return a name that tells the arms of one table apart."""
    if table.name is None:
        name = f"{table.model.rpartition('/')[2]} {variant.label}"
    elif table.variant == ALL_VARIANTS:
        name = f"{table.name} {variant.label}"
    else:
        name = table.name
    return name if table.replicas == 1 else f"{name} {replica}"
