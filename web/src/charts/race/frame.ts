/** The race's measures: margins per width, axes, what a value is called. */

import { money, percent } from "../../figures/figures";
import { DAY, HOUR, day, dayMinute, minute } from "../../figures/time";
import { extent, linear, logarithmic, ticks, timeTicks, type Scale } from "../scale";
import type { Race, RaceScale } from "./series";

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  narrow: boolean;
  x: Scale;
  y: Scale;
  xTicks: number[];
  yTicks: number[];
  scale: RaceScale;
}

const NARROW = 560;
/** From here the leaderboard beside the race is taller than it: the race may be, too. */
const ROOMY = 940;

export function frame(race: Race, scale: RaceScale, width: number): Frame {
  const narrow = width < NARROW;
  const height = narrow ? 340 : Math.round(Math.max(400, width * (width > ROOMY ? 0.6 : 0.52)));
  const left = scale === "percent" ? 48 : 56;
  const right = width - (narrow ? 96 : 176);
  const [top, bottom] = [20, height - 26];
  const domain = valueDomain(race, scale);
  const make = scale === "log" ? logarithmic : linear;
  const x = linear([race.from, race.to], [left, right]);
  const y = make(domain, [bottom, top]);
  return {
    ...{ width, height, left, right, top, bottom, narrow, x, y, scale },
    xTicks: timeTicks([race.from, race.to], Math.max(2, Math.floor((right - left) / 105))),
    yTicks: ticks(domain, 6),
  };
}

function valueDomain(race: Race, scale: RaceScale): [number, number] {
  const values = race.series.flatMap((one) => one.points.map((point) => point.v));
  const bands = race.bands.flatMap((one) => one.rows.flatMap((row) => [row.low, row.high]));
  const base = scale === "percent" ? [0] : [];
  const found = extent([...values, ...bands, ...base]) ?? [0, 1];
  return scale === "log" ? [Math.max(found[0], 1e-6), found[1]] : found;
}

/** A value on the axis: one place for per cents, whole units for money. */
export function axisWords(value: number, scale: RaceScale, step: number): string {
  if (scale !== "percent") return money(value, 0);
  return percent(value, step < 0.01 ? 1 : 0);
}

/** A value beside its line. */
export function valueWords(value: number, scale: RaceScale, places = 1): string {
  return scale === "percent" ? percent(value, places) : money(value, 0);
}

/** An instant on the axis: days for long ranges, hours for short ones. */
export function timeWords(t: number, width: number): string {
  if (width > 4 * DAY) return day(t);
  return t % DAY === 0 ? day(t) : minute(t);
}

export function instantWords(t: number, width: number): string {
  return width > 400 * HOUR ? day(t) : dayMinute(t);
}
