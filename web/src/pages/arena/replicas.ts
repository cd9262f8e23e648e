/** Replicas differ by chance alone: the leaderboard shows the middle one for all of them. */

import type { LeaderboardRow } from "../../api/types";

/** So many of one name are told as one row. */
const FOLDED = 5;

export interface BoardRow extends LeaderboardRow {
  /** How many replicas it stands for; one for an arm of its own. */
  replicas: number;
}

/** Fold replicas of one control into the row of their median, at its rank. */
export function folded(rows: readonly LeaderboardRow[]): BoardRow[] {
  const groups = new Map<string, LeaderboardRow[]>();
  for (const row of rows) {
    if (row.arm.kind !== "CONTROL") continue;
    groups.set(row.arm.name, [...(groups.get(row.arm.name) ?? []), row]);
  }
  return rows.flatMap((row) => {
    const group = row.arm.kind === "CONTROL" ? (groups.get(row.arm.name) ?? []) : [];
    if (group.length < FOLDED) return [{ ...row, replicas: 1 }];
    const middle = group[Math.floor(group.length / 2)];
    return row === middle ? [{ ...row, replicas: group.length }] : [];
  });
}
