/** A return with its interval, on an axis that all rows of a table share. */

import { share } from "../figures/figures";
import { linear, roundStep } from "./scale";

/** The common axis: symmetric about zero or not, it spans every interval of the table. */
export interface IntervalAxis {
  domain: readonly [number, number];
  step: number;
}

const MOST_SPAN = 1;

/** Find an axis for `values`; whiskers longer than 100 % are cut, and say so by their open end. */
export function intervalAxis(values: readonly number[]): IntervalAxis {
  const low = Math.max(-MOST_SPAN, Math.min(0, ...values));
  const high = Math.min(MOST_SPAN, Math.max(0, ...values));
  const span = high - low || 0.02;
  const step = roundStep(span, 3);
  return { domain: [low - span * 0.04, high + span * 0.04], step };
}

const PAD = 5;

function across(axis: IntervalAxis, width: number) {
  return linear(axis.domain, [PAD, width - PAD]);
}

export function IntervalHead({ axis, width }: { axis: IntervalAxis; width: number }) {
  const x = across(axis, width);
  const marks = [-axis.step, 0, axis.step].filter(
    (value) => value >= axis.domain[0] && value <= axis.domain[1],
  );
  return (
    <svg width={width} height="14" aria-hidden="true">
      {marks.map((value) => (
        <text key={value} x={Math.min(width - 12, Math.max(12, x(value)))} y="11" textAnchor="middle">
          {(value > 0 ? "+" : "") + share(value).replace(/\s?%/, "")}
        </text>
      ))}
    </svg>
  );
}

interface IntervalProps {
  axis: IntervalAxis;
  width: number;
  value: number | null;
  interval: { low: number; high: number } | null;
  /** A benchmark's return, drawn through every row. */
  benchmark: number | null;
  color: string;
  hollow: boolean;
}

export function IntervalMark(props: IntervalProps) {
  const { axis, width, value, interval, benchmark, color, hollow } = props;
  const x = across(axis, width);
  const clip = (at: number) => Math.max(1, Math.min(width - 1, x(at)));
  const words = interval
    ? `95 % interval ${share(interval.low, 1)} to ${share(interval.high, 1)}`
    : "no interval yet";
  return (
    <svg width={width} height="18" role="img" aria-label={words}>
      <line x1={x(0)} x2={x(0)} y1="0" y2="18" stroke="var(--control)" />
      {benchmark !== null && (
        <line
          x1={clip(benchmark)}
          x2={clip(benchmark)}
          y1="0"
          y2="18"
          stroke="var(--control-arm)"
          strokeDasharray="2 2"
        />
      )}
      {interval && (
        <>
          <line
            x1={clip(interval.low)}
            x2={clip(interval.high)}
            y1="9"
            y2="9"
            stroke={color}
            strokeWidth="1.6"
          />
          {[interval.low, interval.high].map(
            (end, side) =>
              clip(end) === x(end) && (
                <line key={side} x1={x(end)} x2={x(end)} y1="6" y2="12" stroke={color} strokeWidth="1.6" />
              ),
          )}
        </>
      )}
      {value !== null && (
        <circle
          cx={clip(value)}
          cy="9"
          r="3.4"
          fill={hollow ? "var(--surface)" : color}
          stroke={color}
          strokeWidth="1.4"
        />
      )}
    </svg>
  );
}
