/** From NAV histories to what the race draws: lines on one scale, and a band of random replicas. */

import type { ArmRef, NavHistory } from "../../api/types";
import type { Look } from "../../arms/look";
import { drawn } from "../../figures/figures";
import { millis } from "../../figures/time";
import { band, sharedGaps, type Gap, type Point } from "../line";
import { withoutTransfers } from "../transfers";

export type RaceScale = "percent" | "money" | "log";

export interface Series {
  arm: ArmRef;
  look: Look;
  points: Point[];
  gaps: Gap[];
  /** The newest value; a series without a point is left out. */
  last: number;
}

export interface Band {
  name: string;
  replicas: number;
  rows: { t: number; low: number; high: number }[];
  /** Half of the replicas end below it. */
  middle: number;
}

export interface Race {
  series: Series[];
  bands: Band[];
  gaps: Gap[];
  from: number;
  to: number;
  resolution: string;
}

/** So many replicas of one control are drawn as a band, since single lines would say nothing. */
const BAND_REPLICAS = 5;
const BAND_SHARES = [0.05, 0.95] as const;
const BAND_POINTS = 160;

interface Wanted {
  scale: RaceScale;
  /** What a return is measured from: the capital, or the first point that is shown. */
  base: "capital" | "first";
  capital: (arm: ArmRef) => string | null;
  look: (arm: ArmRef) => Look;
}

/** Turn histories into a race; null when there is not one point. */
export function race(histories: readonly NavHistory[], wanted: Wanted): Race | null {
  const all = histories.map((history) => line(history, wanted)).filter((one) => one !== null);
  if (all.length === 0) return null;
  const from = Math.min(...all.map((one) => one.points[0]?.t ?? Infinity));
  const to = Math.max(...all.map((one) => one.points.at(-1)?.t ?? -Infinity));
  const groups = replicaGroups(all);
  const banded = new Set([...groups.values()].flat());
  return {
    series: all.filter((one) => !banded.has(one)),
    bands: [...groups].map(([name, lines]) => bandOf(name, lines, from, to)),
    gaps: sharedGaps(all.map((one) => one.gaps)),
    from,
    to,
    resolution: histories[0]?.resolution ?? "minute",
  };
}

function line(history: NavHistory, wanted: Wanted): Series | null {
  const navs = history.points
    .map(({ at, nav }) => ({ t: millis(at) ?? NaN, v: drawn(nav) ?? NaN }))
    .filter(({ t, v }) => !Number.isNaN(t) && !Number.isNaN(v));
  const first = navs[0];
  if (!first) return null;
  const capital = drawn(wanted.capital(history.arm));
  const linked = wanted.scale === "percent" ? withoutTransfers(navs, history.transfers) : navs;
  const base = wanted.base === "capital" && capital ? capital : (linked[0]?.v ?? first.v);
  const value = (nav: number) => (wanted.scale === "percent" ? nav / base - 1 : nav);
  const points = linked.map(({ t, v }) => ({ t, v: value(v) }));
  const gaps = history.gaps.map((gap) => ({ from: millis(gap.from) ?? 0, to: millis(gap.to) ?? 0 }));
  const last = points.at(-1)?.v ?? 0;
  return { arm: history.arm, look: wanted.look(history.arm), points, gaps, last };
}

function replicaGroups(all: readonly Series[]): Map<string, Series[]> {
  const byName = new Map<string, Series[]>();
  for (const one of all) {
    if (one.arm.kind !== "CONTROL") continue;
    byName.set(one.arm.name, [...(byName.get(one.arm.name) ?? []), one]);
  }
  return new Map([...byName].filter(([, lines]) => lines.length >= BAND_REPLICAS));
}

function bandOf(name: string, lines: readonly Series[], from: number, to: number): Band {
  const step = (to - from) / BAND_POINTS || 1;
  const times = Array.from({ length: BAND_POINTS + 1 }, (_, place) => from + place * step);
  const ends = lines.map((one) => one.last).sort((one, other) => one - other);
  return {
    name,
    replicas: lines.length,
    rows: band(
      lines.map((one) => one.points),
      times,
      BAND_SHARES,
    ),
    middle: ends[Math.floor(ends.length / 2)] ?? 0,
  };
}

const FIRST_FOCUS = 4;
export const MOST_FOCUS = 8;

/** Who starts in focus: the first four competitors of the leaderboard, and the last. */
export function startingFocus(ranked: readonly ArmRef[]): string[] {
  const competitors = ranked.filter((arm) => arm.kind !== "CONTROL").map((arm) => arm.id);
  const last = competitors.at(-1);
  const chosen = competitors.slice(0, FIRST_FOCUS);
  return last && !chosen.includes(last) ? [...chosen, last] : chosen;
}
