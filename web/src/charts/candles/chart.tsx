/** Candles with indicators or an arm's trades: neutral bars, since up and down are not gain and loss. */

import type { IChartApi, IRange, MouseEventParams, Time } from "lightweight-charts";
import { useEffect, useMemo, useRef, useState } from "react";

import type { Candle, IndicatorPoint } from "../../api/types";
import { millis } from "../../figures/time";
import { useTheme } from "../../shell/theme";
import { addCandles, candleColours, colourOf, frameColours, framed, seconds } from "./frame";
import { addIndicators, readsOf, type IndicatorId } from "./indicators";
import { Legend } from "./legend";
import { addTrades, type Marked } from "./trades";

interface CandlesProps {
  candles: readonly Candle[];
  marked?: Marked | null;
  points?: readonly IndicatorPoint[];
  shown?: readonly IndicatorId[];
  words: string;
}

/** The part of the time in sight; null while all of it is. */
function zoomOf(chart: IChartApi, from: number): IRange<Time> | null {
  const seen = chart.timeScale().getVisibleRange();
  return seen && Number(seen.from) > from ? seen : null;
}

const NO_POINTS: readonly IndicatorPoint[] = [];
const NONE: readonly IndicatorId[] = [];

export function CandleChart(props: CandlesProps) {
  const { candles, marked = null, points = NO_POINTS, shown = NONE, words } = props;
  const element = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  /** What the reader has zoomed to: new candles must not take it away. */
  const range = useRef<IRange<Time> | null>(null);
  const { theme } = useTheme();
  const from = candles[0] ? seconds(candles[0].at) : 0;
  const inside = useMemo(() => points.filter((point) => seconds(point.at) >= from), [points, from]);
  useEffect(() => {
    const node = element.current;
    if (!node || candles.length === 0) return;
    const colour = colourOf(node);
    const chart = framed(node, colour);
    const series = addCandles(chart, candles, colour);
    addIndicators(chart, inside, shown, colour);
    if (marked) addTrades(series, marked, colour);
    const point = ({ time }: MouseEventParams<Time>) => {
      setAt(time === undefined ? null : Number(time));
    };
    chart.subscribeCrosshairMove(point);
    const zoomed = range.current;
    if (zoomed) chart.timeScale().setVisibleRange(zoomed);
    else chart.timeScale().fitContent();
    const system = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => {
      chart.applyOptions(frameColours(colour));
      series.applyOptions(candleColours(colour));
    };
    system.addEventListener("change", recolour);
    return () => {
      system.removeEventListener("change", recolour);
      range.current = zoomOf(chart, from);
      chart.remove();
    };
  }, [candles, inside, shown, marked, theme, from]);
  const candle = candles.find((one) => seconds(one.at) === at) ?? candles.at(-1);
  // The newest candle has not closed: while nobody points, the indicators of the last closed one.
  const point =
    at === null
      ? inside.at(-1)
      : candle && inside.find((one) => millis(one.at) === millis(candle.at));
  const apart = readsOf(shown).some(({ id }) => ["rsi", "macd", "atr"].includes(id));
  return (
    <>
      {candle && <Legend candle={candle} point={point ?? null} reads={readsOf(shown)} />}
      <div
        className={apart ? "candles tall" : "candles"}
        ref={element}
        role="img"
        aria-label={words}
      />
      <p className="attribution small faint">
        Candles of marks, drawn with{" "}
        <a className="link" href="https://www.tradingview.com/" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
      </p>
    </>
  );
}
