import { expect, test } from "vitest";

import type { NavAnswer } from "../api/types";
import { aged } from "./aging";
import { FrameReader } from "./frames";
import { told, type ArenaEvent, type NavTold } from "./kinds";
import { extended } from "./patching";
import { waitSeconds } from "./stream";
import { present, thinking } from "./thinking";

const AT = "2025-11-19T14:36:00Z";
const ARM = { id: "m1", name: "Lyra", variant: "Apex", kind: "LLM", replica: 0 } as const;

test("frames come whole whatever the pieces, and heartbeats are none", () => {
  const reader = new FrameReader();
  expect(reader.push(": still here\n\nid: 7\nevent: na")).toEqual([]);
  expect(reader.push('v\ndata: {"a":1}\n')).toEqual([]);
  expect(reader.push("\nid: 8\r\nevent: resync\r\n\r\n")).toEqual([
    { id: "7", event: "nav", data: '{"a":1}' },
    { id: "8", event: "resync", data: "" },
  ]);
});

test("it waits 1, 2, 4, 8, 16, 30, 30 seconds", () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(waitSeconds)).toEqual([1, 2, 4, 8, 16, 30, 30]);
});

test("a kind that this page does not know is left alone", () => {
  expect(told("weather", "{}")).toBeNull();
});

test("a new position makes positions and arms old", () => {
  const event = told("position", JSON.stringify({ at: AT, modelId: "m1" })) as ArenaEvent;
  expect(aged(event)).toEqual(["positions", "arms"]);
});

test("a point extends its arm's line once, and no line net of inference", () => {
  const history = (net: boolean) => ({
    arm: ARM,
    net,
    resolution: "minute" as const,
    downsampled: false,
    from: "2025-11-19T14:35:00Z",
    to: "2025-11-19T14:35:00Z",
    points: [{ at: "2025-11-19T14:35:00Z", nav: "10000" }],
    gaps: [],
    missed: [],
    transfers: [],
  });
  const answer: NavAnswer = { items: [history(false), history(true)], asOf: AT };
  const event: NavTold = { kind: "nav", at: AT, modelId: null, values: { m1: "10001.5" } };
  const once = extended(answer, event);
  expect(once.items.map((item) => item.points.length)).toEqual([2, 1]);
  expect(extended(once, event).items[0]?.points.length).toBe(2);
});

test("an empty piece takes back what was said of a request that failed", () => {
  const base = { at: AT, modelId: "m1", invocationId: "i1", step: 1, start: 0 };
  const spoken = thinking(new Map(), { kind: "text", ...base, piece: "I was about" });
  expect(thinking(spoken, { kind: "text", ...base, piece: "" }).get("i1")?.text).toBe("");
});

test("what a model says is gathered until its invocation ends", () => {
  const base = { at: AT, modelId: "m1", invocationId: "i1" };
  const pieces: ArenaEvent[] = [
    { kind: "invocation", ...base, state: "RUNNING", cycleAt: AT },
    { kind: "text", ...base, step: 1, start: 0, piece: "ADX was " },
    { kind: "text", ...base, step: 1, start: 0, piece: "ADX is " },
    { kind: "text", ...base, step: 1, start: 7, piece: "18.6" },
  ];
  const thoughts = pieces.reduce(thinking, new Map());
  expect(thoughts.get("i1")?.text).toBe("ADX is 18.6");
  const end: ArenaEvent = { kind: "invocation", ...base, state: "COMPLETED", cycleAt: AT };
  const over = thinking(thoughts, end);
  expect(present(over)).toEqual([]);
  const late: ArenaEvent = {
    kind: "call",
    ...base,
    toolCallId: "t1",
    type: "CREATE_POSITION",
    action: "create_position",
    outcome: "FILLED",
  };
  expect(present(thinking(over, late))).toEqual([]);
  const last: ArenaEvent = { kind: "text", ...base, step: 1, start: 11, piece: "." };
  expect(present(thinking(over, last))).toEqual([]);
  expect(present(thinking(new Map(), late))).toEqual([]);
});
