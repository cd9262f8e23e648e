"""Where the identifiers of an arena's rows come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import chain, count, repeat
from typing import Final

from autonome.arena.events import Names
from autonome.ledger.rows.ids import new_ids

__all__ = ["names_of", "pooled_ids"]

_IDS_AT_ONCE: Final = 1024
"""More than the longest turn of a model takes: its tool calls are of two pools at most, which is
how those who read a record know their order."""
_INDEX_BITS: Final = 32
_ARM_NUMBERS: Final = 2**15 - 1
"""Each arm numbers its own orders, below 2^48: no arm's numbers depend on another's."""


def pooled_ids() -> Callable[[], str]:
    """Return a source of identifiers that makes many at once: one at a time costs thrice."""
    return chain.from_iterable(map(new_ids, repeat(_IDS_AT_ONCE))).__next__


def names_of(
    arm: str, taken: set[int], new_id: Callable[[], str], *, last_order_index: int = 0
) -> Names:
    """Return the names of one arm's rows; its order numbers go on after ``last_order_index``.

    An arm's orders are numbered from its name, so that they are the same whoever else competes.
    Two names that give the same number (1 in 32,767) take neighbouring ones: ``taken`` has them.
    """
    digest = hashlib.blake2b(arm.encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big") % _ARM_NUMBERS
    while number in taken:
        number = (number + 1) % _ARM_NUMBERS
    taken.add(number)
    first = max(number << _INDEX_BITS, last_order_index) + 1
    return Names(new_id=new_id, next_order_index=count(first).__next__)
