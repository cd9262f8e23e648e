import { expect, test } from "vitest";

import { MINUTE } from "../figures/time";
import { staleFrom } from "./mark";

test("at the speed of time a mark is old after a minute", () => {
  expect(staleFrom(1)).toBe(MINUTE);
});

test("at 60 times that it is old after two arena minutes and what passes while the page reads", () => {
  expect(staleFrom(60)).toBe(2 * MINUTE + 2 * MINUTE);
});
