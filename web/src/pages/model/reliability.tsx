/** How often the arm decided, how often it did not, and what of its budget is left today. */

import type { Arm } from "../../api/types";
import { count, drawn, money } from "../../figures/figures";
import { Card } from "../../parts/card";

export function Reliability({ arm }: { arm: Arm }) {
  const { counters, spentToday } = arm;
  const all = counters.invocations + counters.failedWorkflows + counters.missed;
  const rows: [string, number, number, string, boolean][] = [
    ["Completed", counters.invocations, all, count(counters.invocations), false],
    ["Failed", counters.failedWorkflows, all, count(counters.failedWorkflows), true],
    ["Missed", counters.missed, all, count(counters.missed), true],
    ["Calls unusable", counters.failedToolCalls, all, count(counters.failedToolCalls), true],
  ];
  if (spentToday?.moneyPerDay) {
    const [spent, most] = [drawn(spentToday.cost) ?? 0, drawn(spentToday.moneyPerDay) ?? 0];
    const words = `${money(spentToday.cost)} of ${money(spentToday.moneyPerDay)}`;
    rows.push(["Today’s budget", spent, most, words, false]);
  }
  return (
    <Card className="o6" title="Reliability and cost">
      <div className="body bars">
        {rows.map(([name, part, whole, words, bad]) => (
          <div key={name}>
            <span>{name}</span>
            <span className="t">
              <i className={bad ? "w" : ""} style={{ width: `${width(part, whole)}%` }} />
            </span>
            <span className="num">{words}</span>
          </div>
        ))}
        <p className="small faint">
          {money(arm.inferenceCost)} for inference so far
          {spentToday && `, ${count(spentToday.tokens)} tokens today`}.
        </p>
      </div>
    </Card>
  );
}

/** A bar that is not empty is at least a pixel wide: rare is not never. */
function width(part: number, whole: number): number {
  if (part <= 0 || whole <= 0) return 0;
  return Math.max(1, Math.min(100, (100 * part) / whole));
}
