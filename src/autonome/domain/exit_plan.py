"""The exit plan of a position: when it ends, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from autonome.domain.money import decimal_of
from autonome.domain.value import fields_of, value

__all__ = ["ExitPlan"]


@value
class ExitPlan:
    """What a model decided about the end of a position; every part may be absent.

    Reading asks for numbers only, since a foreign client may have written the plan: whether it is
    allowed is a question for the policy, when it is made.
    """

    stop: Decimal | None = None
    """Price (quote) that ends a losing position."""
    target: Decimal | None = None
    """Price (quote) that ends a winning position."""
    invalidation: str | None = None
    """The model's words for what would prove it wrong."""
    invalidation_price: Decimal | None = None
    """Price (quote): a bar that closes beyond it ends the position."""
    confidence: Decimal | None = None
    """The model's confidence in the plan, in [0, 1]."""
    time_exit: str | None = None
    """Date or instant (UTC) at which the position ends; a bare date is 00:00."""
    cooldown_until: str | None = None
    """Instant (UTC) before which the symbol is not entered again."""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of it can end the position."""
        return (
            self.stop is None
            and self.target is None
            and self.invalidation_price is None
            and self.time_exit is None
        )

    @property
    def ends_at(self) -> datetime | None:
        """Return the instant of ``time_exit``; a bare date is 00:00, no zone means UTC.

        Raises:
            ValueError: it is neither a date nor an instant (ISO 8601).
        """
        if self.time_exit is None:
            return None
        instant = datetime.fromisoformat(self.time_exit)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)

    def to_json(self) -> dict[str, Decimal | str | None]:
        """Return the object that the column ``exitPlan`` stores: seven keys, always."""
        return {
            "stop": self.stop,
            "target": self.target,
            "invalidation": self.invalidation,
            "invalidationPrice": self.invalidation_price,
            "confidence": self.confidence,
            "timeExit": self.time_exit,
            "cooldownUntil": self.cooldown_until,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> ExitPlan:
        """Read a stored object; keys that are missing count as null, unknown keys are ignored.

        Raises:
            TypeError: a number came as a binary floating-point number.
            ValueError: a number is not finite.
        """
        return cls(**{name: _read(name, stored.get(key)) for name, key in _KEYS.items()})  # type: ignore[arg-type]


_KEYS = {
    "stop": "stop",
    "target": "target",
    "invalidation": "invalidation",
    "invalidation_price": "invalidationPrice",
    "confidence": "confidence",
    "time_exit": "timeExit",
    "cooldown_until": "cooldownUntil",
}
_NUMBERS = frozenset({"stop", "target", "invalidation_price", "confidence"})


def _read(name: str, value: object) -> Decimal | str | None:
    if value is None:
        return None
    if name in _NUMBERS:
        return decimal_of(value)  # type: ignore[arg-type]
    return str(value)


assert set(_KEYS) == set(fields_of(ExitPlan))
