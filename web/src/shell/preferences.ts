/** What the reader chose, kept in this browser. */

import { useMemo, useSyncExternalStore } from "react";

const PREFIX = "autonome.";
const listeners = new Set<() => void>();

function stored(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    // A browser may refuse storage: the choice then lasts as long as the page.
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    return;
  } finally {
    for (const listener of listeners) listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A choice among `choices`; the first is what it is until chosen otherwise. */
export function useChoice<Choice extends string>(
  name: string,
  choices: readonly [Choice, ...Choice[]],
): [Choice, (choice: Choice) => void] {
  const value = useSyncExternalStore(subscribe, () => stored(name));
  const chosen = choices.find((choice) => choice === value) ?? choices[0];
  return [
    chosen,
    (choice) => {
      keep(name, choice);
    },
  ];
}

/** Some of `all`; those of `start` until chosen otherwise. Answers them in the order of `all`. */
export function useSome<Choice extends string>(
  name: string,
  all: readonly Choice[],
  start: readonly Choice[],
): [readonly Choice[], (choice: Choice) => void] {
  const value = useSyncExternalStore(subscribe, () => stored(name));
  const chosen = useMemo(() => {
    const named = value?.split(",") ?? start;
    return all.filter((choice) => named.includes(choice));
  }, [value, all, start]);
  return [
    chosen,
    (choice) => {
      const next = all.filter((one) => chosen.includes(one) !== (one === choice));
      keep(name, next.join(","));
    },
  ];
}
