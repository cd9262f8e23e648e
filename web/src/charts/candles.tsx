/** Candles with an arm's trades: neutral bars, since up and down are not gain and loss. */

import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  LineStyle,
  type IChartApi,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";

import type { Candle, Position, Trade } from "../api/types";
import { drawn, exact, signedMoney } from "../figures/figures";
import { millis } from "../figures/time";
import { useTheme } from "../shell/theme";

interface CandlesProps {
  candles: readonly Candle[];
  trades?: readonly Trade[];
  position?: Position | null;
  words: string;
}

/** A canvas cannot read `light-dark()`: ask the browser what a colour has become. */
function resolved(probe: HTMLElement, token: string): string {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

const seconds = (at: string) => Math.floor((millis(at) ?? 0) / 1000) as UTCTimestamp;

export function CandleChart({ candles, trades = [], position = null, words }: CandlesProps) {
  const element = useRef<HTMLDivElement>(null);
  const { theme } = useTheme();
  useEffect(() => {
    const node = element.current;
    if (!node || candles.length === 0) return;
    const chart = draw(node, candles, trades, position);
    const system = matchMedia("(prefers-color-scheme: dark)");
    const recolour = () => chart.applyOptions(frameColours(node));
    system.addEventListener("change", recolour);
    return () => {
      system.removeEventListener("change", recolour);
      chart.remove();
    };
  }, [candles, trades, position, theme]);
  return (
    <>
      <div className="candles" ref={element} role="img" aria-label={words} />
      <p className="attribution small faint">
        Candles of marks, drawn with{" "}
        <a className="link" href="https://www.tradingview.com/" rel="noreferrer">
          TradingView Lightweight Charts™
        </a>
      </p>
    </>
  );
}

function frameColours(node: HTMLElement) {
  const probe = document.createElement("i");
  node.append(probe);
  const [ink, line, surface] = ["--ink-3", "--line", "--surface"].map((one) => resolved(probe, one));
  probe.remove();
  return {
    layout: { background: { color: surface ?? "" }, textColor: ink ?? "" },
    grid: { vertLines: { visible: false }, horzLines: { color: line ?? "" } },
    timeScale: { borderColor: line ?? "" },
    rightPriceScale: { borderColor: line ?? "" },
  };
}

function draw(
  node: HTMLElement,
  candles: readonly Candle[],
  trades: readonly Trade[],
  position: Position | null,
): IChartApi {
  const probe = document.createElement("i");
  node.append(probe);
  const color = (token: string) => resolved(probe, token);
  const colours = frameColours(node);
  const chart = createChart(node, {
    ...colours,
    autoSize: true,
    layout: {
      ...colours.layout,
      fontFamily: getComputedStyle(node).fontFamily,
      // The logo brings a style element along, which our policy refuses; the words below stand in.
      attributionLogo: false,
    },
    timeScale: { ...colours.timeScale, timeVisible: true, secondsVisible: false },
  });
  const series = chart.addSeries(CandlestickSeries, {
    upColor: color("--surface"),
    downColor: color("--ink-3"),
    borderColor: color("--ink-3"),
    wickColor: color("--ink-3"),
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
  createSeriesMarkers(series, markers(trades, position, candles, color));
  for (const [title, price, token] of planLines(position)) {
    const level = drawn(price);
    if (level === null) continue;
    const lineStyle = title === "entry" ? LineStyle.Dotted : LineStyle.Solid;
    series.createPriceLine({ price: level, title, color: color(token), lineWidth: 1, lineStyle });
  }
  chart.timeScale().fitContent();
  probe.remove();
  return chart;
}

function planLines(position: Position | null): [string, string | null, string][] {
  if (!position) return [];
  return [
    ["entry", position.entryPrice, "--ink-2"],
    ["stop", position.stop, "--loss"],
    ["target", position.target, "--gain"],
  ];
}

/** Entries as arrows in the direction taken, exits as squares with what they made. */
function markers(
  trades: readonly Trade[],
  position: Position | null,
  candles: readonly Candle[],
  color: (token: string) => string,
): SeriesMarker<Time>[] {
  const from = seconds(candles[0]?.at ?? "");
  const entry = (one: Trade | Position): SeriesMarker<Time> => ({
    time: seconds(one.openedAt),
    position: one.side === "LONG" ? "belowBar" : "aboveBar",
    shape: one.side === "LONG" ? "arrowUp" : "arrowDown",
    color: color("--accent"),
  });
  const exit = (trade: Trade): SeriesMarker<Time> => ({
    time: seconds(trade.closedAt ?? trade.openedAt),
    position: "aboveBar",
    shape: "square",
    size: 0.6,
    color: color(trade.netPnl?.startsWith("-") ? "--loss" : "--gain"),
    text: signedMoney(trade.netPnl),
  });
  return [...trades.flatMap((trade) => [entry(trade), exit(trade)]), ...(position ? [entry(position)] : [])]
    .filter((marker) => Number(marker.time) >= Number(from))
    .sort((one, other) => Number(one.time) - Number(other.time));
}
