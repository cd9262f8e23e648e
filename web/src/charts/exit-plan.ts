/** Where a position's prices stand on its bar: loss to the left, gain to the right, both sides. */

import type { Position } from "../api/types";
import { drawn } from "../figures/figures";

export interface Bar {
  /** Places from 0 (left end) to 1 (right end). */
  stop: number | null;
  firstStop: number | null;
  entry: number;
  mark: number | null;
  target: number | null;
  liquidation: number | null;
  /** The right end is open: no fixed target. */
  open: boolean;
  losing: boolean;
  /** The stop has passed the entry: what it locks is a gain. */
  locked: boolean;
}

type Prices = Pick<
  Position,
  "side" | "entryPrice" | "stop" | "firstStop" | "target" | "liquidationPrice" | "mark"
>;

/** Liquidation is in scale only when it is nearer than this many bars beyond the stop. */
const LIQUIDATION_BARS = 1.5;

export function bar(position: Prices): Bar | null {
  const entry = drawn(position.entryPrice);
  if (entry === null) return null;
  const turn = position.side === "LONG" ? 1 : -1;
  // Gain per unit: the same axis for both sides.
  const gain = (price: string | null | undefined) => {
    const value = drawn(price);
    return value === null ? null : (value - entry) * turn;
  };
  const [stop, first, target] = [gain(position.stop), gain(position.firstStop), gain(position.target)];
  const mark = gain(position.mark?.price);
  const known = [0, stop, first, target, mark].filter((one) => one !== null);
  let low = Math.min(...known);
  let high = Math.max(...known);
  if (high === low) [low, high] = [low - 1, high + 1];
  if (target === null) high += (high - low) * 0.25;
  const liquidation = gain(position.liquidationPrice);
  const shown = liquidation !== null && liquidation > low - (high - low) * (LIQUIDATION_BARS - 1);
  if (shown) low = Math.min(low, liquidation);
  const place = (value: number | null) => (value === null ? null : (value - low) / (high - low));
  return {
    stop: place(stop),
    firstStop: first === stop ? null : place(first),
    entry: place(0) ?? 0,
    mark: place(mark),
    target: place(target),
    liquidation: shown ? place(liquidation) : null,
    open: target === null,
    losing: mark !== null && mark < 0,
    locked: stop !== null && stop > 0,
  };
}
