/** An arm's NAV, drawdown and leverage on one axis of time, with the missed cycles below. */

import { useMemo, useState, type PointerEvent } from "react";

import type { NavHistory, Position, Trade } from "../../api/types";
import type { Look } from "../../arms/look";
import { money, percent, signedMoney } from "../../figures/figures";
import { day, dayMinute, millis, span } from "../../figures/time";
import { nearest, path, type Point } from "../line";
import { extent, linear, ticks, timeTicks, type Scale } from "../scale";
import { withoutTransfers } from "../transfers";
import { timeWords } from "../race/frame";
import { useWidth } from "../width";
import { carried, deepest, drawdowns, gapsOf, navPoints, type Carried } from "./curve";

interface CurveProps {
  history: NavHistory;
  look: Look;
  capital: number;
  /** Hold BTC over the same time, scaled to the same capital. */
  benchmark: NavHistory | null;
  trades: readonly Trade[];
  positions: readonly Position[];
  words: string;
}

const NAV_HEIGHT = 230;
const PART_HEIGHT = 70;
const GUTTER = 30;
const TOP = 18;

export function Curve(props: CurveProps) {
  const { history, look, capital, benchmark, trades, positions, words } = props;
  const [element, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const navs = useMemo(() => navPoints(history), [history]);
  const hold = useMemo(() => (benchmark ? navPoints(benchmark) : []), [benchmark]);
  const gaps = gapsOf(history);
  const [first, last] = [navs[0], navs.at(-1)];
  if (!first || !last) return null;
  const narrow = width < 560;
  const [left, right] = [56, width - (narrow ? 8 : 96)];
  const x = linear([first.t, last.t], [left, right]);
  const values = [...navs, ...hold].map((point) => point.v);
  const domain = extent([...values, capital]) ?? [0, 1];
  const y = linear(domain, [TOP + NAV_HEIGHT, TOP]);
  // What was paid in or out moves the line of NAV; it is neither a drawdown nor a return.
  const linked = withoutTransfers(navs, history.transfers);
  const falls = drawdowns(linked);
  const leverage = carried(trades, positions, navs);
  const belowNav = TOP + NAV_HEIGHT + GUTTER;
  const belowFalls = belowNav + PART_HEIGHT + GUTTER;
  const bottom = belowFalls + PART_HEIGHT;
  const found = at === null ? null : nearest(navs, at, gaps);

  function point(event: PointerEvent) {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(x.invert(event.clientX - box.left));
  }

  return (
    <div className="plot" ref={element} onPointerMove={point} onPointerLeave={() => setAt(null)}>
      <svg width={width} height={bottom + 44} role="img" aria-label={words}>
        {ticks(domain, 5).map((value) => (
          <Level key={value} at={y(value)} {...{ left, right }} words={money(value, 0)} />
        ))}
        <line className="zero" x1={left} x2={right} y1={y(capital)} y2={y(capital)} />
        {gaps.map((gap) => (
          <rect
            key={gap.from}
            x={x(gap.from)}
            y={TOP}
            width={Math.max(1, x(gap.to) - x(gap.from))}
            height={bottom - TOP}
            fill="url(#gap)"
          >
            <title>no data {span(gap.to - gap.from)}</title>
          </rect>
        ))}
        <path
          d={path(hold, gaps, x, y)}
          fill="none"
          stroke="var(--control-arm)"
          strokeWidth="1.4"
          strokeDasharray="6 3"
        />
        <path
          d={path(navs, gaps, x, y)}
          fill="none"
          stroke={look.color}
          strokeWidth="2.2"
          strokeLinejoin="round"
        />
        {!narrow && <Ends {...{ right, y, last, capital, hold }} growth={(linked.at(-1)?.v ?? last.v) / capital - 1} />}
        <Falls points={falls} x={x} top={belowNav} {...{ left, right, narrow }} />
        <Leverage steps={leverage} x={x} top={belowFalls} {...{ left, right, narrow }} />
        <Missed instants={history.missed} x={x} top={bottom + 8} right={right} />
        {timeTicks([first.t, last.t], Math.max(2, Math.floor((right - left) / 110))).map((t) => (
          <text key={t} x={x(t)} y={bottom + 38} textAnchor={x(t) < left + 20 ? "start" : "middle"}>
            {timeWords(t, last.t - first.t)}
          </text>
        ))}
        {found && (
          <g>
            <line x1={x(found.t)} x2={x(found.t)} y1={TOP} y2={bottom} stroke="var(--ink-3)" />
            <text className="t-ink2" x={left + 4} y={TOP - 5}>
              {dayMinute(found.t)} · {money(found.v)} · drawdown{" "}
              {percent(nearest(falls, found.t)?.v ?? null)}
            </text>
          </g>
        )}
      </svg>
    </div>
  );
}

function Level(props: { at: number; left: number; right: number; words: string }) {
  const { at, left, right, words } = props;
  return (
    <g>
      <line className="grid" x1={left} x2={right} y1={at} y2={at} />
      <text x={left - 6} y={at + 4} textAnchor="end">
        {words}
      </text>
    </g>
  );
}

interface EndsProps {
  right: number;
  y: Scale;
  last: Point;
  /** Of the capital, transfers counted out. */
  growth: number;
  capital: number;
  hold: readonly Point[];
}

function Ends({ right, y, last, growth, capital, hold }: EndsProps) {
  const held = hold.at(-1);
  const at = y(last.v);
  const below = held && y(held.v) - at;
  const clear = below !== undefined && Math.abs(below) < 32 ? at + (below < 0 ? -32 : 32) : null;
  return (
    <>
      <circle cx={right} cy={at} r="3" fill="var(--ink)" />
      <text className="t-ink t-b" x={right + 8} y={at + 2}>
        {money(last.v)}
      </text>
      <text className={growth < 0 ? "t-loss" : "t-gain"} x={right + 8} y={at + 16}>
        {percent(growth)}
      </text>
      {held && (
        <text x={right + 8} y={(clear ?? y(held.v)) + 4}>
          Hold {percent(held.v / capital - 1, 1)}
        </text>
      )}
    </>
  );
}

interface PartProps {
  x: Scale;
  top: number;
  left: number;
  right: number;
  narrow: boolean;
}

function Falls({ points, x, top, left, right, narrow }: PartProps & { points: readonly Point[] }) {
  const low = deepest(points);
  const y = linear([Math.min(-0.01, low?.v ?? 0) * 1.15, 0], [top + PART_HEIGHT, top]);
  const line = path(points, [], x, y);
  const [first, last] = [points[0], points.at(-1)];
  return (
    <g>
      {ticks(y.domain, 2).map((value) => (
        <Level key={value} at={y(value)} left={left} right={right} words={percent(value, 1)} />
      ))}
      {first && last && (
        <path d={`${line}L${x(last.t)} ${top}L${x(first.t)} ${top}Z`} fill="var(--loss)" opacity=".24" />
      )}
      <path d={line} fill="none" stroke="var(--loss)" strokeWidth="1.2" />
      {low && (
        <text
          className="t-ink2"
          x={x(low.t)}
          y={y(low.v) + 12}
          textAnchor={x(low.t) > right - 120 ? "end" : "start"}
        >
          {percent(low.v, 1)} · {day(low.t)}
        </text>
      )}
      {!narrow && (
        <text x={right + 8} y={top + 12}>
          Drawdown
        </text>
      )}
    </g>
  );
}

function Leverage({ steps, x, top, left, right, narrow }: PartProps & { steps: readonly Carried[] }) {
  const most = Math.max(1, ...steps.map((step) => step.leverage));
  const y = linear([0, most * 1.05], [top + PART_HEIGHT, top]);
  const [from, to] = x.domain;
  const inside = steps.filter((step) => step.to > from && step.from < to);
  return (
    <g>
      {ticks(y.domain, 2).map((value) => (
        <Level key={value} at={y(value)} left={left} right={right} words={`${value}×`} />
      ))}
      {inside.map((step) => {
        const [start, end] = [x(Math.max(from, step.from)), x(Math.min(to, step.to))];
        return (
          <rect
            key={`${step.from}-${step.leverage}`}
            x={start}
            y={y(step.leverage)}
            width={Math.max(0.5, end - start)}
            height={y(0) - y(step.leverage)}
            fill="var(--accent)"
            opacity=".26"
          />
        );
      })}
      {!narrow && (
        <text x={right + 8} y={top + 12}>
          Leverage
        </text>
      )}
    </g>
  );
}

function Missed(props: { instants: readonly string[]; x: Scale; top: number; right: number }) {
  const { instants, x, top, right } = props;
  const places = instants.map((at) => x(millis(at) ?? NaN)).filter((place) => place <= right);
  if (places.length === 0) return null;
  return (
    <g>
      <path
        d={places.map((place) => `M${place.toFixed(1)} ${top}v7`).join("")}
        stroke="var(--warn)"
        strokeWidth="1.2"
      />
      <text className="t-warn" x={right + 8} y={top + 8}>
        {signedMoney(places.length, 0).replace("+", "")} missed
      </text>
    </g>
  );
}
