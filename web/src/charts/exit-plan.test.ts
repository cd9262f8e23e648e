import { expect, test } from "vitest";

import { bar } from "./exit-plan";

const BASE = { firstStop: null, liquidationPrice: null };

test("loss is left and gain is right, whatever the side", () => {
  const long = bar({ ...BASE, side: "LONG", entryPrice: "100", stop: "90", target: "120", mark: { price: "110", at: "" } });
  const short = bar({ ...BASE, side: "SHORT", entryPrice: "100", stop: "110", target: "80", mark: { price: "90", at: "" } });
  expect(long).toEqual(short);
  expect(long).toMatchObject({ stop: 0, target: 1, losing: false, open: false, locked: false });
  expect(long?.entry).toBeCloseTo(1 / 3);
  expect(long?.mark).toBeCloseTo(2 / 3);
});

test("without a target the right end is open", () => {
  const trailing = bar({ ...BASE, side: "LONG", entryPrice: "100", stop: "95", target: null, mark: { price: "105", at: "" } });
  expect(trailing?.open).toBe(true);
  expect(trailing?.mark).toBeLessThan(1);
});

test("a stop past the entry locks a gain", () => {
  const locked = bar({ ...BASE, side: "SHORT", entryPrice: "100", stop: "95", target: null, mark: { price: "90", at: "" } });
  expect(locked?.locked).toBe(true);
});

test("a far liquidation is out of scale, a near one in it", () => {
  const prices = { side: "LONG", entryPrice: "100", stop: "90", firstStop: "90", target: "120", mark: null } as const;
  expect(bar({ ...prices, liquidationPrice: "40" })?.liquidation).toBeNull();
  expect(bar({ ...prices, liquidationPrice: "85" })?.liquidation).toBe(0);
});
