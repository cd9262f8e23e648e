/** What models are saying right now: pieces of text by invocation, until it ends. */

import type { ArenaEvent } from "./kinds";

export interface Thought {
  invocationId: string;
  modelId: string | null;
  at: string;
  text: string;
  calls: number;
}

/** Enough for the feed; the whole text is in the invocation. */
const MOST_TEXT = 600;
const MOST_THOUGHTS = 100;

export type Thoughts = ReadonlyMap<string, Thought>;

/** The thoughts after `event`. */
export function thinking(thoughts: Thoughts, event: ArenaEvent): Thoughts {
  if (event.kind !== "invocation" && event.kind !== "text" && event.kind !== "call") {
    return thoughts;
  }
  const next = new Map(thoughts);
  if (event.kind === "invocation" && event.state !== "RUNNING") {
    next.delete(event.invocationId);
    return next;
  }
  const { invocationId, modelId, at } = event;
  // What comes of a call may come after the turn has ended: nobody thinks any more.
  if (event.kind === "call" && !thoughts.has(invocationId)) return thoughts;
  const known = next.get(invocationId) ?? { invocationId, modelId, at, text: "", calls: 0 };
  const text = event.kind === "text" ? (known.text + event.piece).slice(-MOST_TEXT) : known.text;
  next.set(invocationId, { ...known, text, calls: known.calls + (event.kind === "call" ? 1 : 0) });
  const oldest = next.keys().next();
  if (next.size > MOST_THOUGHTS && !oldest.done) next.delete(oldest.value);
  return next;
}
