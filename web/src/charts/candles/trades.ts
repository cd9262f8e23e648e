/** Trades on candles: entry and exit, what was risked as a tint, the stop as a line of steps. */

import { createSeriesMarkers, LineStyle, type SeriesMarker, type Time } from "lightweight-charts";

import type { Position, Trade } from "../../api/types";
import { drawn, signedMoney } from "../../figures/figures";
import { seconds, type CandleSeries, type Colour } from "./frame";
import { Tints, type Step, type Tint } from "./tints";

/** From when on a stop stood where. */
export interface StopStep {
  at: string;
  price: string;
}

export interface Marked {
  trades: readonly Trade[];
  position: Position | null;
  /** Of the position, oldest first; the first is where it began. */
  stops: readonly StopStep[];
}

export function addTrades(series: CandleSeries, marked: Marked, colour: Colour): void {
  const data = series.data();
  const [first, last] = [Number(data[0]?.time), Number(data.at(-1)?.time)];
  const { trades, position, stops } = marked;
  const tints = [
    ...trades.flatMap((trade) => tintsOfTrade(trade)),
    ...(position ? tintsOfPosition(position, stops, last) : []),
  ];
  const colours = { loss: colour("--loss"), gain: colour("--gain"), path: colour("--accent") };
  series.attachPrimitive(
    new Tints({
      colours,
      tints: tints.filter((one) => one.to >= first),
      paths: trades.flatMap(pathOf).filter((one) => one.to >= first),
      steps: position ? stepsOf(position, stops, last) : [],
    }),
  );
  createSeriesMarkers(
    series,
    markers(
      trades.filter((trade) => seconds(trade.closedAt ?? trade.openedAt) >= first),
      position,
      colour,
    ).filter((marker) => Number(marker.time) >= first),
  );
  for (const [title, price, token] of planLines(position)) {
    const level = drawn(price);
    if (level === null) continue;
    const lineStyle = title === "entry" ? LineStyle.Dotted : LineStyle.Solid;
    series.createPriceLine({ price: level, title, color: colour(token), lineWidth: 1, lineStyle });
  }
}

/** From the entry to where it would have lost, and to where it would have won. */
function tinted(
  span: { from: number; to: number },
  side: Trade["side"],
  entry: string,
  ...prices: (string | null | undefined)[]
): Tint[] {
  const start = drawn(entry);
  const up = side === "LONG" ? 1 : -1;
  return prices.flatMap((price) => {
    const end = drawn(price);
    if (start === null || end === null) return [];
    return [{ ...span, start, end, wins: (end - start) * up > 0 }];
  });
}

function tintsOfTrade(trade: Trade): Tint[] {
  const span = { from: seconds(trade.openedAt), to: seconds(trade.closedAt ?? trade.openedAt) };
  const plan = trade.exitPlan;
  return tinted(span, trade.side, trade.entryPrice, plan?.stop, plan?.target);
}

function tintsOfPosition(position: Position, stops: readonly StopStep[], last: number): Tint[] {
  const span = { from: seconds(position.openedAt), to: last };
  const stop = stops[0]?.price ?? position.firstStop ?? position.stop;
  return tinted(span, position.side, position.entryPrice, stop, position.target);
}

function pathOf(trade: Trade) {
  const [start, end] = [drawn(trade.entryPrice), drawn(trade.exitPrice)];
  if (start === null || end === null || !trade.closedAt) return [];
  return [{ from: seconds(trade.openedAt), to: seconds(trade.closedAt), start, end }];
}

/** Where the stop stood, from each move to the next, the last one until now. */
export function stepsOf(position: Position, stops: readonly StopStep[], last: number): Step[] {
  const first = { at: position.openedAt, price: position.firstStop ?? position.stop ?? "" };
  const all = stops.length > 0 ? stops : [first];
  // A stop that trails, or that an operator moved, has left its last step at an unknown time.
  const isThere = !position.trails && drawn(all.at(-1)?.price ?? null) === drawn(position.stop);
  return all.flatMap((step, place) => {
    const price = drawn(step.price);
    const next = all[place + 1];
    if (price === null || (!next && !isThere)) return [];
    return [{ from: seconds(step.at), to: next ? seconds(next.at) : last, price }];
  });
}

function planLines(position: Position | null): [string, string | null, string][] {
  if (!position) return [];
  return [
    ["entry", position.entryPrice, "--ink-2"],
    ["stop", position.stop, "--loss"],
    ["target", position.target, "--gain"],
  ];
}

/** With more trades in sight their figures would hide each other; the table below has them. */
const MOST_WORDS = 12;

/** Entries as arrows in the direction taken, exits as squares with what they made. */
function markers(
  trades: readonly Trade[],
  position: Position | null,
  colour: Colour,
): SeriesMarker<Time>[] {
  const entry = (one: Trade | Position): SeriesMarker<Time> => ({
    time: seconds(one.openedAt),
    position: one.side === "LONG" ? "belowBar" : "aboveBar",
    shape: one.side === "LONG" ? "arrowUp" : "arrowDown",
    color: colour("--accent"),
  });
  const exit = (trade: Trade): SeriesMarker<Time> => ({
    time: seconds(trade.closedAt ?? trade.openedAt),
    position: "aboveBar",
    shape: "square",
    size: 0.6,
    color: colour(trade.netPnl?.startsWith("-") ? "--loss" : "--gain"),
    text: trades.length > MOST_WORDS ? "" : signedMoney(trade.netPnl),
  });
  return [
    ...trades.flatMap((trade) => [entry(trade), exit(trade)]),
    ...(position ? [entry(position)] : []),
  ].sort((one, other) => Number(one.time) - Number(other.time));
}
