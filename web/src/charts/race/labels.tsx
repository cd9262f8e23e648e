/** Names at the lines' ends: pushed apart, joined to their line by a leader. */

import { memo } from "react";

import { armTitle } from "../../arms/look";
import { GlyphPath } from "../../arms/glyph";
import { signOf } from "../../figures/figures";
import { spread } from "../spread";
import { valueWords, type Frame } from "./frame";
import type { Race, Series } from "./series";

const GAP = 17;

interface Label {
  key: string;
  value: number;
  name: string;
  series: Series | null;
  front: boolean;
}

interface LabelsProps {
  race: Race;
  frame: Frame;
  focus: ReadonlySet<string>;
}

export const EndLabels = memo(function EndLabels({ race, frame, focus }: LabelsProps) {
  const { y, right, top, bottom, width, narrow, scale } = frame;
  const room = Math.floor((bottom - top) / GAP) + 1;
  const labels = wanted(race, focus)
    .slice(0, room)
    .sort((one, other) => other.value - one.value);
  const places = spread(
    labels.map((label) => y(label.value)),
    GAP,
    top,
    bottom,
  );
  return (
    <g>
      {labels.map((label, at) => {
        const [from, to] = [y(label.value), places[at] ?? 0];
        const front = label.front ? 13 : 18;
        const ink = label.front ? "t-ink t-b" : "";
        const tone = scale === "percent" && label.front ? toneOf(label.value) : "";
        return (
          <g key={label.key}>
            <path
              d={`M${right} ${from}L${right + 5} ${from}L${right + 12} ${to}H${right + 16}`}
              fill="none"
              stroke={label.series?.look.color ?? "var(--control-arm)"}
              opacity=".8"
            />
            <circle
              cx={right}
              cy={from}
              r="2.6"
              fill={label.front ? (label.series?.look.color ?? "none") : "var(--surface)"}
              stroke={label.series?.look.color ?? "var(--control-arm)"}
            />
            {label.series && label.front && (
              <svg x={right + 19} y={to - 6} width="12" height="12" viewBox="0 0 16 16">
                <GlyphPath variant={label.series.arm.variant} />
              </svg>
            )}
            <text className={ink} x={right + (label.front ? 35 : 20)} y={to + 4}>
              {narrow ? shortened(label.name.split(" ")[0] ?? "", 8) : shortened(label.name, front)}
            </text>
            {!narrow && (
              <text className={tone} x={width - 2} y={to + 4} textAnchor="end">
                {valueWords(label.value, scale)}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
});

/** The arms in focus first, then benchmarks: when room is short the last ones stay unnamed. */
function wanted(race: Race, focus: ReadonlySet<string>): Label[] {
  const named = (one: Series, front: boolean) => ({
    key: one.arm.id,
    value: one.last,
    name: one.look.control ? armTitle(one.arm) : one.arm.name,
    series: one,
    front,
  });
  return [
    ...race.series.filter((one) => focus.has(one.arm.id)).map((one) => named(one, !one.look.control)),
    ...race.series
      .filter((one) => one.look.control && !focus.has(one.arm.id))
      .map((one) => named(one, false)),
    ...race.bands.map((one) => ({
      key: one.name,
      value: one.middle,
      name: `${one.name} ×${one.replicas}`,
      series: null,
      front: false,
    })),
  ];
}

function toneOf(value: number): string {
  const sign = signOf(value, 3);
  return sign === "none" ? "" : `t-${sign}`;
}

function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
