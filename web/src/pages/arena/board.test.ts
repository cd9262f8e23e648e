import { expect, test } from "vitest";

import type { ArmRef, LeaderboardRow } from "../../api/types";
import { toggled } from "./focus";
import { settled } from "./order";
import { folded } from "./replicas";

function row(rank: number, name: string, kind: ArmRef["kind"] = "LLM", replica = 0): LeaderboardRow {
  return {
    ...{ rank, tied: false, nav: "10000", return: 0, interval: null, tooLittle: null },
    ...{ pValueVsFirst: null, trades: 0, missed: 0, haltedReason: null },
    arm: { id: `m${rank}`, name, variant: "Apex", kind, replica },
  };
}

test("rows keep their places while they are held, and say that the order changed", () => {
  const rows = [row(1, "Lyra"), row(2, "Kestrel")];
  expect(settled(rows, null)).toEqual({ rows, moved: false });
  expect(settled(rows, ["m1", "m2"]).moved).toBe(false);
  const held = settled(rows, ["m2", "m1"]);
  expect(held.moved).toBe(true);
  expect(held.rows.map((one) => one.arm.id)).toEqual(["m2", "m1"]);
});

test("an arm that joins while rows are held comes last", () => {
  const held = settled([row(1, "New"), row(2, "Lyra")], ["m2"]);
  expect(held.rows.map((one) => one.arm.id)).toEqual(["m2", "m1"]);
});

test("five replicas are one row, at the rank of the middle one", () => {
  const replicas = [1, 2, 3, 4, 5].map((rank) => row(rank, "Random", "CONTROL", rank));
  const rows = folded([...replicas, row(6, "Lyra")]);
  expect(rows.map((one) => [one.rank, one.replicas])).toEqual([
    [3, 5],
    [6, 1],
  ]);
});

test("four replicas stay four rows", () => {
  expect(folded([1, 2, 3, 4].map((rank) => row(rank, "Random", "CONTROL", rank))).length).toBe(4);
});

test("a ninth arm in focus takes the place of the oldest", () => {
  const eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
  expect(toggled(eight, "i")).toEqual(["b", "c", "d", "e", "f", "g", "h", "i"]);
  expect(toggled(eight, "c")).toEqual(["a", "b", "d", "e", "f", "g", "h"]);
});
