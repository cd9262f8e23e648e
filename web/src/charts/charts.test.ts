import { expect, test } from "vitest";

import { lastAt, nearest, path, quantile, sharedGaps } from "./line";
import { extent, linear, logarithmic, roundStep, ticks, timeTicks } from "./scale";
import { spread } from "./spread";

const HOUR = 3_600_000;

test.each([
  [[-15, 15], 6, [-15, -10, -5, 0, 5, 10, 15]],
  [[0, 1], 5, [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]],
  [[9500, 11500], 4, [9500, 10000, 10500, 11000, 11500]],
] as const)("ticks of %j are round", (domain, count, expected) => {
  expect(ticks(domain, count)).toEqual(expected);
});

test("a step is never smaller than asked", () => {
  expect(roundStep(100, 4)).toBe(25);
  expect(roundStep(101, 4)).toBe(50);
});

test("ticks of time fall on whole hours", () => {
  const from = Date.UTC(2025, 10, 19, 3, 20);
  const found = timeTicks([from, from + 24 * HOUR], 6);
  expect(found.map((t) => new Date(t).getUTCHours())).toEqual([6, 12, 18, 0]);
});

test("a scale inverts", () => {
  const x = linear([10, 20], [0, 100]);
  expect(x.invert(x(13))).toBeCloseTo(13);
  const y = logarithmic([100, 10000], [200, 0]);
  expect(y(1000)).toBeCloseTo(100);
});

test("no values have no extent", () => {
  expect(extent([])).toBeNull();
});

test("labels that collide stand apart about their mean, others stay", () => {
  expect(spread([100, 104, 300], 17, 0, 400)).toEqual([93.5, 110.5, 300]);
});

test("labels stay inside", () => {
  expect(spread([1, 2, 3], 10, 5, 100)).toEqual([5, 15, 25]);
  expect(spread([98, 99], 10, 0, 100)).toEqual([90, 100]);
});

test("a cluster that is pushed inwards takes its neighbour along", () => {
  const places = spread([0, 1, 12, 13], 10, 0, 100);
  for (let i = 1; i < places.length; i += 1) {
    expect((places[i] ?? 0) - (places[i - 1] ?? 0)).toBeGreaterThanOrEqual(10);
  }
  expect(places[0]).toBe(0);
});

test("a line stops at a gap and begins again behind it", () => {
  const points = [0, 1, 5, 6].map((t) => ({ t, v: 0 }));
  const drawn = path(points, [{ from: 1, to: 5 }], Number, Number);
  expect(drawn).toBe("M0.0 0.0L1.0 0.0M5.0 0.0L6.0 0.0");
});

test("the crosshair snaps to real points, and to none inside a gap", () => {
  const points = [0, 10, 50].map((t) => ({ t, v: t }));
  expect(nearest(points, 4)?.t).toBe(0);
  expect(nearest(points, 6)?.t).toBe(10);
  expect(nearest(points, 20, [{ from: 10, to: 50 }])).toBeNull();
  expect(lastAt(points, -1)).toBe(-1);
});

test("a gap is the arena's when half of the lines have it", () => {
  const gap = { from: 1, to: 2 };
  expect(sharedGaps([[gap], [gap], []])).toEqual([gap]);
  expect(sharedGaps([[gap], [], []])).toEqual([]);
});

test("quantiles are those of numpy", () => {
  expect(quantile([1, 2, 3, 4], 0.05)).toBeCloseTo(1.15);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
});
