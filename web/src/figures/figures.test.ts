import { expect, test } from "vitest";

import {
  ABSENT,
  chance,
  count,
  exact,
  money,
  multiple,
  percent,
  placesOf,
  points,
  share,
  signedMoney,
  signOf,
} from "./figures";

test.each([
  [money("11325.744"), "11,325.74"],
  [money("-14.6"), "\u221214.60"],
  [money("1234567890123456.789"), "1,234,567,890,123,456.79"],
  [signedMoney("253.12"), "+253.12"],
  [signedMoney("-0.001"), "0.00"],
  [signedMoney("0"), "0.00"],
  [percent("0.13264"), "+13.26\u2009%"],
  [percent(-0.1463), "\u221214.63\u2009%"],
  [percent("0"), "0.00\u2009%"],
  [percent(0.0000001, 2), "0.00\u2009%"],
  [points(0.0845), "+8.45\u2009pp"],
  [share(0.56), "56\u2009%"],
  [exact("95214.6000"), "95,214.6"],
  [exact("0.20800000"), "0.208"],
  [exact("1400"), "1,400"],
  [multiple("5.000"), "5×"],
  [count(8774), "8,774"],
  [chance(0.0515), "0.052"],
  [chance(100 / 2001), "0.0500"],
  [chance(101 / 2001), "0.0505"],
  [chance(0.001), "0.001"],
  [chance(0.0005), "< 0.001"],
  [chance(0), "< 0.001"],
  [chance(null), ABSENT],
])("writes %s", (written, expected) => {
  expect(written).toBe(expected);
});

test.each([money(null), percent(undefined), exact("n/a"), multiple(null), money(Number.NaN)])(
  "an absent figure is a dash, not a zero",
  (written) => {
    expect(written).toBe(ABSENT);
  },
);

test("a figure that rounds to zero has no sign", () => {
  expect(signOf("-0.004")).toBe("none");
  expect(signOf("-0.006")).toBe("loss");
  expect(signOf("0.01")).toBe("gain");
});

test("a column has the places of its finest price", () => {
  expect(placesOf(["95214.60", "96431.5", null, "100"])).toBe(1);
});
