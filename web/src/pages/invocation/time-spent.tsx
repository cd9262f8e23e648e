/** Where the time of a decision went: step by step, as shares of the whole. */

import type { Invocation } from "../../api/types";
import { took } from "../../figures/time";
import { Card } from "../../parts/card";

const WIDTH = 360;
const HEIGHT = 18;
const GAP = 1;
/** Narrower than this, a share has no room for its words. */
const WORDS_NEED = 46;

export function TimeSpent({ invocation }: { invocation: Invocation }) {
  const steps = invocation.stepsDetail;
  const sum = steps.reduce((all, step) => all + (step.durationMs ?? 0), 0);
  if (steps.length === 0 || sum === 0) return null;
  const ends = steps.map((_, place) =>
    steps.slice(0, place + 1).reduce((all, step) => all + (step.durationMs ?? 0), 0),
  );
  const words = steps.map((step) => `step ${step.number} ${took(step.durationMs)}`).join(", ");
  return (
    <Card title={`Where ${took(sum)} went`}>
      <div className="body">
        <svg className="spent" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words}>
          {steps.map((step, place) => {
            const from = ((ends[place - 1] ?? 0) / sum) * WIDTH;
            const width = ((step.durationMs ?? 0) / sum) * WIDTH;
            return (
              <g key={step.number}>
                <rect x={from} y={0} width={Math.max(0, width - GAP)} height={HEIGHT} />
                {width >= WORDS_NEED && (
                  <text x={from + 6} y={HEIGHT - 5}>
                    step {step.number}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
        <p className="faint small">The model’s answers; ours takes milliseconds between them.</p>
      </div>
    </Card>
  );
}
