/** How the stop of an open position moved: from the tool calls that were let through. */

import { useMemo } from "react";

import { useStopMoves } from "../../api/queries";
import type { InvocationSummary, Position } from "../../api/types";
import type { StopStep } from "../../charts/candles/trades";
import { argument } from "../../lists/calls";

/** Decisions that are looked through; older moves of a position held longer are not drawn. */
const DECISIONS = 500;

/** The steps of the stop, oldest first; `decisions` come newest first. */
export function stopSteps(
  position: Position,
  decisions: readonly InvocationSummary[],
): StopStep[] {
  if (!position.firstStop) return [];
  const moves = decisions.flatMap(({ at, calls }) =>
    calls
      .filter((call) => call.asked["action"] === "update_exit_plan" && call.allowed !== null)
      .filter((call) => argument(call.asked, "symbol") === position.symbol)
      .map((call) => ({ at, price: argument(call.asked, "stop") }))
      .filter((step): step is StopStep => step.price !== null && step.at > position.openedAt),
  );
  return [{ at: position.openedAt, price: position.firstStop }, ...moves.reverse()];
}

/** Asked for only where the stop has moved at all. */
export function useStops(position: Position | null): StopStep[] {
  const moved = (position?.stopMoves ?? 0) > 0;
  const query = useStopMoves(
    { model: position?.arm.id, from: position?.openedAt, limit: DECISIONS },
    moved,
  );
  const decisions = moved ? query.data : undefined;
  return useMemo(
    () => (position ? stopSteps(position, decisions ?? []) : []),
    [position, decisions],
  );
}
