/** A mark's price, underlined when it is older than a mark may be. */

import type { ReactNode } from "react";

import { useRun } from "../api/queries";
import { age, MINUTE } from "../figures/time";
import { Stale } from "./states";

/** Two marks, one a minute: after that one is missing. */
const STALE_MS = 2 * MINUTE;
/** At the speed of time, marks come by the second. */
const STALE_AT_ONE_MS = MINUTE;
/** How long of our own time a figure may wait until the stream renews it. */
const RENEWED_MS = 2000;

/** From what age on, in the arena's time, a mark is stale; more passes there while we read. */
export function staleFrom(speed: number): number {
  return speed > 1 ? STALE_MS + speed * RENEWED_MS : STALE_AT_ONE_MS;
}

export function useStaleFrom(): number {
  return staleFrom(Number(useRun().data?.speed ?? 1));
}

interface MarkProps {
  /** Its age in the arena's time; null when that is not known. */
  ageMs: number | null;
  children: ReactNode;
}

export function Mark({ ageMs, children }: MarkProps) {
  const limit = useStaleFrom();
  if (ageMs === null || ageMs <= limit) return <>{children}</>;
  return <Stale words={`${age(ageMs)} old`}>{children}</Stale>;
}
