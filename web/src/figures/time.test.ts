import { expect, test } from "vitest";

import { age, clock, countdown, instant, millis, span, took } from "./time";

const NOW = Date.UTC(2025, 10, 19, 14, 36, 48);

test("an instant of today shows its seconds, another day its date", () => {
  expect(instant("2025-11-19T14:25:02Z", NOW)).toBe("14:25:02");
  expect(instant("2025-11-18T21:15:00Z", NOW)).toBe("18 Nov 21:15");
  expect(instant(null, NOW)).toBe("–");
});

test("the clock says that it is UTC", () => {
  expect(clock(NOW)).toBe("19 Nov 14:36:48 UTC");
});

test.each([
  [age(94_000), "94 s"],
  [age(164_000), "3 min"],
  [age(-5), "0 s"],
  [span(19_560_000), "5 h 26 min"],
  [span(100_800_000), "1 d 4 h"],
  [span(50_400_000), "14 h"],
  [span(59_999), "59 s"],
  [countdown(192_000), "3:12"],
  [countdown(3_792_000), "1:03:12"],
  [took(380), "380 ms"],
  [took(12_400), "12.4 s"],
])("writes %s", (written, expected) => {
  expect(written).toBe(expected);
});

test("what is no instant is absent", () => {
  expect(millis("yesterday")).toBeNull();
});
