"""What an author's code answers: its own failures are told with the place where they happened."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from decimal import Decimal, DefaultContext, localcontext
from pathlib import Path
from typing import Final, TypeVar

from autonome.agents.rules.signals import Entries, Signals
from autonome.domain.errors import AutonomeError, SettingError

__all__ = ["asked_notional", "asked_signals"]

_Answer = TypeVar("_Answer")

_PACKAGE: Final = Path(__file__).parents[2]


def asked_signals(ask: Callable[[], Signals], *, agent: str, symbol: str) -> Signals:
    """Return the signals that ``ask`` answers.

    Raises:
        SettingError: it fails, or answers anything but signals.
    """
    with localcontext(DefaultContext):  # An author's own arithmetic may round.
        found: object = _asked(ask, f"{agent}: signals failed for {symbol}")
    if not isinstance(found, Signals):
        raise SettingError(
            f"{agent}: expected signals to return Signals, found {found!r}.",
            remedy="End it with return Signals(long=Entries(...), short=Entries(...)).",
        )
    for side in (found.long, found.short):
        if not isinstance(side, Entries | None):
            raise SettingError(
                f"{agent}: expected each side of Signals as Entries or None, found a"
                f" {type(side).__name__}.",
                remedy="Write Signals(long=Entries(enter=...)).",
            )
    return found


def asked_notional(ask: Callable[[], Decimal], *, agent: str, symbol: str) -> Decimal:
    """Return the notional (quote) that ``ask`` answers.

    Raises:
        SettingError: it fails, or answers no finite Decimal.
    """
    with localcontext(DefaultContext):  # As above; ours is marked exact, and stays so.
        found: object = _asked(ask, f"{agent}: notional failed for {symbol}")
    if not (isinstance(found, Decimal) and found.is_finite()):
        raise SettingError(
            f"{agent}: expected notional as a Decimal, found {found!r}.",
            remedy='Compute with Decimal, and write Decimal("0.5").',
        )
    return found


def _asked(ask: Callable[[], _Answer], failure: str) -> _Answer:
    try:
        return ask()
    except AutonomeError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        is_ours = Path(last.filename).is_relative_to(_PACKAGE)
        raise SettingError(
            f"{failure} in {last.filename}, line {last.lineno}: {type(error).__name__}: {error}",
            remedy="Look at what the class passes on; if that is right, report this as a defect."
            if is_ours
            else "Correct the class.",
        ) from error
