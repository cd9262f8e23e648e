/** What every chart of candles has: neutral bars, colours of the theme, UTC times of our own. */

import {
  CandlestickSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";

import type { Candle } from "../../api/types";
import { drawn, exact } from "../../figures/figures";
import { dayMinute, millis } from "../../figures/time";

export type CandleSeries = ISeriesApi<"Candlestick", Time>;
/** What a token's colour has become in this theme. */
export type Colour = (token: string) => string;

export const seconds = (at: string) => Math.floor((millis(at) ?? 0) / 1000) as UTCTimestamp;

/** A canvas cannot read `light-dark()`: ask the browser what a colour has become. */
export function colourOf(node: HTMLElement): Colour {
  const probe = document.createElement("i");
  return (token) => {
    node.append(probe);
    probe.style.color = `var(${token})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
}

export function frameColours(colour: Colour) {
  const line = colour("--line");
  return {
    layout: {
      background: { color: colour("--surface") },
      textColor: colour("--ink-3"),
      panes: { separatorColor: line, separatorHoverColor: colour("--raised") },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    timeScale: { borderColor: line },
    rightPriceScale: { borderColor: line },
    crosshair: {
      vertLine: { color: colour("--ink-3"), labelBackgroundColor: colour("--ink-2") },
      horzLine: { color: colour("--ink-3"), labelBackgroundColor: colour("--ink-2") },
    },
  };
}

/** Up is hollow, down is filled: neither is a gain. */
export function candleColours(colour: Colour) {
  return {
    upColor: colour("--surface"),
    downColor: colour("--ink-3"),
    borderColor: colour("--ink-3"),
    wickColor: colour("--ink-3"),
  };
}

export function framed(node: HTMLElement, colour: Colour): IChartApi {
  const colours = frameColours(colour);
  return createChart(node, {
    ...colours,
    autoSize: true,
    layout: {
      ...colours.layout,
      fontFamily: getComputedStyle(node).fontFamily,
      fontSize: 11.5,
      // The logo brings a style element along, which our policy refuses; the words below stand in.
      attributionLogo: false,
    },
    localization: { timeFormatter: (time: Time) => `${dayMinute(Number(time) * 1000)} UTC` },
    rightPriceScale: { ...colours.rightPriceScale, entireTextOnly: true },
    timeScale: { ...colours.timeScale, timeVisible: true, secondsVisible: false },
  });
}

export function addCandles(chart: IChartApi, candles: readonly Candle[], colour: Colour): CandleSeries {
  const series = chart.addSeries(CandlestickSeries, {
    ...candleColours(colour),
    priceLineVisible: false,
    priceFormat: { type: "custom", formatter: (price: number) => exact(Number(price.toPrecision(8))) },
  });
  series.setData(
    candles.map((candle) => ({
      time: seconds(candle.at),
      open: drawn(candle.open) ?? 0,
      high: drawn(candle.high) ?? 0,
      low: drawn(candle.low) ?? 0,
      close: drawn(candle.close) ?? 0,
    })),
  );
  return series;
}
