/** Hold the order of rows while somebody reads them: figures change, places do not. */

import type { LeaderboardRow } from "../../api/types";

/** The rows in the order that is held, if one is, and whether the true order is another. */
export function settled(
  rows: readonly LeaderboardRow[],
  held: readonly string[] | null,
): { rows: readonly LeaderboardRow[]; moved: boolean } {
  if (!held) return { rows, moved: false };
  const place = new Map(held.map((id, at) => [id, at]));
  const at = (row: LeaderboardRow) => place.get(row.arm.id) ?? held.length;
  const kept = [...rows].sort((one, other) => at(one) - at(other));
  return { rows: kept, moved: kept.some((row, index) => row !== rows[index]) };
}
