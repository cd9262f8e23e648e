/** The arena's clock: what its time is now, which for a replay or a fast market is not ours. */

import { createContext, useContext, useMemo, useSyncExternalStore, type ReactNode } from "react";

import { useRun } from "../api/queries";
import type { Run } from "../api/types";
import { drawn } from "../figures/figures";
import { millis } from "../figures/time";

interface Clock {
  /** Arena time when it was read; null while unknown. */
  arenaMs: number | null;
  readAt: number;
  /** Arena seconds for each of ours; zero while it stands. */
  rate: number;
}

const SECOND = 1000;
const MINUTE = 60_000;
const STOPPED: Clock = { arenaMs: null, readAt: 0, rate: 0 };
const ClockContext = createContext<Clock>(STOPPED);

/** The clock that `run`, read at `readAt`, speaks of. */
export function clockOf(run: Run | undefined, readAt: number): Clock {
  if (!run) return STOPPED;
  const rate = run.running ? (drawn(run.speed) ?? 1) : 0;
  return { arenaMs: millis(run.arenaTime), readAt, rate };
}

/** The arena's time at `ours`, never before what was read last. */
export function arenaTime(clock: Clock, ours: number): number | null {
  if (clock.arenaMs === null) return null;
  return clock.arenaMs + Math.max(0, ours - clock.readAt) * clock.rate;
}

export function ClockProvider({ children }: { children: ReactNode }) {
  const { data, dataUpdatedAt } = useRun();
  const clock = useMemo(() => clockOf(data, dataUpdatedAt), [data, dataUpdatedAt]);
  return <ClockContext value={clock}>{children}</ClockContext>;
}

/**
 * Our time at the last tick. What is drawn reads this and never the clock itself: in a fast arena
 * the time would be another one whenever React looks again, and it would never be done.
 */
let ticked = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function tick(): void {
  ticked = Date.now();
  for (const listener of listeners) listener();
}

function everySecond(changed: () => void): () => void {
  listeners.add(changed);
  if (timer === undefined) {
    ticked = Date.now();
    timer = setInterval(tick, SECOND);
  }
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function useStepped(step: number): number | null {
  const clock = useContext(ClockContext);
  return useSyncExternalStore(everySecond, () => {
    const now = arenaTime(clock, ticked);
    // A snapshot that has not changed draws nothing anew.
    return now === null ? null : Math.floor(now / step) * step;
  });
}

/** The arena's time to the minute: for ages in tables. */
export const useArenaNow = () => useStepped(MINUTE);
/** The arena's time to the second: for the clock and countdowns. */
export const useArenaClock = () => useStepped(SECOND);
/** Our own time, to the second. */
export const useOurClock = () =>
  useSyncExternalStore(everySecond, () => Math.floor(ticked / SECOND) * SECOND);
