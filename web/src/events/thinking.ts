/** What models are saying right now: pieces of text by invocation, until it ends. */

import type { ArenaEvent, TextTold } from "./kinds";

export interface Thought {
  invocationId: string;
  modelId: string | null;
  at: string;
  /** The words of its newest step. */
  text: string;
  calls: number;
  /** It has ended; what still comes of it is told late, and nobody thinks any more. */
  over: boolean;
}

/** Enough for the feed; the whole text is in the invocation. */
const MOST_TEXT = 600;
const MOST_THOUGHTS = 100;

export type Thoughts = ReadonlyMap<string, Thought>;

/** The thoughts after `event`; those that are over are kept for what comes late. */
export function thinking(thoughts: Thoughts, event: ArenaEvent): Thoughts {
  if (event.kind !== "invocation" && event.kind !== "text" && event.kind !== "call") {
    return thoughts;
  }
  const { invocationId, modelId, at } = event;
  const known = thoughts.get(invocationId);
  if (known?.over) return thoughts;
  // What comes of a call may come after a turn that ended before this page was opened.
  if (event.kind === "call" && !known) return thoughts;
  const next = new Map(thoughts);
  const before = known ?? { invocationId, modelId, at, text: "", calls: 0, over: false };
  next.set(invocationId, {
    ...before,
    text: event.kind === "text" ? said(before.text, event) : before.text,
    calls: before.calls + (event.kind === "call" ? 1 : 0),
    over: event.kind === "invocation" && event.state !== "RUNNING",
  });
  const oldest = next.keys().next();
  if (next.size > MOST_THOUGHTS && !oldest.done) next.delete(oldest.value);
  return next;
}

function said(text: string, { piece, start }: TextTold): string {
  return (start === 0 ? piece : text + piece).slice(-MOST_TEXT);
}

/** Those who think now. */
export function present(thoughts: Thoughts): Thought[] {
  return [...thoughts.values()].filter((thought) => !thought.over);
}
