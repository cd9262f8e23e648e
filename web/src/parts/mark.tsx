/** A mark's price, underlined when it is older than a mark may be. */

import type { ReactNode } from "react";

import { useRun } from "../api/queries";
import { age, millis, MINUTE } from "../figures/time";
import { useArenaNow } from "../shell/clock";
import { Stale } from "./states";

/** Arena minutes come one mark each: after two of them one is missing. */
const STALE_MS = 2 * MINUTE;
/** At the speed of time, marks come by the second. */
const STALE_AT_ONE_MS = MINUTE;

/** From what age on, in the arena's time, a mark is stale. */
export function staleFrom(speed: number): number {
  return speed > 1 ? STALE_MS : STALE_AT_ONE_MS;
}

const useSpeed = () => Number(useRun().data?.speed ?? 1);

export function useStaleFrom(): number {
  return staleFrom(useSpeed());
}

/**
 * What the age of marks is counted from: our clock, or the newest of them where the arena's time
 * runs so fast that minutes of it pass between two readings.
 */
export function useMarksNow(marks: readonly ({ at: string } | null)[]): number | null {
  const now = useArenaNow();
  const fast = useSpeed() > 1;
  return fast ? newestOf(marks) : now;
}

export function newestOf(marks: readonly ({ at: string } | null)[]): number | null {
  const times = marks.map((mark) => millis(mark?.at)).filter((at) => at !== null);
  return times.length > 0 ? Math.max(...times) : null;
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
