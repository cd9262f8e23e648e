/** A short mark with words: a state is never a colour alone. */

import type { ReactNode } from "react";

import type { ArmState, Call, InvocationState } from "../api/types";

export type Tone = "plain" | "gain" | "loss" | "warn" | "info" | "out";

export function Tag({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={tone === "plain" ? "tag" : `tag ${tone}`}>{children}</span>;
}

const ARM_STATES: Record<ArmState, [Tone, string]> = {
  RUNNING: ["gain", "● running"],
  HALTED: ["loss", "■ halted"],
  PAUSED: ["warn", "❚❚ paused"],
  DISABLED: ["plain", "– disabled"],
};

export function ArmStateTag({ state }: { state: ArmState }) {
  const [tone, words] = ARM_STATES[state];
  return <Tag tone={tone}>{words}</Tag>;
}

export type Outcome =
  "filled" | "shrunk" | "denied" | "unusable" | "rejected" | "unknown" | "holding" | "placed";

/** What became of a call, the gravest first. */
export function outcomeOf(call: Call): Outcome {
  if (call.unusable) return "unusable";
  if (call.denied) return "denied";
  if (call.intentState === "REJECTED") return "rejected";
  if (call.intentState === "UNKNOWN") return "unknown";
  if (call.type === "HOLDING") return "holding";
  if (call.changes.length > 0) return "shrunk";
  return call.filled.length > 0 ? "filled" : "placed";
}

const OUTCOMES: Record<Outcome, [Tone, string]> = {
  filled: ["gain", "✓ filled"],
  shrunk: ["warn", "◐ shrunk"],
  denied: ["loss", "✕ denied"],
  unusable: ["loss", "✕ unusable"],
  rejected: ["loss", "✕ rejected"],
  unknown: ["warn", "◌ unknown"],
  holding: ["plain", "– holding"],
  placed: ["plain", "• placed"],
};

export function OutcomeTag({ outcome }: { outcome: Outcome }) {
  const [tone, words] = OUTCOMES[outcome];
  return <Tag tone={tone}>{words}</Tag>;
}

const INVOCATION_STATES: Record<InvocationState, [Tone, string]> = {
  RUNNING: ["info", "● thinking"],
  COMPLETED: ["plain", "✓ decided"],
  FAILED: ["loss", "✕ failed"],
  MISSED: ["warn", "○ missed"],
};

export function InvocationTag({ state }: { state: InvocationState }) {
  const [tone, words] = INVOCATION_STATES[state];
  return <Tag tone={tone}>{words}</Tag>;
}
