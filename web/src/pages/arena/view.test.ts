import { expect, test } from "vitest";

import { queryOf, viewOf } from "./view";

test("a view survives its address", () => {
  const view = viewOf("range=7d&scale=log&net=1&tab=trades&arm=m1");
  expect(viewOf(queryOf(view, "").slice(1))).toEqual(view);
});

test("what is not understood is as at the start, and leaves no trace", () => {
  expect(queryOf(viewOf("range=9y&scale=bits"), "range=9y")).toBe("");
});

test("a parameter of somebody else stays", () => {
  expect(queryOf(viewOf("tab=trades"), "arena=night")).toBe("?arena=night&tab=trades");
});
