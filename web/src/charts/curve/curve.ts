/** What an arm's curve is made of: NAV, how far below its peak it was, how much it carried. */

import type { NavHistory, Position, Trade } from "../../api/types";
import { drawn } from "../../figures/figures";
import { millis } from "../../figures/time";
import { lastAt, type Gap, type Point } from "../line";

/** NAV as points for drawing. */
export function navPoints(history: NavHistory): Point[] {
  return history.points
    .map(({ at, nav }) => ({ t: millis(at) ?? NaN, v: drawn(nav) ?? NaN }))
    .filter(({ t, v }) => !Number.isNaN(t) && !Number.isNaN(v));
}

export function gapsOf(history: NavHistory): Gap[] {
  return history.gaps.map((gap) => ({ from: millis(gap.from) ?? 0, to: millis(gap.to) ?? 0 }));
}

/** (NAV - peak so far) / peak so far: zero or less. */
export function drawdowns(navs: readonly Point[]): Point[] {
  let peak = -Infinity;
  return navs.map(({ t, v }) => {
    peak = Math.max(peak, v);
    return { t, v: peak > 0 ? v / peak - 1 : 0 };
  });
}

/** The deepest of them; null when it never fell. */
export function deepest(points: readonly Point[]): Point | null {
  const found = points.reduce<Point | null>(
    (low, point) => (low === null || point.v < low.v ? point : low),
    null,
  );
  return found && found.v < 0 ? found : null;
}

export interface Carried {
  from: number;
  to: number;
  /** Sum of entry notionals / NAV when it began. */
  leverage: number;
}

/** Gross leverage at entry prices, as steps between openings and closings. */
export function carried(
  trades: readonly Trade[],
  positions: readonly Position[],
  navs: readonly Point[],
): Carried[] {
  const end = navs.at(-1)?.t ?? 0;
  const changes = [
    ...trades.flatMap((trade) => {
      const notional = (drawn(trade.quantity) ?? 0) * (drawn(trade.entryPrice) ?? 0);
      return [
        { t: millis(trade.openedAt) ?? end, by: notional },
        { t: millis(trade.closedAt) ?? end, by: -notional },
      ];
    }),
    ...positions.map((one) => ({ t: millis(one.openedAt) ?? end, by: drawn(one.entryNotional) ?? 0 })),
  ].sort((one, other) => one.t - other.t);
  let notional = 0;
  return changes.flatMap(({ t, by }, place) => {
    notional += by;
    const to = changes[place + 1]?.t ?? end;
    const nav = navs[Math.max(0, lastAt(navs, t))]?.v ?? 0;
    // What is left after the last closing is the rounding of binary fractions.
    if (to <= t || nav <= 0 || notional < 1e-6 * nav) return [];
    return [{ from: t, to, leverage: notional / nav }];
  });
}
