import { expect, test } from "vitest";

import { withoutTransfers } from "./transfers";

const hour = (n: number) => Date.UTC(2026, 0, 1, n);
const at = (n: number) => new Date(hour(n) + 1).toISOString();

test("a reset is neither a gain nor a loss: 100 fell to 70, 30 came in, 100 rose to 105", () => {
  const navs = [100, 70, 105].map((v, n) => ({ t: hour(n), v }));
  const linked = withoutTransfers(navs, [{ at: at(1), amount: "30", before: "70" }]);
  expect(linked.map(({ v }) => Number(v.toFixed(6)))).toEqual([100, 70, 73.5]);
});

test("what was paid in while something was held counts as just before the next point", () => {
  const navs = [100, 150].map((v, n) => ({ t: hour(n), v }));
  const linked = withoutTransfers(navs, [{ at: at(0), amount: "50", before: null }]);
  expect(linked.map(({ v }) => Number(v.toFixed(6)))).toEqual([100, 100]);
});

test("a history without transfers stays as it is", () => {
  const navs = [{ t: hour(0), v: 42 }];
  expect(withoutTransfers(navs, [])).toEqual(navs);
});
