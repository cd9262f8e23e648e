/** What the stream tells, by kind. */

import type { Instant, Money } from "../api/types";

interface Told {
  at: Instant;
  modelId: string | null;
}

export interface PositionTold extends Told {
  kind: "position";
  orderId: string;
  symbol: string;
  change: "OPENED" | "CHANGED" | "CLOSED";
}
export interface TradeTold extends Told {
  kind: "trade";
  orderId: string;
}
export interface InvocationTold extends Told {
  kind: "invocation";
  invocationId: string;
  state: "RUNNING" | "COMPLETED" | "FAILED" | "MISSED";
  cycleAt: Instant | null;
}
export interface TextTold extends Told {
  kind: "text";
  invocationId: string;
  /** The request of the turn, counted from 1. */
  step: number;
  /** Characters of the step that came before; 0 begins its words, or begins them anew. */
  start: number;
  piece: string;
}
export interface CallTold extends Told {
  kind: "call";
  invocationId: string;
  toolCallId: string;
  type: string;
  action: string;
  outcome: string;
}
export interface NavTold extends Told {
  kind: "nav";
  values: Record<string, Money>;
}
export interface PricesTold extends Told {
  kind: "prices";
  marks: Record<string, Money>;
}
export interface ArenaTold extends Told {
  kind: "arena";
  change: "HALTED" | "RESUMED" | "STARTED" | "STOPPED" | "COMMAND";
  reason: string | null;
}
export interface CycleTold extends Told {
  kind: "cycle";
  cycleId: string;
  scheduledAt: Instant;
}

export type ArenaEvent =
  | PositionTold
  | TradeTold
  | InvocationTold
  | TextTold
  | CallTold
  | NavTold
  | PricesTold
  | ArenaTold
  | CycleTold;

const KINDS = new Set([
  "position",
  "trade",
  "invocation",
  "text",
  "call",
  "nav",
  "prices",
  "arena",
  "cycle",
]);

/** Read one frame's data; null for a kind that this page does not know. */
export function told(kind: string, data: string): ArenaEvent | null {
  if (!KINDS.has(kind)) return null;
  const value: unknown = JSON.parse(data);
  if (typeof value !== "object" || value === null) return null;
  return { ...value, kind } as ArenaEvent;
}
