import { expect, test } from "vitest";

import type { Call, InvocationSummary, Position } from "../../api/types";
import { stopSteps } from "./stops";

const POSITION = {
  symbol: "BTC",
  openedAt: "2026-11-01T00:00:00Z",
  firstStop: "90",
} as Position;

function decision(at: string, symbol: string, stop: string, allowed: object | null) {
  const asked = { action: "update_exit_plan", symbol, stop };
  const call = { asked, allowed } as unknown as Call;
  return { at, calls: [call] } as unknown as InvocationSummary;
}

test("the stop steps from where it began through every move that was let through", () => {
  const newestFirst = [
    decision("2026-11-01T03:00:00Z", "BTC", "96", {}),
    decision("2026-11-01T02:00:00Z", "BTC", "80", null),
    decision("2026-11-01T01:30:00Z", "ETH", "10", {}),
    decision("2026-11-01T01:00:00Z", "BTC", "93", {}),
  ];
  expect(stopSteps(POSITION, newestFirst)).toEqual([
    { at: "2026-11-01T00:00:00Z", price: "90" },
    { at: "2026-11-01T01:00:00Z", price: "93" },
    { at: "2026-11-01T03:00:00Z", price: "96" },
  ]);
});

test("a position whose first stop nobody remembers has no steps", () => {
  expect(stopSteps({ ...POSITION, firstStop: null }, [])).toEqual([]);
});
