"""Settings as nested tables: every key is read with its rule, and no key is left unread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Self, TypeVar

from autonome.domain.errors import SettingError
from autonome.domain.money import decimal_of
from autonome.venue.ranges import Range

__all__ = ["Table", "number", "range_of", "whole_number"]

T = TypeVar("T")

_WIDEST: Final = 12
"""Digits before and after the point: whatever is computed from such numbers stays exact."""


class Table:
    """One table of a profile; a mistake in it is refused by the name of profile and key."""

    def __init__(self, values: object, *, profile: str, path: str = "") -> None:
        """Take ``values``, which stand under ``path`` of the profile."""
        self._profile = profile
        self._path = path
        if not isinstance(values, Mapping):
            raise self._refusal("", f"expected a table, found {values!r}")
        self._unread = dict(values)
        self._known: list[str] = []

    def take(self, key: str, read: Callable[[object], T]) -> T:
        """Return the value under ``key``, as ``read`` makes it out.

        Raises:
            SettingError: there is none, or ``read`` raised a ``ValueError`` or a ``TypeError``.
        """
        self._known.append(key)
        if key not in self._unread:
            raise self._refusal(
                key,
                "expected a value, found none",
                remedy="State every cost and filter; nothing is zero by omission.",
            )
        try:
            return read(self._unread.pop(key))
        except (ValueError, TypeError) as error:
            raise self._refusal(key, str(error)) from None

    def take_optional(self, key: str, read: Callable[[object], T]) -> T | None:
        """Return the value under ``key`` like ``take``, and ``None`` where none is stated."""
        if self._unread.get(key) is not None:
            return self.take(key, read)
        self._known.append(key)
        self._unread.pop(key, None)
        return None

    def take_tables(self, key: str) -> dict[str, Table]:
        """Return the tables under ``key``, by name; at least one."""
        within = self.take(key, _mapping)
        return {
            name: Table(values, profile=self._profile, path=f"{self._path}{key}.{name}.")
            for name, values in within.items()
        }

    def __enter__(self) -> Self:
        """Begin to read; at the end every key must have been taken, and the whole must fit."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        """Refuse values that do not fit together, and a key that nobody knows: a typing error."""
        if isinstance(error, ValueError):
            raise self._refusal("", str(error)) from None
        if error is None and self._unread:
            raise self._refusal(
                next(iter(self._unread)),
                "expected a known key, found this one",
                remedy=f"Choose among {', '.join(self._known)}.",
            )

    def _refusal(
        self, key: str, problem: str, *, remedy: str = "Correct the value."
    ) -> SettingError:
        place = f"{self._path}{key}".rstrip(".") or "as a whole"
        return SettingError(f"Venue profile {self._profile!r}, {place}: {problem}.", remedy=remedy)


def number(
    *,
    at_least: int | None = None,
    above: int | None = None,
    at_most: int | None = None,
    below: int | None = None,
) -> Callable[[object], Decimal]:
    """Return a reader of an exact number within limits; ``None`` is no limit."""
    limits = {"of at least": at_least, "above": above, "of at most": at_most, "below": below}
    stated = [f"{name} {limit}" for name, limit in limits.items() if limit is not None]
    wanted = f"a number {' and '.join(stated)}"

    def read(value: object) -> Decimal:
        result = _exact_number(value, wanted)
        fits = (
            (at_least is None or result >= at_least)
            and (above is None or result > above)
            and (at_most is None or result <= at_most)
            and (below is None or result < below)
        )
        if not fits:
            raise ValueError(f"expected {wanted}, found {value!s}")
        return result

    return read


def whole_number(value: object) -> int:
    """Read a whole number above zero."""
    result = _exact_number(value, "a whole number above 0")
    if result <= 0 or result != int(result):
        raise ValueError(f"expected a whole number above 0, found {value!s}")
    return int(result)


def range_of(*, step: Decimal, below: int) -> Callable[[object], Range]:
    """Return a reader of a number, or of a table with ``low`` and ``high``, on a grid."""
    wanted = f"a number of at least 0 and below {below}, or a table with low and high"

    def read(value: object) -> Range:
        ends = value if isinstance(value, Mapping) else {"low": value, "high": value}
        if set(ends) != {"low", "high"}:
            raise ValueError(f"expected {wanted}, found the keys {', '.join(map(str, ends))}")
        low, high = (_exact_number(ends[name], wanted) for name in ("low", "high"))
        if not 0 <= high < below:
            raise ValueError(f"expected {wanted}, found {high!s}")
        return Range(low=low, high=high, step=step)

    return read


def _exact_number(value: object, wanted: str) -> Decimal:
    try:
        result = decimal_of(value)  # type: ignore[arg-type]  # It refuses every other type.
    except (ValueError, TypeError):
        raise ValueError(f"expected {wanted}, found {value!r}") from None
    exponent = result.as_tuple().exponent
    if result.adjusted() >= _WIDEST or not isinstance(exponent, int) or exponent < -_WIDEST:
        raise ValueError(f"expected {wanted} with at most {_WIDEST} decimals, found {value!s}")
    return result


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"expected at least one table, found {value!r}")
    return value
