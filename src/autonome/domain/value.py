"""Values: named fields that never change, made and copied at little cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, dataclass_transform

from msgspec import Struct, StructMeta, field

__all__ = ["changed", "field", "fields_of", "value"]

T = TypeVar("T")

if TYPE_CHECKING:
    # The type checker then knows the fields that may be named.
    from dataclasses import replace as changed

    @dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
    def value(cls: type[T]) -> type[T]:
        """Make a value class."""
        return cls

else:
    from msgspec.structs import replace as changed

    def value(cls: type[T]) -> type[T]:
        """Make a value class: keywords only, frozen, compared by its fields.

        A struct of msgspec costs a fifth of a dataclass to make, and an eighth to copy; a replay
        makes dozens for each event. The collector of cycles leaves them alone: a value can only
        hold what was there before it.
        """
        body = {"__qualname__": cls.__qualname__, **vars(cls)}
        for own in ("__dict__", "__weakref__"):
            body.pop(own, None)
        return StructMeta(cls.__name__, (Struct,), body, frozen=True, kw_only=True, gc=False)


def fields_of(cls: type) -> tuple[str, ...]:
    """Return the names of a value class's fields, in their order."""
    names: tuple[str, ...] = cls.__struct_fields__  # type: ignore[attr-defined]
    return names
