/** The NAV race: a few arms in focus before all others, read by pointer, by keys, or as a table. */

import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";

import { useWidth } from "../width";
import { CrosshairBox, CrosshairMarks, readings, spoken } from "./crosshair";
import { frame as framed, type Frame } from "./frame";
import { EndLabels } from "./labels";
import { Axes, Line, Lines } from "./lines";
import type { Race, RaceScale } from "./series";
import { RaceTable } from "./table";

interface RaceChartProps {
  race: Race;
  scale: RaceScale;
  focus: readonly string[];
  /** The arm that the pointer or a row of the leaderboard lifts. */
  lifted: string | null;
  /** One sentence that says what the chart shows. */
  words: string;
  onLift: (id: string | null) => void;
  onPick: (id: string) => void;
}

/** How near (pixels) the pointer must be to a line to mean it. */
const REACH = 14;
/** The arrow keys step through this many places. */
const KEY_STEPS = 100;

export function RaceChart(props: RaceChartProps) {
  const { race, scale, focus, lifted, words, onLift, onPick } = props;
  const [element, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const frame = useMemo(() => framed(race, scale, width), [race, scale, width]);
  const inFocus = useMemo(() => new Set(focus), [focus]);
  const shown = useMemo(() => shownAt(race, inFocus, lifted), [race, inFocus, lifted]);
  const found = at === null ? [] : readings(race, shown, at);
  const raised = race.series.find((one) => one.arm.id === lifted);

  function point(event: PointerEvent) {
    const box = event.currentTarget.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const t = frame.x.invert(Math.min(frame.right, Math.max(frame.left, px)));
    setAt(t);
    onLift(lineAt(race, frame, t, py));
  }

  function press(event: KeyboardEvent) {
    const step = (race.to - race.from) / KEY_STEPS;
    const now = at ?? race.to;
    const to = { ArrowLeft: now - step, ArrowRight: now + step, Home: race.from, End: race.to };
    const next = to[event.key as keyof typeof to] as number | undefined;
    if (event.key === "Escape") setAt(null);
    if (next === undefined) return;
    event.preventDefault();
    setAt(Math.min(race.to, Math.max(race.from, next)));
  }

  return (
    <div className="race-chart" ref={element}>
      <div
        className="plot"
        tabIndex={0}
        role="group"
        aria-label="NAV race; arrow keys move the crosshair"
        onKeyDown={press}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => {
          setAt(null);
          onLift(null);
        }}
        onBlur={() => setAt(null)}
        onClick={() => lifted && onPick(lifted)}
      >
        <svg width={width} height={frame.height} role="img" aria-label={words}>
          <Axes frame={frame} gaps={race.gaps} />
          <Lines race={race} frame={frame} focus={inFocus} quiet={raised !== undefined} />
          {raised && <Line series={raised} frame={frame} strokeWidth={2.8} />}
          <EndLabels race={race} frame={frame} focus={shownLabels(inFocus, lifted)} />
          <CrosshairMarks found={found} frame={frame} />
        </svg>
        <CrosshairBox found={found} frame={frame} resolution={race.resolution} />
      </div>
      <p className="sr" aria-live="polite">
        {at === null ? "" : spoken(found, frame)}
      </p>
      <RaceTable race={race} frame={frame} shown={shown} />
    </div>
  );
}

function shownAt(race: Race, focus: ReadonlySet<string>, lifted: string | null): Set<string> {
  const controls = race.series.filter((one) => one.look.control).slice(0, 1);
  const shown = new Set([...focus, ...controls.map((one) => one.arm.id)]);
  if (lifted) shown.add(lifted);
  return shown;
}

function shownLabels(focus: ReadonlySet<string>, lifted: string | null): ReadonlySet<string> {
  return lifted && !focus.has(lifted) ? new Set([...focus, lifted]) : focus;
}

/** The arm whose line passes nearest to the pointer, if one does within reach. */
function lineAt(race: Race, frame: Frame, t: number, py: number): string | null {
  let best: { id: string; distance: number } | null = null;
  for (const { series, point } of readings(race, new Set(race.series.map((s) => s.arm.id)), t)) {
    const distance = Math.abs(frame.y(point.v) - py);
    if (distance < (best?.distance ?? REACH)) best = { id: series.arm.id, distance };
  }
  return best?.id ?? null;
}
