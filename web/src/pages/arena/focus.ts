/** Which arms stand in front: five to begin with, up to eight, or one alone. */

import { useCallback, useMemo, useState } from "react";

import type { ArmRef } from "../../api/types";
import { MOST_FOCUS, startingFocus } from "../../charts/race/series";

export interface Focus {
  ids: readonly string[];
  arms: readonly ArmRef[];
  /** What the pointer or the keyboard is on. */
  lifted: string | null;
  changed: boolean;
  lift: (id: string | null) => void;
  toggle: (id: string) => void;
  /** Show one alone; again, and the others are back. */
  isolate: (id: string) => void;
  reset: () => void;
}

/** `id` in or out of `ids`; the oldest leaves when there are too many. */
export function toggled(ids: readonly string[], id: string): string[] {
  if (ids.includes(id)) return ids.filter((one) => one !== id);
  return [...ids, id].slice(-MOST_FOCUS);
}

export function useFocus(ranked: readonly ArmRef[]): Focus {
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [lifted, lift] = useState<string | null>(null);
  const start = startingFocus(ranked).join();
  const ids = useMemo(() => chosen ?? (start ? start.split(",") : []), [chosen, start]);
  const toggle = useCallback((id: string) => setChosen(toggled(ids, id)), [ids]);
  const isolate = useCallback(
    (id: string) => setChosen(ids.length === 1 && ids[0] === id ? null : [id]),
    [ids],
  );
  const reset = useCallback(() => setChosen(null), []);
  const arms = useMemo(
    () => ids.map((id) => ranked.find((arm) => arm.id === id)).filter((arm) => arm !== undefined),
    [ids, ranked],
  );
  return { ids, arms, lifted, lift, toggle, isolate, reset, changed: chosen !== null };
}
