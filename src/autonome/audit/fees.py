"""Compare the fees of a replay with one another: one rate for takers, one for makers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from autonome.audit.arithmetic import UNIT, decimal_text, half_even
from autonome.audit.report import Finding, Tally
from autonome.audit.rows import ADOPTED, Fill, aware

__all__ = ["Executions"]

_SQUARE: Final = UNIT * UNIT


@dataclass(slots=True)
class _Execution:
    """All parts of what traded at once."""

    model_id: str
    first: Fill
    notional: int = 0
    """1e-16 quote, > 0."""
    fee: int = 0
    """1e-8 quote."""

    @property
    def rate(self) -> int:
        """Return the fee as a fraction of the notional, in 1e-8: a ten-thousandth of a bp."""
        return half_even(self.fee * _SQUARE, self.notional)


class Executions:
    """The executions of an arena, by who waited."""

    def __init__(self) -> None:
        self._by_liquidity: dict[str, list[_Execution]] = defaultdict(list)

    def add(self, model_id: str, fills: Iterable[Fill]) -> None:
        """Take the fills of one model; the parts of a turn are one execution."""
        executions: dict[str, _Execution] = {}
        for fill in fills:
            # What a liquidation costs is a payment of its own.
            if fill.liquidity != ADOPTED and fill.purpose != "LIQUIDATION":
                execution = executions.setdefault(fill.number, _Execution(model_id, fill))
                execution.notional += abs(fill.quantity) * fill.price
                execution.fee += fill.fee
        for execution in executions.values():
            self._by_liquidity[execution.first.liquidity].append(execution)

    def check(self, tally: Tally) -> None:
        """Compare each fee with what the commonest rate gives, rounded half-even to 1e-8."""
        for executions in self._by_liquidity.values():
            tally.count("fee-rate", len(executions))
            rate = Counter(each.rate for each in executions).most_common(1)[0][0]
            for each in executions:
                expected = half_even(each.notional * rate, _SQUARE)
                if each.fee != expected:
                    finding = Finding(
                        table="Fills",
                        row_id=each.first.id,
                        model_id=each.model_id,
                        at=aware(each.first.at),
                        expected=f"fee {decimal_text(expected, places=8)}",
                        found=f"fee {decimal_text(each.fee, places=8)}",
                    )
                    tally.fail("fee-rate", finding)
