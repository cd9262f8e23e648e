/** A position's stop, entry, mark and target on one bar. */

import type { Position } from "../api/types";
import { exact, signedMoney } from "../figures/figures";
import { bar } from "./exit-plan";
import { useWidth } from "./width";

const PAD = 8;
const HEIGHT = 38;
const MIDDLE = 12;

export function ExitPlanBar({ position }: { position: Position }) {
  const [element, width] = useWidth<HTMLDivElement>(210);
  return (
    <div className="chart-bar" ref={element}>
      <BarDrawing position={position} width={width} />
    </div>
  );
}

function BarDrawing({ position, width }: { position: Position; width: number }) {
  const places = bar(position);
  if (!places) return null;
  const x = (place: number) => PAD + place * (width - 2 * PAD);
  const { entry, mark, stop, firstStop, target, liquidation, open, losing, locked } = places;
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={barWords(position)}>
      <rect
        x={PAD}
        y="9.5"
        width={Math.max(0, width - 2 * PAD)}
        height="5"
        rx="1"
        fill="var(--raised)"
        stroke="var(--line)"
      />
      {mark !== null && (
        <rect
          x={Math.min(x(entry), x(mark))}
          y="9.5"
          width={Math.abs(x(mark) - x(entry))}
          height="5"
          fill={losing ? "url(#hatch)" : "var(--gain)"}
        />
      )}
      {liquidation !== null && (
        <path
          d={`M${x(liquidation)} 5l6 7-6 7z`}
          fill="none"
          stroke="var(--loss)"
          strokeWidth="1.5"
        />
      )}
      {firstStop !== null && (
        <rect x={x(firstStop) - 2} y="7" width="4" height="10" fill="none" stroke="var(--loss)" />
      )}
      <line x1={x(entry)} x2={x(entry)} y1="5" y2="19" stroke="var(--ink)" strokeWidth="1.5" />
      {stop !== null && <rect x={x(stop) - 2.5} y="6" width="5" height="12" fill="var(--loss)" />}
      {target !== null && (
        <rect
          x={x(target) - 2.5}
          y="6"
          width="5"
          height="12"
          fill="var(--surface)"
          stroke="var(--gain)"
          strokeWidth="1.5"
        />
      )}
      {open && (
        <path
          d={`M${width - PAD - 5} ${MIDDLE - 4}l5 4-5 4`}
          fill="none"
          stroke="var(--ink-3)"
          strokeWidth="1.5"
        />
      )}
      {mark !== null && (
        <path
          d={`M${x(mark)} 8.5l-4.5-7h9z`}
          fill="var(--ink)"
          stroke="var(--surface)"
          strokeWidth="1"
        />
      )}
      <text x="2" y="33">
        {position.stop === null ? "no stop" : exact(position.stop)}
        {locked && position.riskToStop !== null && (
          <tspan className="t-gain"> locks {signedMoney(position.riskToStop)}</tspan>
        )}
      </text>
      <text x={width - 2} y="33" textAnchor="end">
        {target !== null ? exact(position.target) : position.trails ? "trails" : "no target"}
      </text>
    </svg>
  );
}

function barWords(position: Position): string {
  return [
    position.stop === null ? "No stop" : `Stop ${exact(position.stop)}`,
    `entry ${exact(position.entryPrice)}`,
    position.mark === null ? "no mark" : `mark ${exact(position.mark.price)}`,
    position.target === null ? "no fixed target" : `target ${exact(position.target)}`,
  ].join(", ");
}

/** `staleWords`: from what age on a mark is underlined. */
export function ExitPlanLegend({ staleWords }: { staleWords: string }) {
  return (
    <div className="legend">
      <span>
        <svg width="10" height="12" aria-hidden="true">
          <rect x="2" width="5" height="12" fill="var(--loss)" />
        </svg>
        stop
      </span>
      <span>
        <svg width="6" height="14" aria-hidden="true">
          <path d="M3 0v14" stroke="var(--ink)" strokeWidth="1.5" />
        </svg>
        entry
      </span>
      <span>
        <svg width="11" height="9" aria-hidden="true">
          <path d="M5.5 8.5 1 1h9z" fill="var(--ink)" />
        </svg>
        mark
      </span>
      <span>
        <svg width="10" height="12" aria-hidden="true">
          <rect x="2" y="1" width="5" height="10" fill="none" stroke="var(--gain)" strokeWidth="1.5" />
        </svg>
        target
      </span>
      <span>
        <svg width="18" height="6" aria-hidden="true">
          <rect width="18" height="6" fill="var(--gain)" />
        </svg>
        gain
      </span>
      <span>
        <svg width="18" height="6" aria-hidden="true">
          <rect width="18" height="6" fill="url(#hatch)" />
        </svg>
        loss
      </span>
      <span>
        <span className="stale">0.00</span> mark older than {staleWords}
      </span>
    </div>
  );
}
