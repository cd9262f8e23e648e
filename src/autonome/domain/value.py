"""Values of the hot path: frozen to the type checker, cheap to make and to change at run time."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

__all__ = ["changed", "value"]

T = TypeVar("T")

if TYPE_CHECKING:
    # The type checker then knows the fields that may be named.
    from dataclasses import replace as changed

    @dataclass_transform(kw_only_default=True, frozen_default=True)
    def value(cls: type[T]) -> type[T]:
        """Make a frozen value class."""
        return cls

else:

    def value(cls: type[T]) -> type[T]:
        """Make a value class: slots, keywords only, compared by its fields.

        Run-time ``frozen`` would more than double the cost of making one, and a replay makes a
        dozen for each event. The type checker refuses assignments, and so does a tidy test.
        """
        made = dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)
        made._copied = _copier(made)
        return made

    def changed(present: T, **changes: Any) -> T:
        """Return a value of ``@value`` with other fields, at a third of ``replace``'s cost.

        What a class checks when it is made is not checked again.
        """
        copy = present._copied()
        for name, field in changes.items():
            setattr(copy, name, field)
        return copy

    def _copier(cls: type[T]) -> Any:
        """Return a method that copies field by field, written out: a loop costs more."""
        lines = [f"    copy.{field.name} = self.{field.name}" for field in fields(cls)]
        source = "\n".join(["def copied(self):", "    copy = new(cls)", *lines, "    return copy"])
        scope = {"new": object.__new__, "cls": cls}
        exec(source, scope)
        return scope["copied"]
