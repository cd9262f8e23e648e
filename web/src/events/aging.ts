/** Which resources an event makes old, and one timer that tells the cache at most once a second. */

import type { Query, QueryClient } from "@tanstack/react-query";

import type { NavAnswer } from "../api/types";
import type { ArenaEvent } from "./kinds";

const MOST_OFTEN_MS = 1000;
/** In a fast arena these long lists would be read without end, for lines that hardly move. */
const SLOW: ReadonlySet<string> = new Set(["stops"]);
const SLOW_MS = 5000;
/** The statistics change by the hour; a closed trade need not have them computed again at once. */
const STATISTICS_MS = 30_000;
const STATISTICS = ["leaderboard", "bridge", "performance", "all-trades"] as const;

const AGES: Record<ArenaEvent["kind"], readonly string[]> = {
  position: ["positions", "arms"],
  trade: ["trades", "arms", "aggregates", "bridge", "performance"],
  invocation: ["invocations", "failures"],
  text: [],
  call: ["invocations", "stops"],
  nav: ["arms"],
  prices: ["positions"],
  arena: ["run", "arms", "control", "health", "failures"],
  cycle: ["run", "failures", "health"],
};

/** The resources that `event` makes old. */
export function aged(event: ArenaEvent): readonly string[] {
  return AGES[event.kind];
}

/** Whether an answer has lines that no event extends: none yet, or less what inference has cost. */
function cannotBeExtended({ state }: Query): boolean {
  const answer = state.data as NavAnswer | undefined;
  return answer !== undefined && answer.items.every((history) => history.net);
}

/** Collects what is old, and has the cache read it again in one go. */
export class Aging {
  private readonly old = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly notBefore = new Map<string, number>();
  private statisticsAt = 0;
  private mayBeReset = false;

  constructor(private readonly queries: QueryClient) {}

  take(event: ArenaEvent): void {
    for (const resource of aged(event)) this.old.add(resource);
    // A reset stands in no line before the NAV that follows it.
    if (event.kind === "arena" && event.change === "COMMAND") this.mayBeReset = true;
    if (event.kind === "nav" && this.mayBeReset) {
      this.mayBeReset = false;
      this.old.add("nav");
    }
    const now = Date.now();
    if (event.kind === "nav" && now - this.statisticsAt > STATISTICS_MS) {
      this.statisticsAt = now;
      for (const resource of STATISTICS) this.old.add(resource);
      void this.queries.invalidateQueries({ queryKey: ["nav"], predicate: cannotBeExtended });
    }
    if (this.old.size > 0) this.timer ??= setTimeout(() => this.flush(), MOST_OFTEN_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.old.clear();
  }

  private flush(): void {
    const now = Date.now();
    this.timer = undefined;
    for (const resource of this.old) {
      if (now < (this.notBefore.get(resource) ?? 0)) continue;
      this.old.delete(resource);
      if (SLOW.has(resource)) this.notBefore.set(resource, now + SLOW_MS);
      void this.queries.invalidateQueries({ queryKey: [resource] });
    }
    if (this.old.size > 0) this.timer = setTimeout(() => this.flush(), MOST_OFTEN_MS);
  }
}
