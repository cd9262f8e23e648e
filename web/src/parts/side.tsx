/** A direction: ink and an arrow, since it is neither gain nor loss. */

import type { Side } from "../api/types";

export function SideMark({ side, symbol }: { side: Side; symbol: string }) {
  return (
    <span className="nowrap">
      <span className="side">{side === "LONG" ? "↑" : "↓"} {side}</span> <b>{symbol}</b>
    </span>
  );
}

const TRIGGERS: Readonly<Record<string, string>> = {
  STOP: "Stop",
  TARGET: "Target",
  INVALIDATION: "Invalidation",
  TIME: "Time",
  LIQUIDATION: "Liquidation",
  HALT: "Halt",
  RECONCILE: "Reconciled",
  MANUAL: "By hand",
};

/** Who or what closed a trade; null is the agent's own decision. */
export function triggerWords(trigger: string | null): string {
  return trigger === null ? "Decision" : (TRIGGERS[trigger] ?? trigger);
}
