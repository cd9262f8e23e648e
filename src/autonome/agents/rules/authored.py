"""What an author's code answers: its own failures are told with the place where they happened."""

from __future__ import annotations

import traceback
from decimal import Decimal, DefaultContext, getcontext, localcontext, setcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autonome.agents.port import AccountView
from autonome.agents.rules.entry import Entry
from autonome.agents.rules.signals import Entries, Signals
from autonome.domain.errors import AutonomeError, SettingError
from autonome.market.frame import Frame

if TYPE_CHECKING:
    from autonome.agents.rules.agent import RuleAgent

__all__ = ["asked_notional", "asked_signals"]

_PACKAGE: Final = Path(__file__).parents[2]


def asked_signals(agent: RuleAgent, frame: Frame) -> Signals:
    """Return the signals that ``agent`` gives for a frame.

    Raises:
        SettingError: its code fails, or answers anything but signals.
    """
    with localcontext(DefaultContext):  # An author's own arithmetic may round.
        try:
            found: object = agent.signals(frame)
        except AutonomeError:
            raise
        except Exception as error:
            raise _failed(error, f"{agent.name}: signals failed for {frame.symbol}") from error
    if not isinstance(found, Signals):
        raise SettingError(
            f"{agent.name}: expected signals to return Signals, found {found!r}.",
            remedy="End it with return Signals(long=Entries(...), short=Entries(...)).",
        )
    for side in (found.long, found.short):
        if not isinstance(side, Entries | None):
            raise SettingError(
                f"{agent.name}: expected each side of Signals as Entries or None, found a"
                f" {type(side).__name__}.",
                remedy="Write Signals(long=Entries(enter=...)).",
            )
    return found


def asked_notional(agent: RuleAgent, entry: Entry, account: AccountView) -> Decimal:
    """Return the notional (quote) that ``agent`` gives an entry.

    Raises:
        SettingError: its code fails, or answers no finite Decimal.
    """
    present = getcontext()
    setcontext(DefaultContext)  # A copy, as above; ours is marked exact, and stays so.
    try:
        found: object = agent.notional(entry, account)
    except AutonomeError:
        raise
    except Exception as error:
        raise _failed(error, f"{agent.name}: notional failed for {entry.symbol}") from error
    finally:
        setcontext(present)
    if not (isinstance(found, Decimal) and found.is_finite()):
        raise SettingError(
            f"{agent.name}: expected notional as a Decimal, found {found!r}.",
            remedy='Compute with Decimal, and write Decimal("0.5").',
        )
    return found


def _failed(error: Exception, failure: str) -> SettingError:
    """Return what an author is told of a failure of the class."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    is_ours = Path(last.filename).is_relative_to(_PACKAGE)
    return SettingError(
        f"{failure} in {last.filename}, line {last.lineno}: {type(error).__name__}: {error}",
        remedy="Look at what the class passes on; if that is right, report this as a defect."
        if is_ours
        else "Correct the class.",
    )
