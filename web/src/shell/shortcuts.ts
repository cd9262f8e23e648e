/** Single keys: one listener for the page, off where a reader types. Nothing that trades has one. */

import { useEffect, useRef } from "react";

import { useChoice } from "./preferences";

export interface Shortcut {
  /** One key, or two in a row such as `g a`. */
  keys: string;
  words: string;
  run: () => void;
}

const SEQUENCE_MS = 1200;
const registered = new Map<string, Shortcut>();
let first: { key: string; at: number } | null = null;

/** Every shortcut that works now, for the list of them. */
export function shortcuts(): Shortcut[] {
  return [...registered.values()];
}

/** The shortcut that `key` completes at `now`, after what was pressed before. */
export function completed(key: string, now: number): Shortcut | null {
  const before = first && now - first.at < SEQUENCE_MS ? first.key : null;
  const two = before ? registered.get(`${before} ${key}`) : undefined;
  first = null;
  if (two) return two;
  if ([...registered.keys()].some((keys) => keys.startsWith(`${key} `))) first = { key, at: now };
  return registered.get(key) ?? null;
}

/** Let shortcuts work while the calling component is on the page. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const names = list.map((one) => one.keys).join("|");
  useEffect(() => {
    const mine = latest.current.map((one) => ({
      ...one,
      run: () => latest.current.find((now) => now.keys === one.keys)?.run(),
    }));
    for (const one of mine) registered.set(one.keys, one);
    return () => {
      for (const one of mine) if (registered.get(one.keys) === one) registered.delete(one.keys);
    };
  }, [names]);
}

export function useSingleKeys() {
  return useChoice("keys", ["on", "off"]);
}

/** Listen; mounted once. */
export function useKeyboard(): void {
  const [keys] = useSingleKeys();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target)) return;
      // The list of keys itself stays in reach, or nobody could switch them on again.
      if (keys === "off" && event.key !== "?") return;
      const shortcut = completed(event.key, Date.now());
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run();
    };
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("keydown", pressed);
    };
  }, [keys]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}
