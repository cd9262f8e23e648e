/** A decision as a chain: which calls belong to which step, and the whole of it in four answers. */

import type { Call, Invocation, StepDetail } from "../../api/types";
import { exact, money, multiple } from "../../figures/figures";
import { argument } from "../../lists/calls";
import { traded } from "../../lists/traded";
import { outcomeOf } from "../../parts/tag";

export interface StepWithCalls {
  step: StepDetail;
  /** Milliseconds that the steps before it took. */
  afterMs: number;
  /** Recorded calls that it made. */
  calls: Call[];
  /** Names of tools that are read only, and so are not recorded. */
  unrecorded: string[];
}

/** Steps name the tools they called in order; recorded calls come in that same order. */
export function steps(invocation: Invocation): StepWithCalls[] {
  const left = [...invocation.calls];
  let afterMs = 0;
  return invocation.stepsDetail.map((step) => {
    const calls: Call[] = [];
    const unrecorded: string[] = [];
    for (const name of step.calls) {
      const call = left[0];
      if (call && sameTool(call, name)) calls.push(...left.splice(0, 1));
      else unrecorded.push(name);
    }
    const began = afterMs;
    afterMs += step.durationMs ?? 0;
    return { step, afterMs: began, calls, unrecorded };
  });
}

function sameTool(call: Call, name: string): boolean {
  const plain = (text: string) => text.replaceAll("_", "").toLowerCase();
  return [call.action, call.type, call.id].some((one) => plain(one) === plain(name));
}

/** Calls that no step names: of rules, or of an old record. */
export function loose(invocation: Invocation): Call[] {
  const placed = new Set(steps(invocation).flatMap(({ calls }) => calls));
  return invocation.calls.filter((call) => !placed.has(call));
}

export interface Answers {
  asked: string;
  allowed: string;
  rules: string;
  shrunk: boolean;
  got: string;
}

/** The call that came furthest: the first that filled, else the last that wanted anything. */
export function furthest({ calls }: Invocation): Call | undefined {
  const wanted = calls.filter((call) => call.type !== "HOLDING");
  return wanted.find((call) => call.filled.length > 0) ?? wanted.at(-1);
}

/** What was asked, allowed and got, of the call that came furthest. */
export function answers(invocation: Invocation): Answers {
  const best = furthest(invocation);
  if (!best) {
    const none = invocation.calls.length > 0 ? "nothing, it holds" : "nothing";
    return { asked: none, allowed: "–", rules: "", shrunk: false, got: "nothing traded" };
  }
  const fill = traded(best.filled);
  const rules = best.denied ? [best.denied.rule] : best.changes.map((change) => change.rule);
  return {
    asked: orderWords(best.asked),
    allowed: best.denied || best.unusable ? "nothing" : orderWords({ ...best.asked, ...best.allowed }),
    rules: rules.join(", "),
    shrunk: best.changes.length > 0,
    got: fill ? `${exact(fill.quantity)} at ${exact(fill.price)}` : "nothing traded",
  };
}

function orderWords(values: Record<string, unknown>): string {
  const quantity = argument(values, "quantity");
  const leverage = argument(values, "leverage");
  const notional = argument(values, "notional");
  return [
    argument(values, "side"),
    quantity && exact(quantity),
    argument(values, "symbol"),
    notional && !quantity && `for ${money(notional)}`,
    leverage && `at ${multiple(leverage)}`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** The page's heading: what came of the decision, in words. */
export function heading(invocation: Invocation): string {
  if (invocation.state === "MISSED") return "Missed: no decision in this cycle";
  if (invocation.state === "FAILED") return "Failed: it did not complete";
  if (invocation.state === "RUNNING") return "Deciding now";
  const outcomes = invocation.calls.map(outcomeOf);
  const denied = outcomes.filter((one) => one === "denied" || one === "unusable").length;
  const after = denied > 0 ? `, after ${denied} ${denied > 1 ? "refusals" : "refusal"}` : "";
  const call = invocation.calls.find((one) => one.filled.length > 0);
  const fill = call && traded(call.filled);
  if (call && fill) {
    const verb = fill.side === "BUY" ? "Bought" : "Sold";
    return `${verb} ${exact(fill.quantity)} ${argument(call.asked, "symbol") ?? ""}${after}`;
  }
  if (outcomes.includes("holding")) return `Held${after}`;
  return denied > 0 ? `Refused ${denied > 1 ? `${denied} times` : "once"}` : "Decided nothing";
}
