"""Rule agents: a class that says where to enter and where to get out, and trades by that."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar, Final

from autonome.agents.port import AccountView
from autonome.agents.rules.authored import asked_signals
from autonome.agents.rules.decider import RuleDecider
from autonome.agents.rules.entry import Entry
from autonome.agents.rules.ratchet import Ratchet
from autonome.agents.rules.settings import check_settings
from autonome.agents.rules.signals import Signals
from autonome.domain.choices import ArmKind
from autonome.domain.errors import SettingError
from autonome.domain.money import exact
from autonome.market.frame import Frame, Frames
from autonome.market.market import Market

__all__ = ["RuleAgent", "signals_of"]


class RuleAgent(ABC):
    """An agent that follows coded rules; subclass it, and write ``signals``.

    Every public attribute of the class is a setting: it is recorded with the arm, and can be
    given another value by name where an agent is made: ``EmaCross(name="Careful", risk=...)``.
    """

    kind: ClassVar[ArmKind] = ArmKind.RULE
    leader: ClassVar[str | None] = None

    name: str = ""
    """What the ledger calls it; the words of the class name, unless the class says otherwise."""
    variant: str | None = None
    """Id of the variant that it plays, if any."""
    symbols: tuple[str, ...] | None = None
    """What it trades; ``None``: everything in the market."""
    timeframe_minutes: int | None = None
    """Length of its bars, a multiple of the arena's cadence; ``None``: the cadence."""
    warm_up_bars: int = 300
    """Bars at the beginning in which nothing is entered."""
    leverage: Decimal = Decimal(5)
    """Of each position; it decides the margin, not the size. At 1, one position of the default
    exposure would already leave less free collateral than the policy ``standard`` asks for."""
    exposure: Decimal = Decimal(1)
    """Most notional of a position, as a fraction of NAV."""
    risk: Decimal | None = None
    """Fraction of NAV lost when the stop is hit, before costs; ``None``: size by exposure alone."""
    time_exit_minutes: int | None = None
    """Minutes after the decision at which a position ends."""
    cooldown_minutes: int | None = None
    """Minutes after a close without an entry in the symbol; ``None``: the policy's."""
    ratchet: Ratchet | None = None
    """Profits that are locked on the way."""
    patience_minutes: int | None = None
    """Minutes after which a position that has gained too little is closed, at any time then."""
    patience_r: Decimal = Decimal(1)
    """How little that is, in multiples of the distance from entry to first stop."""

    def __init__(self, **settings: object) -> None:
        """Take over ``settings`` in place of the class's own.

        Raises:
            SettingError: there is no such setting, or one is not what it has to be.
        """
        known = {"name", "variant", *self.settings}
        for name, setting in settings.items():
            if name not in known:
                raise SettingError(
                    f"{type(self).__name__}: expected a setting of the class, found {name!r}.",
                    remedy=f"Take one of {', '.join(sorted(known))}.",
                )
            setattr(self, name, setting)
        check_settings(self.name, self.variant, self.settings)

    def __init_subclass__(cls) -> None:
        if "name" not in vars(cls):
            cls.name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", cls.__name__)

    @abstractmethod
    def signals(self, frame: Frame) -> Signals:
        """Return where to enter and get out; row by row, from that row's bar and earlier ones."""

    @exact
    def notional(self, entry: Entry, account: AccountView) -> Decimal:
        """Return the size of an entry (quote): the exposure, or less where the risk says so."""
        most = account.nav * self.exposure
        if self.risk is None:
            return most
        losing = entry.notional_losing(account.nav * self.risk)
        return most if losing is None else min(most, losing)

    @property
    def description(self) -> str:
        """Return the first line of the class's docstring: the reason of its entries."""
        return ((type(self).__doc__ or "").strip() or self.name).splitlines()[0]

    @property
    def settings(self) -> Mapping[str, object]:
        """Return every setting by name, with its present value."""
        names = {
            name
            for each in type(self).__mro__
            for name, found in vars(each).items()
            if not name.startswith("_") and not callable(found) and not isinstance(found, property)
        }
        return {name: getattr(self, name) for name in sorted(names - _IDENTITY)}

    def begin(self, market: Market, *, cadence_minutes: int, seed: int) -> RuleDecider:
        """Return the decider for one replay: the columns of every symbol, computed once.

        Raises:
            SettingError: a setting does not fit the market or the cadence, or a column the frame.
        """
        frames, signals = signals_of(self, market, cadence_minutes=cadence_minutes)
        return RuleDecider(self, frames=frames, signals=signals, cadence_minutes=cadence_minutes)


_IDENTITY: Final = frozenset({"kind", "leader", "name", "variant"})
"""What the arena asks for by itself, and does not record as a setting."""


def signals_of(
    agent: RuleAgent, market: Market, *, cadence_minutes: int
) -> tuple[Mapping[str, Frame], Mapping[str, Signals]]:
    """Return the frame and the checked signals of each symbol that an agent trades.

    Raises:
        SettingError: a setting does not fit the market or the cadence, or a column the frame.
    """
    minutes = agent.timeframe_minutes or cadence_minutes
    if minutes % cadence_minutes:
        raise SettingError(
            f"{agent.name}: expected bars of a multiple of the cadence ({cadence_minutes} minutes),"
            f" found {minutes}.",
            remedy="Set timeframe_minutes to such a multiple, or another cadence.",
        )
    made = Frames(market)
    symbols = market.symbols if agent.symbols is None else agent.symbols
    frames = {symbol: made.frame(symbol, minutes=minutes) for symbol in symbols}
    signals = {
        symbol: asked_signals(agent, frame).checked(frame, agent=agent.name)
        for symbol, frame in frames.items()
    }
    for symbol, each in signals.items():
        for entries in (each.long, each.short):
            if agent.risk is not None and entries is not None and entries.stop is None:
                raise SettingError(
                    f"{agent.name}: expected a stop for {symbol}, since risk is set; found none.",
                    remedy="Give Entries a stop, or set risk = None.",
                )
    return frames, signals
