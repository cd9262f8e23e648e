"""What the settings of a rule agent must be, before anything is computed with them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from autonome.agents.rules.ratchet import Ratchet
from autonome.domain.errors import SettingError
from autonome.domain.variants import VARIANT_IDS

__all__ = ["check_settings"]

_LONGEST_NAME: Final = 60
_EXACT: Final = ("leverage", "risk", "exposure", "patience_r")
_POSITIVE: Final = ("leverage", "risk", "exposure")
_COUNTS: Final = (
    "warm_up_bars",
    "timeframe_minutes",
    "time_exit_minutes",
    "cooldown_minutes",
    "patience_minutes",
)
_LARGEST_COUNT: Final = 100 * 366 * 1_440
"""Minutes of a century: beyond, an instant would leave the calendar."""
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def check_settings(name: object, variant: object, settings: Mapping[str, object]) -> None:
    """Refuse a name, a variant or settings by which no agent can trade.

    Raises:
        SettingError: one is not what it has to be; the message names it.
    """
    if not (isinstance(name, str) and name.strip() and name.isprintable()) or (
        len(name) > _LONGEST_NAME
    ):
        raise SettingError(
            f"expected an agent's name as 1 to {_LONGEST_NAME} printable characters,"
            f" found {name!r}.",
            remedy='Give the class a name, such as name = "Ema Cross".',
        )
    if variant is not None and variant not in VARIANT_IDS:
        raise SettingError(
            f"{name}: expected variant as one of {', '.join(VARIANT_IDS)} or None,"
            f" found {variant!r}.",
            remedy="Take one of them, or leave it out.",
        )
    for key, setting in settings.items():
        _check(name, key, setting)


def _check(agent: str, key: str, setting: object) -> None:
    if key in _EXACT:
        _check_exact(agent, key, setting)
    elif key.endswith(("_bars", "_minutes")):
        _check_count(agent, key, setting)
    elif key == "symbols" and not _is_symbols(setting):
        raise SettingError(
            f"{agent}: expected symbols as a tuple of words or None, found {setting!r}.",
            remedy='Write symbols = ("BTC", "ETH").',
        )
    elif key == "ratchet" and not isinstance(setting, Ratchet | None):
        raise SettingError(
            f"{agent}: expected ratchet as a Ratchet or None, found {setting!r}.",
            remedy="Write ratchet = Ratchet(steps=(RatchetStep(...),)).",
        )
    _check_recordable(agent, key, setting)


def _check_exact(agent: str, key: str, setting: object) -> None:
    if setting is None and key == "risk":
        return
    if isinstance(setting, bool) or not isinstance(setting, Decimal | int):
        written = setting if isinstance(setting, float | str) else "0.5"
        raise SettingError(
            f"{agent}: expected {key} as a Decimal, found {setting!r}.",
            remedy=f'Write {key} = Decimal("{written}").',
        )
    number = Decimal(setting)
    if not number.is_finite() or (key in _POSITIVE and number <= 0):
        above = " above 0" if key in _POSITIVE else ""
        raise SettingError(
            f"{agent}: expected {key} as a finite number{above}, found {setting}.",
            remedy=f"Give {key} another value.",
        )


def _check_count(agent: str, key: str, setting: object) -> None:
    """Refuse a negative count; one of the user's own may be no number at all, several say."""
    is_ours = key in _COUNTS
    if is_ours and setting is None and key != "warm_up_bars":
        return
    if is_ours and (isinstance(setting, bool) or not isinstance(setting, int)):
        raise SettingError(
            f"{agent}: expected {key} as a whole number, found {setting!r}.",
            remedy=f"Write {key} = 60, say.",
        )
    if isinstance(setting, int | float | Decimal) and not 0 <= setting <= _LARGEST_COUNT:
        raise SettingError(
            f"{agent}: expected {key} from 0 to {_LARGEST_COUNT:,}, found {setting!r}.",
            remedy=f"Give {key} another value.",
        )


def _is_symbols(setting: object) -> bool:
    return setting is None or (
        isinstance(setting, tuple | list) and all(isinstance(each, str) for each in setting)
    )


def _check_recordable(agent: str, key: str, setting: object) -> None:
    """Refuse what the ledger could not keep as JSON: NaN of a Decimal, say, or a NUL in words."""
    try:
        text = _ENCODER.encode(setting)
        msgspec.json.decode(text)
        is_kept = b"\\u0000" not in text
    except Exception:  # An object of the user's own may raise anything.
        is_kept = False
    if not is_kept:
        raise SettingError(
            f"{agent}: expected {key} as something that JSON can hold, found {setting!r}.",
            remedy=f"Name it _{key}: a name that begins with an underscore is no setting.",
        )
