/** Lines over time: cut at gaps, found by the pointer, read at an instant. */

export interface Point {
  t: number;
  v: number;
}

export interface Gap {
  from: number;
  to: number;
}

/** The SVG path through `points`; a new stroke begins after each gap, so that it has no line. */
export function path(
  points: readonly Point[],
  gaps: readonly Gap[],
  x: (t: number) => number,
  y: (v: number) => number,
): string {
  let text = "";
  let before: Point | undefined;
  for (const point of points) {
    const cut = before === undefined || crosses(before.t, point.t, gaps);
    text += `${cut ? "M" : "L"}${x(point.t).toFixed(1)} ${y(point.v).toFixed(1)}`;
    before = point;
  }
  return text;
}

function crosses(from: number, to: number, gaps: readonly Gap[]): boolean {
  return gaps.some((gap) => gap.from >= from && gap.to <= to);
}

/** Index of the last point at or before `t`; -1 when all are later. */
export function lastAt(points: readonly Point[], t: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.t ?? Infinity) <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The real point nearest to `t`; null when there is none, or when a gap lies between. */
export function nearest(
  points: readonly Point[],
  t: number,
  gaps: readonly Gap[] = [],
): Point | null {
  if (gaps.some((gap) => gap.from < t && t < gap.to)) return null;
  const at = lastAt(points, t);
  const before = points[at];
  const after = points[at + 1];
  if (!before) return after ?? null;
  return after && after.t - t < t - before.t ? after : before;
}

/** Gaps that at least half of the lines share: when the arena itself stood still. */
export function sharedGaps(all: readonly (readonly Gap[])[]): Gap[] {
  const counted = new Map<string, { gap: Gap; count: number }>();
  for (const gaps of all) {
    for (const gap of gaps) {
      const key = `${gap.from}-${gap.to}`;
      const known = counted.get(key) ?? { gap, count: 0 };
      counted.set(key, { gap, count: known.count + 1 });
    }
  }
  return [...counted.values()]
    .filter(({ count }) => count * 2 >= all.length)
    .map(({ gap }) => gap);
}

/** At each of `times`, the `share` quantiles over the lines that have begun by then. */
export function band(
  lines: readonly (readonly Point[])[],
  times: readonly number[],
  shares: readonly [number, number],
): { t: number; low: number; high: number }[] {
  const rows: { t: number; low: number; high: number }[] = [];
  for (const t of times) {
    const values = lines
      .map((points) => points[lastAt(points, t)]?.v)
      .filter((value) => value !== undefined)
      .sort((one, other) => one - other);
    if (values.length === 0) continue;
    rows.push({ t, low: quantile(values, shares[0]), high: quantile(values, shares[1]) });
  }
  return rows;
}

/** Linear interpolation between order statistics (type 7, the default of R and numpy). */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
