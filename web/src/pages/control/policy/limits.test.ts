import { expect, test } from "vitest";

import type { LimitBounds, PolicyPreview } from "../../../api/types";
import { changedLimits, limitWords, previewWords, ruleOf, sentLimit, shownLimit } from "./limits";

const bounds = (unit: LimitBounds["unit"]) => ({ unit }) as LimitBounds;
const STANDING = {
  limits: { maxLeverage: "5", riskPerTrade: "0.02" },
  ranges: { maxLeverage: bounds("x"), riskPerTrade: bounds("fraction") },
};

test("a limit has its rule's name", () => {
  expect(ruleOf("maxGrossLeverage")).toBe("max-gross-leverage");
});

test("a fraction is read and written in per cent, exactly", () => {
  expect(shownLimit("0.015", "fraction")).toBe("1.5");
  expect(sentLimit("1.5", "fraction")).toBe("0.015");
  expect(sentLimit("10", "fraction")).toBe("0.1");
  expect(limitWords("0.1", "fraction")).toBe("10\u2009%");
});

test("only limits that differ are sent, by value and not by how they are written", () => {
  expect(changedLimits(STANDING, { maxLeverage: "5.0", riskPerTrade: "1.5" })).toEqual({
    riskPerTrade: "0.015",
  });
});

test("what is no number is sent as it is written, so that the API says what is wrong", () => {
  expect(changedLimits(STANDING, { maxLeverage: "five" })).toEqual({ maxLeverage: "five" });
});

const none = { entries: 50, smaller: 0, denied: 0, larger: 0, unchanged: 0, unknown: 0, examples: [] };
test.each<[Partial<PolicyPreview>, string]>([
  [{ smaller: 38, unchanged: 12 }, "Of its last 50 entries, 38 would have been smaller."],
  [
    { smaller: 38, denied: 2, unknown: 3 },
    "Of its last 50 entries, 38 would have been smaller, 2 denied. 3 cannot be judged from the record.",
  ],
  [{ unchanged: 50 }, "Of its last 50 entries, none would have been another."],
  [{ unknown: 50 }, "Of its last 50 entries, none can be judged from the record."],
  [{ entries: 0 }, "It has asked for no entry yet, so nothing can be tried."],
])("a preview is told in a sentence", (preview, words) => {
  expect(previewWords({ ...none, ...preview })).toBe(words);
});
