import { expect, test } from "vitest";

import { over, parse, rounded, shifted, text, total } from "./decimal";

test.each([
  ["2.345", 2, "2.34"],
  ["2.355", 2, "2.36"],
  ["-2.345", 2, "-2.34"],
  ["2.3451", 2, "2.35"],
  ["9.999", 2, "10.00"],
  ["5", 2, "5.00"],
  ["-0.004", 2, "0.00"],
])("%s rounded to %i places, half to even, is %s", (given, places, expected) => {
  const value = parse(given);
  expect(value && text(rounded(value, places))).toBe(expected);
});

test.each(["1e-7", "", "NaN", "1,000", "0x1"])("%j is not a plain decimal", (given) => {
  expect(parse(given)).toBeNull();
});

test("a shift keeps every digit", () => {
  const value = parse("0.13265");
  expect(value && text(shifted(value, 2))).toBe("13.265");
});

test.each([
  ["1", "3", 4, "0.3333"],
  ["2", "3", 4, "0.6667"],
  ["-2", "3", 4, "-0.6667"],
  ["1", "8", 2, "0.12"],
  ["3", "8", 2, "0.38"],
  ["1.0001", "8", 2, "0.13"],
  ["302", "0.03", 1, "10066.7"],
])("%s by %s to %i places is %s", (left, right, places, expected) => {
  const [dividend, divisor] = [parse(left), parse(right)];
  const found = dividend && divisor && over(dividend, divisor, places);
  expect(found && text(found)).toBe(expected);
});

test("nothing is divided by zero", () => {
  expect(over({ units: 1n, scale: 0 }, { units: 0n, scale: 3 }, 2)).toBeNull();
});

test("a sum is exact where binary fractions are not", () => {
  expect(total(["0.1", "0.2", null, "-0.30"])).toBe("0.00");
});

test("a sum of nothing is absent, not zero", () => {
  expect(total([null, null])).toBeNull();
});

test("eighteen digits stay eighteen digits", () => {
  expect(total(["9007199254740993.01", "0.01"])).toBe("9007199254740993.02");
});
