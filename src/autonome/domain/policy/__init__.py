"""The policy: named, versioned rules that shrink or refuse what an agent asks for.

It never enlarges, invents or forces a trade, and no limit stands in the way of closing one.
"""

from autonome.domain.policy.columns import out_of_range
from autonome.domain.policy.gates import was_drawdown
from autonome.domain.policy.judge import judge, judge_symbol, judge_update
from autonome.domain.policy.limits import Limits
from autonome.domain.policy.policies import Policy, policy_for
from autonome.domain.policy.request import Change, Exposure, Request, Standing, Verdict
from autonome.domain.policy.revising import (
    LimitRange,
    LimitRefused,
    limits_of,
    ranges_of,
    revised,
)
from autonome.domain.policy.rule import Rule

__all__ = [
    "Change",
    "Exposure",
    "LimitRange",
    "LimitRefused",
    "Limits",
    "Policy",
    "Request",
    "Rule",
    "Standing",
    "Verdict",
    "judge",
    "judge_symbol",
    "judge_update",
    "limits_of",
    "out_of_range",
    "policy_for",
    "ranges_of",
    "revised",
    "was_drawdown",
]
