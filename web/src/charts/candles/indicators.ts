/** Indicators of the server drawn with the candles: some on the price, some in panes below. */

import {
  HistogramSeries,
  LineSeries,
  LineStyle,
  type IChartApi,
  type ISeriesApi,
  type Time,
} from "lightweight-charts";

import type { IndicatorPoint } from "../../api/types";
import { exact } from "../../figures/figures";
import { seconds, type Colour } from "./frame";

export type IndicatorId = "ema20" | "ema50" | "bollinger" | "rsi" | "macd" | "atr";
type Field = Exclude<keyof IndicatorPoint, "at">;

interface Line {
  field: Field;
  words: string;
  token: string;
  kind?: "dashed" | "bars";
}

interface Indicator {
  id: IndicatorId;
  label: string;
  /** Drawn in a pane of its own, since its unit is not the price. */
  apart: boolean;
  places: number | null;
  lines: readonly Line[];
}

/** In the order in which they are switched and drawn. */
export const INDICATORS: readonly Indicator[] = [
  {
    ...{ id: "ema20", label: "EMA 20", apart: false, places: null },
    lines: [{ field: "ema20", words: "EMA 20", token: "--hue-1" }],
  },
  {
    ...{ id: "ema50", label: "EMA 50", apart: false, places: null },
    lines: [{ field: "ema50", words: "EMA 50", token: "--hue-2" }],
  },
  {
    ...{ id: "bollinger", label: "Bollinger", apart: false, places: null },
    lines: [
      { field: "bollingerUpper", words: "Bollinger upper", token: "--hue-5" },
      { field: "bollingerMiddle", words: "middle", token: "--hue-5", kind: "dashed" },
      { field: "bollingerLower", words: "lower", token: "--hue-5" },
    ],
  },
  {
    ...{ id: "rsi", label: "RSI", apart: true, places: 1 },
    lines: [{ field: "rsi14", words: "RSI 14", token: "--hue-6" }],
  },
  {
    ...{ id: "macd", label: "MACD", apart: true, places: null },
    lines: [
      { field: "macdHistogram", words: "histogram", token: "--control", kind: "bars" },
      { field: "macd", words: "MACD", token: "--hue-1" },
      { field: "macdSignal", words: "signal", token: "--hue-2" },
    ],
  },
  {
    ...{ id: "atr", label: "ATR", apart: true, places: null },
    lines: [{ field: "atr14", words: "ATR 14", token: "--hue-4" }],
  },
];

/** RSI: above is called overbought, below oversold. */
const RSI_LEVELS = [70, 30];

/** A line that can be read under the crosshair. */
export interface Read {
  id: IndicatorId;
  words: string;
  field: Field;
  places: number | null;
  token: string;
}

export const readsOf = (shown: readonly IndicatorId[]): Read[] =>
  INDICATORS.filter(({ id }) => shown.includes(id)).flatMap(({ id, places, lines }) =>
    lines.map(({ field, words, token }) => ({ id, field, words, places, token })),
  );

export function addIndicators(
  chart: IChartApi,
  points: readonly IndicatorPoint[],
  shown: readonly IndicatorId[],
  colour: Colour,
): void {
  let panes = 0;
  for (const indicator of INDICATORS) {
    if (!shown.includes(indicator.id)) continue;
    const pane = indicator.apart ? (panes += 1) : 0;
    const series = indicator.lines.map((line) => addLine(chart, line, points, colour, pane));
    if (indicator.id === "rsi" && series[0]) addLevels(series[0], colour);
  }
  const all = chart.panes();
  all.forEach((pane, place) => {
    pane.setStretchFactor(place === 0 ? 3 : 1);
  });
}

function addLine(
  chart: IChartApi,
  line: Line,
  points: readonly IndicatorPoint[],
  colour: Colour,
  pane: number,
): ISeriesApi<"Line" | "Histogram", Time> {
  const common = {
    color: colour(line.token),
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: {
      type: "custom" as const,
      formatter: (value: number) => exact(Number(value.toPrecision(6))),
    },
  };
  const series =
    line.kind === "bars"
      ? chart.addSeries(HistogramSeries, common, pane)
      : chart.addSeries(
          LineSeries,
          {
            ...common,
            lineWidth: 1,
            lineStyle: line.kind === "dashed" ? LineStyle.Dashed : LineStyle.Solid,
            crosshairMarkerVisible: false,
          },
          pane,
        );
  series.setData(
    points.map((point) => {
      const value = point[line.field];
      // A point without a value keeps its place on the axis of time, and draws nothing.
      return value === null ? { time: seconds(point.at) } : { time: seconds(point.at), value };
    }),
  );
  return series;
}

function addLevels(series: ISeriesApi<"Line" | "Histogram", Time>, colour: Colour): void {
  for (const price of RSI_LEVELS) {
    series.createPriceLine({
      ...{ price, color: colour("--control"), lineWidth: 1, lineStyle: LineStyle.Dashed },
      axisLabelVisible: false,
    });
  }
  series.applyOptions({
    autoscaleInfoProvider: () => ({ priceRange: { minValue: 10, maxValue: 90 } }),
  });
}
