/** What went wrong, what it cost, and how the arm is run: on paper. */

import type { Arm, ArmPolicy, FailureKind, Failures } from "../../api/types";
import { count, money } from "../../figures/figures";
import { asText } from "../../lists/calls";
import { FAILURE_KINDS } from "../../lists/failures";
import { At } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { limitWords, ruleOf } from "../control/policy/limits";

export function FailureCounts({ counts, arm }: { counts: Failures["counts"]; arm: Arm }) {
  const kinds = Object.entries(FAILURE_KINDS) as [FailureKind, (typeof FAILURE_KINDS)[FailureKind]][];
  return (
    <Pairs
      pairs={[
        ["Decisions completed", count(arm.counters.invocations)],
        ...kinds.map(([kind, [, words, meaning]]) => {
          const name = `${words.slice(2).replace(/^./, (letter) => letter.toUpperCase())}: ${meaning}`;
          return [name, count(counts[kind] ?? 0)] as const;
        }),
      ]}
    />
  );
}

export function Cost({ arm }: { arm: Arm }) {
  const { spentToday, counters } = arm;
  return (
    <Pairs
      pairs={[
        ["So far", money(arm.inferenceCost)],
        ["Decisions", count(counters.invocations)],
        ["Tokens today", spentToday ? count(spentToday.tokens) : "none"],
        ["Cost today", spentToday ? money(spentToday.cost) : "none"],
        ["Money a day, at most", spentToday?.moneyPerDay ? money(spentToday.moneyPerDay) : "no limit"],
      ]}
    />
  );
}

export function SettingPairs({ arm }: { arm: Arm }) {
  return (
    <Pairs
      pairs={[
        ["Starting capital", money(arm.startingCapital)],
        ["Joined", <At key="at" at={arm.createdAt} />],
        ...Object.entries(arm.settings).map(([name, value]) => [name, asText(value) ?? "none"] as const),
      ]}
    />
  );
}

export function Limits({ policy }: { policy: ArmPolicy }) {
  return (
    <Pairs
      pairs={Object.entries(policy.ranges).map(([name, { unit }]) => [
        ruleOf(name),
        limitWords(policy.limits[name], unit),
      ])}
    />
  );
}
