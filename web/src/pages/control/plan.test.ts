import { expect, test } from "vitest";

import type { Position } from "../../api/types";
import { changesOf, stopWarning } from "./plan";

const NOW = { stop: "95", target: "", invalidationPrice: "", timeExit: "", invalidation: "" };
const LONG = { side: "LONG", stop: "95", mark: { price: "100", at: "" } } as Position;
const SHORT = { side: "SHORT", stop: "105", mark: { price: "100", at: "" } } as Position;

test("only what is written and differs is sent", () => {
  expect(changesOf(NOW, { stop: " 95.00 ", target: "110 ", invalidation: "" })).toEqual({
    target: "110",
  });
});

test.each([
  ["a LONG's stop that moves away is warned of", LONG, "94", "A stop only tightens"],
  ["a LONG's stop past the mark is warned of", LONG, "100", "would be past it"],
  ["a LONG's stop that tightens is not", LONG, "97", null],
  ["a SHORT's stop that moves away is warned of", SHORT, "106", "A stop only tightens"],
  ["a SHORT's stop that tightens is not", SHORT, "101", null],
  ["what is not a number is left to the API", LONG, "soon", null],
])("%s", (_, position, stop, words) => {
  const warning = stopWarning(position, stop);
  if (words === null) expect(warning).toBeNull();
  else expect(warning).toContain(words);
});
