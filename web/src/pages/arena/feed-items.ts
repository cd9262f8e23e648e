/** What the feed tells: decisions, closed trades and failures, newest first. */

import type { ArmRef, InvocationSummary, Trade } from "../../api/types";
import { exact, signedMoney } from "../../figures/figures";
import { triggerWords } from "../../parts/side";
import { outcomeOf, type Outcome, type Tone } from "../../parts/tag";

export interface FeedItem {
  key: string;
  at: string;
  arm: ArmRef;
  tone: Tone;
  /** The mark and its word. */
  tag: string;
  text: string;
  to: string;
}

const MOST_ITEMS = 40;
const MOST_TEXT = 140;
const TAGS: Record<Outcome, [Tone, string]> = {
  filled: ["gain", "✓ opened"],
  shrunk: ["warn", "◐ shrunk"],
  denied: ["loss", "✕ denied"],
  unusable: ["loss", "✕ unusable"],
  rejected: ["loss", "✕ rejected"],
  unknown: ["warn", "◌ unknown"],
  holding: ["plain", "– holding"],
  placed: ["plain", "• placed"],
};
/** The gravest call of a decision is what the feed tells of it. */
const GRAVITY: readonly Outcome[] = [
  "unknown",
  "rejected",
  "denied",
  "unusable",
  "shrunk",
  "filled",
  "placed",
  "holding",
];

export function feedItems(
  invocations: readonly InvocationSummary[],
  trades: readonly Trade[],
): FeedItem[] {
  const items = [
    ...invocations.filter((one) => one.state !== "RUNNING").map(decided),
    ...trades.map(closed),
  ];
  return items.sort((one, other) => other.at.localeCompare(one.at)).slice(0, MOST_ITEMS);
}

function decided(invocation: InvocationSummary): FeedItem {
  const { id, at, finishedAt, arm, state, response, failure } = invocation;
  const base = { key: id, at: finishedAt ?? at, arm, to: `/invocations/${id}` };
  if (state === "MISSED") {
    const text = `${failure?.words ?? "no answer in time"}; not a HOLDING.`;
    return { ...base, tone: "warn", tag: "○ missed", text };
  }
  if (state === "FAILED") {
    return { ...base, tone: "loss", tag: "✕ failed", text: failure?.words ?? "It did not complete." };
  }
  const calls = invocation.calls.map((call) => ({ call, outcome: outcomeOf(call) }));
  calls.sort((one, other) => GRAVITY.indexOf(one.outcome) - GRAVITY.indexOf(other.outcome));
  const [gravest] = calls;
  if (!gravest) return { ...base, tone: "plain", tag: "✓ decided", text: shortened(response) };
  const [tone, tag] = TAGS[gravest.outcome];
  return { ...base, tone, tag, text: callText(gravest.call) ?? shortened(response) };
}

function callText(call: InvocationSummary["calls"][number]): string | null {
  const { asked, denied, unusable, type } = call;
  const what = [asked["symbol"], asked["side"]].filter((one) => typeof one === "string").join(" ");
  if (unusable) return unusable;
  if (denied) return `${what}, rule ${denied.rule}: ${denied.reason}`;
  if (type === "HOLDING") return typeof asked["reason"] === "string" ? asked["reason"] : null;
  const fill = call.filled[0];
  return fill ? `${what} ${exact(fill.quantity)} at ${exact(fill.price)}` : what || null;
}

function closed(trade: Trade): FeedItem {
  const gained = !trade.netPnl?.startsWith("-");
  const arrow = trade.side === "LONG" ? "↑" : "↓";
  const prices = `${exact(trade.entryPrice)} → ${exact(trade.exitPrice)}`;
  const by = triggerWords(trade.closeTrigger).toLowerCase();
  return {
    key: `closed-${trade.id}`,
    at: trade.closedAt ?? trade.openedAt,
    arm: trade.arm,
    tone: gained ? "gain" : "loss",
    tag: gained ? "+ closed" : "− closed",
    text: `${arrow} ${trade.side} ${trade.symbol} ${prices}, ${signedMoney(trade.netPnl)} · ${by}`,
    to: trade.closedBy ? `/invocations/${trade.closedBy}` : `/models/${trade.arm.id}`,
  };
}

/** Text without the signs of Markdown, for where there is room for a line. */
export function unmarked(text: string): string {
  return text.replace(/[*`#]/g, "");
}

function shortened(text: string): string {
  const line = unmarked(text).trim().split("\n")[0] ?? "";
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
}
