/** From values to pixels, and round figures for axes. */

import { DAY, HOUR, MINUTE } from "../figures/time";

export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
  range: readonly [number, number];
  invert: (pixel: number) => number;
}

export function linear(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const width = domain[1] - domain[0] || 1;
  const slope = (range[1] - range[0]) / width;
  const scale = (value: number) => range[0] + (value - domain[0]) * slope;
  const invert = (pixel: number) => domain[0] + (pixel - range[0]) / (slope || 1);
  return Object.assign(scale, { domain, range, invert });
}

/** The same for ratios: equal factors are equally far apart. Needs a domain above zero. */
export function logarithmic(
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale {
  const inner = linear([Math.log(domain[0]), Math.log(domain[1])], range);
  const scale = (value: number) => inner(Math.log(Math.max(value, Number.MIN_VALUE)));
  return Object.assign(scale, {
    domain,
    range,
    invert: (pixel: number) => Math.exp(inner.invert(pixel)),
  });
}

/** The round step (1, 2, 2.5 or 5 times a power of ten) that cuts `width` in about `count`. */
export function roundStep(width: number, count: number): number {
  const rough = width / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return factor * power;
}

/** Round values inside the domain, about `count` of them. */
export function ticks(domain: readonly [number, number], count: number): number[] {
  const step = roundStep(domain[1] - domain[0], count);
  const first = Math.ceil(domain[0] / step - 1e-9);
  const last = Math.floor(domain[1] / step + 1e-9);
  // `+ 0` turns a negative zero, which would be written with a sign, into zero.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step + 0);
}

const TIME_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 30, 60, 90, 180, 365].map((days) => days * DAY),
];

/** Whole minutes, hours or days inside the domain; at most `count` or so. */
export function timeTicks(domain: readonly [number, number], count: number): number[] {
  const width = domain[1] - domain[0];
  const step = TIME_STEPS.find((one) => width / one <= count) ?? 365 * DAY;
  const first = Math.ceil(domain[0] / step);
  const last = Math.floor(domain[1] / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** The smallest and largest of some values, widened a little; null when there are none. */
export function extent(values: Iterable<number>, margin = 0.04): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return null;
  const pad = (high - low || Math.abs(high) * 0.01 || 1) * margin;
  return [low - pad, high + pad];
}
