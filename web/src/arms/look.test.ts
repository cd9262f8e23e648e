import { expect, test } from "vitest";

import type { ArmRef } from "../api/types";
import { armTitle, looks } from "./look";

const VARIANTS = ["Apex", "Trendsurfer"];
let serial = 0;
function arm(name: string, variant: string | null, kind: ArmRef["kind"] = "LLM", replica = 0): ArmRef {
  serial += 1;
  return { id: `m${serial}`, name, variant, kind, replica };
}

test("arms of one model share a hue, arms of one variant a dash", () => {
  const arms = [arm("Lyra", "Apex"), arm("Lyra", "Trendsurfer"), arm("Kestrel", "Apex")];
  const [first, second, third] = [...looks(arms, VARIANTS).values()];
  expect(first?.color).toBe(second?.color);
  expect(first?.dash).toBe(third?.dash);
  expect(first?.color).not.toBe(third?.color);
});

test("coded rules named by their variant are one family", () => {
  const arms = [arm("Apex rules", "Apex", "RULE"), arm("Trendsurfer rules", "Trendsurfer", "RULE")];
  const colors = [...looks(arms, VARIANTS).values()].map((look) => look.color);
  expect(new Set(colors).size).toBe(1);
});

test("an arm that joins changes nobody's look", () => {
  const arms = [arm("Lyra", "Apex"), arm("Kestrel", "Apex")];
  const before = looks(arms, VARIANTS);
  const after = looks([...arms, arm("Basalt", "Apex")], VARIANTS);
  for (const [id, look] of before) expect(after.get(id)).toEqual(look);
});

test("a control has no hue", () => {
  const hold = arm("Hold BTC", null, "CONTROL");
  expect(looks([hold], VARIANTS).get(hold.id)?.control).toBe(true);
});

test("the seventh model has the first hue again", () => {
  const arms = [1, 2, 3, 4, 5, 6, 7].map((number) => arm(`Model ${number}`, "Apex"));
  const colors = [...looks(arms, VARIANTS).values()].map((look) => look.color);
  expect(colors[6]).toBe(colors[0]);
  expect(new Set(colors.slice(0, 6)).size).toBe(6);
});

test("a title says the variant and the replica where they tell arms apart", () => {
  expect(armTitle(arm("Lyra 3.5", "Apex"))).toBe("Lyra 3.5 Apex");
  expect(armTitle(arm("Apex rules", "Apex", "RULE"))).toBe("Apex rules");
  expect(armTitle(arm("Random", null, "CONTROL", 3))).toBe("Random 3");
});
