"""Settings: read once from the environment (``AUTONOME_...``), then passed on as values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from autonome.domain.errors import SettingError
from autonome.domain.shown import shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Settings", "read_settings", "wrong_value"]

_WANTED: Final = {
    "int_parsing": "a whole number",
    "greater_than_equal": "a number of at least {ge:,}",
    "less_than_equal": "a number of at most {le:,}",
}
"""What was expected, by the kind of the validator's error."""


class Settings(BaseSettings):
    """Everything that a user may set; the defaults are safe: embedded, loopback, simulated."""

    model_config = SettingsConfigDict(
        env_prefix="AUTONOME_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    home: Path = Field(default_factory=lambda: user_data_path("autonome"))
    """Folder of the embedded database and of everything else that Autonome keeps."""
    database_url: SecretStr | None = None
    """``postgresql://...`` of a PostgreSQL >= 15 of the user's own, used instead of the embedded
    one."""
    arena: str = "public"
    """The arena (one PostgreSQL schema) that commands use when none is named."""
    postgres_bin: Path | None = None
    """Folder with ``postgres`` and ``initdb``; by default those of the wheel, then the system's."""
    postgres_port: int = Field(default=0, ge=0, le=65535)
    """Loopback port of the embedded server; 0 takes a free one."""
    postgres_min_free_mb: int = Field(default=256, ge=0)
    """Free disk space (MiB) below which the embedded server does not start."""

    @field_validator("home", "postgres_bin")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path is not None else None

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        from psycopg import ProgrammingError, conninfo

        text = url.get_secret_value()
        try:
            conninfo.conninfo_to_dict(text)
        except ProgrammingError:
            text = ""
        if not text.startswith(("postgresql://", "postgres://")):
            raise ValueError(
                "expected postgresql://user:password@host:port/name, found something else,"
                " which is not repeated: it may hold a password."
            )
        return url


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: a value has the wrong form; the message never repeats a secret.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "AUTONOME_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingError(
            f"{name} cannot be used: {wrong_value(first)}", remedy=f"Correct or unset {name}."
        ) from None


def wrong_value(details: ErrorDetails) -> str:
    """Return what was expected of a setting or an option, and what came."""
    kind, words = details["type"], details["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return words
    if kind in _WANTED:
        words = "expected " + _WANTED[kind].format(**details.get("ctx", {}))
    return f"{words}, found {shown(details['input'])}."
