import { expect, test } from "vitest";

import { MINUTE } from "../figures/time";
import { newestOf, staleFrom } from "./mark";

test("at the speed of time a mark is old after a minute, in a faster arena after two of its own", () => {
  expect(staleFrom(1)).toBe(MINUTE);
  expect(staleFrom(60)).toBe(2 * MINUTE);
});

test("in a faster arena age is counted from the newest mark", () => {
  const at = (text: string) => ({ at: `2026-11-23T00:0${text}:00Z` });
  expect(newestOf([at("1"), null, at("4"), at("2")])).toBe(Date.parse(at("4").at));
  expect(newestOf([null])).toBeNull();
});
