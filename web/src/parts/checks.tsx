/** Safety checks: what was looked at, what was found, how long ago. */

import type { Check, Health } from "../api/types";
import { age } from "../figures/time";
import { Tag, type Tone } from "./tag";

const MARKS: Record<Check["status"], [string, string, string]> = {
  ok: ["gain", "✓", "passes"],
  degraded: ["warn", "◐", "is degraded"],
  down: ["loss", "✕", "fails"],
  unknown: ["faint", "?", "is not known"],
};

export function Checks({ health }: { health: Health }) {
  return (
    <ul className="chk">
      {health.checks.map((check) => {
        const [tone, mark, words] = MARKS[check.status];
        return (
          <li key={check.name}>
            <span className={tone} role="img" aria-label={words}>
              {mark}
            </span>
            <span>
              <b className="check-name">{check.name}</b> <span className="muted">{check.words}</span>
            </span>
            <span className="num">
              {check.ageMs === null ? "" : age(check.ageMs)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const STATES: Record<Health["status"], [Tone, string]> = {
  ok: ["gain", "✓ all pass"],
  degraded: ["warn", "◐ degraded"],
  down: ["loss", "✕ down"],
};

export function HealthTag({ health }: { health: Health }) {
  const [tone, words] = STATES[health.status];
  return <Tag tone={tone}>{words}</Tag>;
}
