/** Everything of the race that stands still while the pointer moves. */

import { memo } from "react";

import { span } from "../../figures/time";
import { path, type Gap } from "../line";
import { axisWords, timeWords, type Frame } from "./frame";
import type { Band, Race, Series } from "./series";

export const Axes = memo(function Axes({ frame, gaps }: { frame: Frame; gaps: readonly Gap[] }) {
  const { x, y, left, right, top, bottom, height, xTicks, yTicks, scale } = frame;
  const step = (yTicks[1] ?? 1) - (yTicks[0] ?? 0);
  const width = x.domain[1] - x.domain[0];
  return (
    <g>
      {yTicks.map((value) => (
        <g key={value}>
          <line
            className={scale === "percent" && value === 0 ? "zero" : "grid"}
            x1={left}
            x2={right}
            y1={y(value)}
            y2={y(value)}
          />
          <text x={left - 6} y={y(value) + 4} textAnchor="end">
            {axisWords(value, scale, step)}
          </text>
        </g>
      ))}
      {xTicks.map((t) => (
        <g key={t}>
          <line className="grid" x1={x(t)} x2={x(t)} y1={bottom} y2={bottom + 4} />
          <text x={x(t)} y={height - 7} textAnchor={x(t) < left + 20 ? "start" : "middle"}>
            {timeWords(t, width)}
          </text>
        </g>
      ))}
      {gaps.map((gap) => (
        <g key={gap.from}>
          <rect
            x={x(gap.from)}
            y={top}
            width={Math.max(1, x(gap.to) - x(gap.from))}
            height={bottom - top}
            fill="url(#gap)"
          />
          <text x={(x(gap.from) + x(gap.to)) / 2} y={top - 6} textAnchor="middle">
            no data {span(gap.to - gap.from)}
          </text>
        </g>
      ))}
    </g>
  );
});

interface LinesProps {
  race: Race;
  frame: Frame;
  focus: ReadonlySet<string>;
  /** All lines but the hovered one step back. */
  quiet: boolean;
}

export const Lines = memo(function Lines({ race, frame, focus, quiet }: LinesProps) {
  const { x, y } = frame;
  const context = race.series.filter((one) => !focus.has(one.arm.id));
  const front = race.series.filter((one) => focus.has(one.arm.id));
  return (
    <g opacity={quiet ? 0.35 : 1}>
      {race.bands.map((one) => (
        <BandArea key={one.name} band={one} frame={frame} gaps={race.gaps} />
      ))}
      {context
        .filter((one) => !one.look.control)
        .map((one) => (
          <path
            key={one.arm.id}
            d={path(one.points, one.gaps, x, y)}
            fill="none"
            stroke="var(--control-arm)"
            opacity=".34"
          />
        ))}
      {context
        .filter((one) => one.look.control)
        .map((one) => (
          <Line key={one.arm.id} series={one} frame={frame} strokeWidth={1.3} />
        ))}
      {front.map((one) => (
        <Line key={one.arm.id} series={one} frame={frame} strokeWidth={2.2} />
      ))}
    </g>
  );
});

interface LineProps {
  series: Series;
  frame: Frame;
  strokeWidth: number;
}

export const Line = memo(function Line({ series, frame, strokeWidth }: LineProps) {
  return (
    <path
      d={path(series.points, series.gaps, frame.x, frame.y)}
      fill="none"
      stroke={series.look.color}
      strokeWidth={strokeWidth}
      strokeDasharray={series.look.dash || undefined}
      strokeLinejoin="round"
    />
  );
});

function BandArea({ band, frame, gaps }: { band: Band; frame: Frame; gaps: readonly Gap[] }) {
  const { x, y } = frame;
  const pieces: Band["rows"][] = [[]];
  for (const row of band.rows) {
    if (gaps.some((gap) => gap.from < row.t && row.t < gap.to)) pieces.push([]);
    else pieces.at(-1)?.push(row);
  }
  const area = pieces
    .filter((rows) => rows.length > 1)
    .map((rows) => {
      const up = rows.map((row) => `${x(row.t).toFixed(1)} ${y(row.high).toFixed(1)}`);
      const down = rows.map((row) => `${x(row.t).toFixed(1)} ${y(row.low).toFixed(1)}`).reverse();
      return `M${[...up, ...down].join("L")}Z`;
    });
  return <path d={area.join("")} fill="var(--control-arm)" opacity=".13" />;
}
