/** A value that changes too often: held for a while, so that what is read by it is read less. */

import { useEffect, useRef, useState } from "react";

/** How long to wait at `now` before a value may change that changed at `changedAt`. */
export function waitMs(changedAt: number, now: number, holdMs: number): number {
  return Math.max(0, changedAt + holdMs - now);
}

/** The newest `value`, but the same one for at least `holdMs`. */
export function useSteady<Value>(value: Value, holdMs: number): Value {
  const [held, hold] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (Object.is(held, value)) return;
    const timer = setTimeout(
      () => {
        changedAt.current = Date.now();
        hold(value);
      },
      waitMs(changedAt.current, Date.now(), holdMs),
    );
    return () => clearTimeout(timer);
  }, [value, held, holdMs]);
  return held;
}
