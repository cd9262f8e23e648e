import { expect, test } from "vitest";

import { gathered } from "./book";
import { spreadBps } from "./symbols";

test("the spread is (ask - bid) / their middle, in basis points", () => {
  expect(spreadBps("99.95", "100.05")).toBeCloseTo(10, 9);
});

test("what gathers in a book is added exactly, from the best price outwards", () => {
  const levels = ["0.1", "0.2", "1"].map((size) => ({ price: "1", size }));
  expect(gathered(levels)).toEqual(["0.1", "0.3", "1.3"]);
});
