import { expect, test } from "vitest";

import type { Trade } from "../../api/types";
import { carried, deepest, drawdowns } from "./curve";

const NAVS = [100, 120, 90, 130].map((v, t) => ({ t: t * 1000, v }));

test("drawdown is measured from the peak so far", () => {
  expect(drawdowns(NAVS).map((point) => point.v)).toEqual([0, 0, -0.25, 0]);
  expect(deepest(drawdowns(NAVS))).toEqual({ t: 2000, v: -0.25 });
});

test("a line that never fell has no deepest point", () => {
  expect(deepest(drawdowns(NAVS.slice(0, 2)))).toBeNull();
});

test("leverage is what is open over NAV, from opening to closing", () => {
  const trade = {
    quantity: "2",
    entryPrice: "50",
    openedAt: "1970-01-01T00:00:01Z",
    closedAt: "1970-01-01T00:00:02Z",
  } as Trade;
  expect(carried([trade], [], NAVS)).toEqual([{ from: 1000, to: 2000, leverage: 100 / 120 }]);
});
