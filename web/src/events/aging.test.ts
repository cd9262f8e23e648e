import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { waitMs } from "../shell/steady";
import { Aging } from "./aging";
import type { ArenaEvent } from "./kinds";

const CALL = { kind: "call", at: "2025-11-19T14:36:00Z", modelId: "m1" } as ArenaEvent;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How often each resource was made old, while a call is told ten times a second. */
function timesOld(seconds: number): Record<string, number> {
  const queries = new QueryClient();
  const aging = new Aging(queries);
  const times: Record<string, number> = { invocations: 0, stops: 0 };
  for (const resource of Object.keys(times)) queries.setQueryData([resource, "pages"], []);
  queries.getQueryCache().subscribe((told) => {
    const resource = String(told.query.queryKey[0]);
    if (told.type === "updated" && told.action.type === "invalidate") {
      times[resource] = (times[resource] ?? 0) + 1;
      queries.setQueryData(told.query.queryKey, []);
    }
  });
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    aging.take(CALL);
    vi.advanceTimersByTime(100);
  }
  aging.stop();
  return times;
}

test("calls make decisions old once a second, and the moves of a stop once in five", () => {
  const times = timesOld(20);
  expect(times["invocations"]).toBeGreaterThanOrEqual(18);
  // After 1, 6, 11 and 16 s.
  expect(times["stops"]).toBe(4);
});

test("the last call is not forgotten while the moves of a stop may not be read", () => {
  const queries = new QueryClient();
  const aging = new Aging(queries);
  const isOld = () => queries.getQueryState(["stops"])?.isInvalidated;
  const read = () => queries.setQueryData(["stops"], []);
  read();
  aging.take(CALL);
  vi.advanceTimersByTime(1000);
  expect(isOld()).toBe(true);
  read();
  aging.take(CALL);
  vi.advanceTimersByTime(4000);
  expect(isOld()).toBe(false);
  vi.advanceTimersByTime(2000);
  expect(isOld()).toBe(true);
});

test("a value is held for as long as it is told, and the first one not at all", () => {
  expect(waitMs(-Infinity, 1000, 5000)).toBe(0);
  expect(waitMs(1000, 3000, 5000)).toBe(3000);
  expect(waitMs(1000, 7000, 5000)).toBe(0);
});
