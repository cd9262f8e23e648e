import { expect, test } from "vitest";

import { settingsChanged, settingsOf, writtenOf } from "./asked";

const NOW = writtenOf({ temperature: "0.7", mostSteps: 10, deadlineMs: 120_000 }, "gpt-5-mini");

test("only what differs is sent, whole numbers as numbers", () => {
  const written = { ...NOW, temperature: "0.7", mostSteps: "12", deadlineSeconds: "120" };
  expect(settingsChanged(NOW, written)).toEqual({ mostSteps: 12 });
});

test("an optional setting that was emptied is taken off, another one stays", () => {
  expect(settingsChanged(NOW, { temperature: "", mostSteps: "" })).toEqual({ temperature: null });
});

test("what is no whole number is sent as it is written", () => {
  expect(settingsChanged(NOW, { mostSteps: "many" })).toEqual({ mostSteps: "many" });
});

test("of a new arm only what is written is sent", () => {
  expect(settingsOf({ temperature: "", tokensPerDay: "5000", model: "m" })).toEqual({
    model: "m",
    tokensPerDay: 5000,
  });
});
