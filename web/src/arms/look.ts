/** How an arm's line looks: the model gives the hue, the variant the dash, controls are neutral. */

import type { ArmRef } from "../api/types";

export interface Look {
  /** A CSS colour. */
  color: string;
  /** An SVG dash array; empty is solid. */
  dash: string;
  control: boolean;
}

const HUES = 6;
const DASHES = ["", "7 2.5", "1.6 2.4", "7 2.2 1.6 2.2"] as const;
const CONTROL_DASH = "3 3";
export const NEUTRAL: Look = { color: "var(--control-arm)", dash: CONTROL_DASH, control: true };

/** An arm's name without its variant's: what several arms of one model have in common. */
export function family(arm: ArmRef): string {
  return arm.name.replace(arm.variant ?? "", "").trim().toLowerCase();
}

/**
 * Give each arm its look. Arms come in the order in which they joined, so that a new one changes
 * nobody's hue; the seventh model has the first hue again and relies on its label.
 */
export function looks(arms: readonly ArmRef[], variants: readonly string[]): Map<string, Look> {
  const hues = new Map<string, number>();
  const given = new Map<string, Look>();
  for (const arm of arms) {
    if (arm.kind === "CONTROL") {
      given.set(arm.id, NEUTRAL);
      continue;
    }
    const key = family(arm);
    const hue = hues.get(key) ?? hues.size;
    hues.set(key, hue);
    const place = Math.max(0, variants.indexOf(arm.variant ?? ""));
    given.set(arm.id, {
      color: `var(--hue-${(hue % HUES) + 1})`,
      dash: DASHES[place % DASHES.length] ?? "",
      control: false,
    });
  }
  return given;
}

/** What people call an arm; the replica only where there are several. */
export function armTitle(arm: ArmRef): string {
  const name = arm.replica > 0 ? `${arm.name} ${arm.replica}` : arm.name;
  return showsVariant(arm) ? `${name} ${arm.variant}` : name;
}

/** Whether the variant stands beside the name: not every arm has one, and some names contain it. */
export function showsVariant(arm: ArmRef): boolean {
  return arm.variant !== null && !arm.name.includes(arm.variant);
}

/** A colour of a variant: its registry colour for areas, a darker or lighter one for shapes. */
export function variantColor(id: string, use: "mark" | "ink"): string {
  return `var(--${id.toLowerCase()}-${use}, var(--ink-2))`;
}

/** What an arm is, in words. */
export const KINDS: Record<ArmRef["kind"], string> = {
  LLM: "language model",
  RULE: "coded rules",
  CONTROL: "control",
  EXTERNAL: "outside agent",
};
