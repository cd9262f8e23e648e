/** Limits as an operator reads and writes them: fractions in per cent, everything else as it is. */

import type { LimitBounds, PolicyPreview } from "../../../api/types";
import { parse, shifted, text } from "../../../figures/decimal";
import { count, exact, THIN } from "../../../figures/figures";

/** `maxLeverage` is the rule `max-leverage`. */
export function ruleOf(limit: string): string {
  return limit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export const UNITS: Record<LimitBounds["unit"], string> = {
  x: "×",
  fraction: `${THIN}%`,
  count: "",
  minutes: `${THIN}min`,
};

const PER_CENT = 2;

/** A limit as text for a field: `0.015` of a fraction is `1.5`. */
export function shownLimit(limit: string, unit: LimitBounds["unit"]): string {
  const value = parse(limit);
  if (!value) return limit;
  return plain(text(unit === "fraction" ? shifted(value, PER_CENT) : value));
}

/** What is written in a field as the API takes it; what is no number stays, so that it is told. */
export function sentLimit(written: string, unit: LimitBounds["unit"]): string {
  const value = parse(written.trim());
  if (!value) return written.trim();
  return plain(text(unit === "fraction" ? shifted(value, -PER_CENT) : value));
}

function plain(digits: string): string {
  return digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
}

/** A limit in words: `1.5 %`, `5×`. */
export function limitWords(limit: string | undefined, unit: LimitBounds["unit"]): string {
  return limit === undefined ? "–" : exact(shownLimit(limit, unit)) + UNITS[unit];
}

interface Standing {
  limits: Readonly<Record<string, string>>;
  ranges: Readonly<Record<string, LimitBounds>>;
}

/** The limits that were written and are others than those in force, as the API takes them. */
export function changedLimits(
  { limits, ranges }: Standing,
  written: Readonly<Record<string, string>>,
): Record<string, string> {
  const changed = Object.entries(ranges).flatMap(([name, { unit }]) => {
    const field = written[name];
    if (field === undefined || field.trim() === "") return [];
    const sent = sentLimit(field, unit);
    return sent === plain(limits[name] ?? "") ? [] : [[name, sent] as const];
  });
  return Object.fromEntries(changed);
}

/** What new limits would have made of the last entries, in a sentence. */
export function previewWords(preview: PolicyPreview): string {
  const { entries, smaller, denied, larger, unknown } = preview;
  if (entries === 0) return "It has asked for no entry yet, so nothing can be tried.";
  const of = `Of its last ${count(entries)} ${entries === 1 ? "entry" : "entries"}`;
  const parts = [
    [smaller, "smaller"],
    [denied, "denied"],
    [larger, "larger"],
  ] as const;
  const told = parts.filter(([number]) => number > 0);
  const rest = unknown > 0 ? ` ${count(unknown)} cannot be judged from the record.` : "";
  if (unknown === entries) return `${of}, none can be judged from the record.`;
  if (told.length === 0) return `${of}, none would have been another.${rest}`;
  const words = told.map(
    ([number, word], place) => `${count(number)} ${place === 0 ? "would have been " : ""}${word}`,
  );
  return `${of}, ${words.join(", ")}.${rest}`;
}
