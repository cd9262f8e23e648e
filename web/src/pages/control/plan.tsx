/** Another exit plan for an open position: what it is now, what it shall be, under which rules. */

import { useState } from "react";

import type { ApiError } from "../../api/client";
import type { Position } from "../../api/types";
import { armTitle } from "../../arms/look";
import { drawn, exact } from "../../figures/figures";
import { clock, millis } from "../../figures/time";
import { Field } from "../../parts/field";
import { useCommanding } from "./commanding";
import { Why } from "./why";

const FIELDS = ["stop", "target", "invalidationPrice", "timeExit", "invalidation"] as const;
type FieldName = (typeof FIELDS)[number];
type Plan = Record<FieldName, string>;

const LABELS: Record<FieldName, string> = {
  stop: "Stop",
  target: "Target",
  invalidationPrice: "Invalidation price",
  timeExit: "Time exit",
  invalidation: "Invalidation",
};
const PRICES: readonly FieldName[] = ["stop", "target", "invalidationPrice"];

/** What is written and differs from the plan; everything else is left out, and stays. */
export function changesOf(now: Plan, written: Partial<Plan>): Partial<Plan> {
  const changed = FIELDS.filter((name) => {
    const text = (written[name] ?? "").trim();
    const same = PRICES.includes(name) ? drawn(text) === drawn(now[name]) : text === now[name];
    return text !== "" && !same;
  });
  return Object.fromEntries(changed.map((name) => [name, (written[name] ?? "").trim()]));
}

/** Why the arena would refuse a new stop, as far as this page can know; null when it may be. */
export function stopWarning(position: Position, stop: string | undefined): string | null {
  const [next, now, mark] = [stop, position.stop, position.mark?.price].map(drawn);
  if (next === null || next === undefined) return null;
  const up = position.side === "LONG" ? 1 : -1;
  if (now !== null && now !== undefined && (next - now) * up < 0) {
    return `A stop only tightens: ${exact(stop)} is further away than ${exact(position.stop)}.`;
  }
  if (mark !== null && mark !== undefined && (mark - next) * up <= 0) {
    return `The mark is ${exact(position.mark?.price)}: this stop would be past it.`;
  }
  return null;
}

function planOf(position: Position): Plan {
  const plan = position.exitPlan;
  return {
    stop: position.stop ?? "",
    target: position.target ?? "",
    invalidationPrice: plan?.invalidationPrice ?? "",
    timeExit: plan?.timeExit ?? "",
    invalidation: plan?.invalidation ?? "",
  };
}

export function PlanForm({ position, onClose }: { position: Position; onClose: () => void }) {
  const { command } = useCommanding();
  const [written, setWritten] = useState<Partial<Plan>>({});
  const now = planOf(position);
  const changes = changesOf(now, written);
  return (
    <Why
      title={`Exit plan of ${position.side} ${position.symbol}, ${armTitle(position.arm)}`}
      action="Change the plan"
      broad
      fields={FIELDS}
      ready={Object.keys(changes).length > 0}
      onReason={(reason) => command(`positions/${position.id}/plan`, { ...changes, reason }, "PATCH")}
      onClose={onClose}
    >
      {(problem) => (
        <>
          <p className="small muted">
            Entry {exact(position.entryPrice)}, mark {exact(position.mark?.price)}. The rules of a
            model’s own change hold: <b>a stop only tightens</b>, and stands on the losing side of
            the mark. What is left empty stays as it is.
          </p>
          <Fields
            now={now}
            written={written}
            problem={problem}
            onWrite={(name, text) => setWritten({ ...written, [name]: text })}
          />
          {stopWarning(position, changes.stop) && (
            <p className="warn small" role="status">
              ◐ {stopWarning(position, changes.stop)}
            </p>
          )}
        </>
      )}
    </Why>
  );
}

interface FieldsProps {
  now: Plan;
  written: Partial<Plan>;
  problem: ApiError | null;
  onWrite: (name: FieldName, text: string) => void;
}

function Fields({ now, written, problem, onWrite }: FieldsProps) {
  return (
    <div className="fields">
      {FIELDS.map((name) => (
        <Field
          key={name}
          name={name}
          label={
            <>
              {LABELS[name]} <span className="faint">now {nowWords(name, now[name])}</span>
            </>
          }
          value={written[name] ?? ""}
          decimal={PRICES.includes(name)}
          code={PRICES.includes(name)}
          focus={name === "stop"}
          problem={problem}
          placeholder={name === "timeExit" ? "2026-11-24T18:00:00Z" : ""}
          note={name === "timeExit" ? "a date or an instant, UTC" : null}
          onChange={(text) => onWrite(name, text)}
        />
      ))}
    </div>
  );
}

function nowWords(name: FieldName, text: string): string {
  if (text === "") return "none";
  if (PRICES.includes(name)) return exact(text);
  const at = name === "timeExit" ? millis(text) : null;
  return at === null ? text : clock(at);
}
