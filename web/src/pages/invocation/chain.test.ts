import { expect, test } from "vitest";

import type { Call, Invocation } from "../../api/types";
import { answers, heading, steps } from "./chain";

function call(id: string, more: Partial<Call>): Call {
  return {
    ...{ id, type: "CREATE_POSITION", action: "create_position", allowed: null, changes: [] },
    ...{ denied: null, unusable: null, filled: [], intentState: null, late: false },
    asked: { symbol: "BTC", side: "LONG", quantity: "0.310", leverage: "10" },
    ...more,
  };
}

const DENIED = call("c1", { denied: { rule: "stop-required", reason: "why", until: null } });
const FILLED = call("c2", {
  allowed: { quantity: "0.208", leverage: "5" },
  changes: [{ rule: "risk-per-trade", limit: "2 %", before: "0.310", after: "0.208" }],
  filled: [{ quantity: "0.208", price: "95214.6", side: "BUY", at: "", orderId: "o" }],
});
const step = (number: number, calls: string[]) => ({
  ...{ number, calls, text: "", tokensIn: 1, tokensOut: 1, durationMs: 1 },
});
const CHAIN = {
  state: "COMPLETED",
  calls: [DENIED, FILLED],
  stepsDetail: [step(1, ["market_data", "create_position"]), step(2, ["create_position"])],
} as Partial<Invocation> as Invocation;

test("each recorded call goes to the step that made it, read-only tools are named", () => {
  const [first, second] = steps(CHAIN);
  expect(first?.calls.map((one) => one.id)).toEqual(["c1"]);
  expect(first?.unrecorded).toEqual(["market_data"]);
  expect(second?.calls.map((one) => one.id)).toEqual(["c2"]);
});

test("the answers are those of the call that filled", () => {
  expect(answers(CHAIN)).toEqual({
    asked: "LONG 0.31 BTC at 10×",
    allowed: "LONG 0.208 BTC at 5×",
    rules: "risk-per-trade",
    shrunk: true,
    got: "0.208 at 95,214.6",
  });
});

test("the heading says what came of it", () => {
  expect(heading(CHAIN)).toBe("Bought 0.208 BTC, after 1 refusal");
  expect(heading({ ...CHAIN, calls: [DENIED] })).toBe("Refused once");
  expect(heading({ ...CHAIN, state: "MISSED", calls: [] })).toContain("Missed");
});
