/** The crosshair: what the arms in focus were worth at an instant, highest first. */

import { Glyph } from "../../arms/glyph";
import { LineSample } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { signOf } from "../../figures/figures";
import { nearest, type Point } from "../line";
import { instantWords, valueWords, type Frame } from "./frame";
import type { Race, Series } from "./series";

export interface Reading {
  series: Series;
  point: Point;
}

/** The values at `t` of the arms in `shown`, snapped to real points. */
export function readings(race: Race, shown: ReadonlySet<string>, t: number): Reading[] {
  return race.series
    .filter((one) => shown.has(one.arm.id))
    .map((series) => ({ series, point: nearest(series.points, t, series.gaps) }))
    .filter((one): one is Reading => one.point !== null)
    .sort((one, other) => other.point.v - one.point.v);
}

/** The same in words, for who does not see the chart. */
export function spoken(found: readonly Reading[], frame: Frame): string {
  const first = found[0];
  if (!first) return "No data here.";
  const values = found.map(
    ({ series, point }) => `${armTitle(series.arm)} ${valueWords(point.v, frame.scale, 2)}`,
  );
  return `${instantWords(first.point.t, 0)}: ${values.join(", ")}`;
}

export function CrosshairMarks({ found, frame }: { found: readonly Reading[]; frame: Frame }) {
  const first = found[0];
  if (!first) return null;
  const at = frame.x(first.point.t);
  return (
    <g>
      <line
        x1={at}
        x2={at}
        y1={frame.top}
        y2={frame.bottom}
        stroke="var(--ink-3)"
        strokeDasharray="2 2"
      />
      {found.map(({ series, point }) => (
        <circle
          key={series.arm.id}
          cx={frame.x(point.t)}
          cy={frame.y(point.v)}
          r="3"
          fill={series.look.color}
          stroke="var(--surface)"
        />
      ))}
    </g>
  );
}

interface BoxProps {
  found: readonly Reading[];
  frame: Frame;
  resolution: string;
}

const BOX_WIDTH = 210;

export function CrosshairBox({ found, frame, resolution }: BoxProps) {
  const first = found[0];
  if (!first) return null;
  const at = frame.x(first.point.t);
  const left = at > frame.left + BOX_WIDTH + 16 ? at - BOX_WIDTH - 10 : at + 10;
  return (
    <div className="crosshair" style={{ left, top: frame.top }} aria-hidden="true">
      <p>
        <b>{instantWords(first.point.t, 0)}</b>
        <span className="faint">{resolution} points</span>
      </p>
      <ul>
        {found.map(({ series, point }) => (
          <li key={series.arm.id}>
            <LineSample arm={series.arm} width={18} />
            {!series.look.control && <Glyph variant={series.arm.variant} />}
            <span>{series.look.control ? armTitle(series.arm) : series.arm.name}</span>
            <span className={`num ${frame.scale === "percent" ? signOf(point.v, 4) : ""}`}>
              {valueWords(point.v, frame.scale, 2)}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
