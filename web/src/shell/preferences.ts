/** What the reader chose, kept in this browser. */

import { useSyncExternalStore } from "react";

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
