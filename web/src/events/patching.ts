/** Put what an event says straight into what was read, so that a line extends without a request. */

import type { QueryClient } from "@tanstack/react-query";

import type { MarketRow, NavAnswer, NavHistory, Page } from "../api/types";
import type { ArenaEvent, NavTold, PricesTold } from "./kinds";

/** Extend each history by the newest point, unless it has it already. */
export function extended(answer: NavAnswer, told: NavTold): NavAnswer {
  const items = answer.items.map((history) => extendedHistory(history, told));
  return { ...answer, items, asOf: told.at };
}

function extendedHistory(history: NavHistory, told: NavTold): NavHistory {
  const nav = told.values[history.arm.id];
  const last = history.points.at(-1);
  // What inference cost is not in the event: such a line waits for the next reading.
  if (nav === undefined || history.net || (last && last.at >= told.at)) return history;
  return { ...history, points: [...history.points, { at: told.at, nav }] };
}

/** Put new marks into the prices; what they changed over a day waits for the next reading. */
export function repriced(page: Page<MarketRow>, told: PricesTold): Page<MarketRow> {
  const items = page.items.map((row) => {
    const mark = told.marks[row.symbol];
    return mark === undefined ? row : { ...row, mark, markAt: told.at, staleMs: 0 };
  });
  return { ...page, items, asOf: told.at };
}

export function patch(queries: QueryClient, event: ArenaEvent): void {
  if (event.kind === "nav") {
    queries.setQueriesData<NavAnswer>({ queryKey: ["nav"] }, (old) => old && extended(old, event));
  } else if (event.kind === "prices") {
    queries.setQueriesData<Page<MarketRow>>(
      { queryKey: ["market"] },
      (old) => old && repriced(old, event),
    );
  }
}
