/** Areas and lines that the candle library does not know, drawn under its bars. */

import type {
  IChartApi,
  IPrimitivePaneRenderer,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";

import { lastAt } from "../line";

/** From `start` to `end` (prices) while it was held (seconds since 1970). */
export interface Tint {
  from: number;
  to: number;
  start: number;
  end: number;
  wins: boolean;
}

export interface Step {
  from: number;
  to: number;
  price: number;
}

interface Drawing {
  tints: readonly Tint[];
  paths: readonly { from: number; to: number; start: number; end: number }[];
  steps: readonly Step[];
  colours: { loss: string; gain: string; path: string };
}

const TINT = 0.13;

export class Tints implements ISeriesPrimitive<Time> {
  private chart: IChartApi | null = null;
  private series: ISeriesApi<"Candlestick", Time> | null = null;

  constructor(private readonly drawing: Drawing) {}

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.chart = parameters.chart as IChartApi;
    this.series = parameters.series as ISeriesApi<"Candlestick", Time>;
  }

  paneViews() {
    const renderer: IPrimitivePaneRenderer = {
      draw: (target) => {
        target.useMediaCoordinateSpace(({ context }) => {
          this.draw(context);
        });
      },
    };
    return [{ zOrder: () => "bottom" as const, renderer: () => renderer }];
  }

  /** Where an instant lies between candles: the library only places instants that have one. */
  private across(instant: number): number | null {
    const times = (this.series?.data() ?? []).map((one) => ({ t: Number(one.time), v: 0 }));
    const at = lastAt(times, instant);
    const [before, after] = [times[Math.max(0, at)], times[at + 1]];
    const scale = this.chart?.timeScale();
    if (!before || !scale) return null;
    const left = scale.timeToCoordinate(before.t as unknown as Time);
    const right = after ? scale.timeToCoordinate(after.t as unknown as Time) : null;
    if (left === null || right === null || !after || at < 0) return left;
    return left + ((right - left) * (instant - before.t)) / (after.t - before.t);
  }

  private box(span: { from: number; to: number }, prices: readonly [number, number]) {
    const [left, right] = [this.across(span.from), this.across(span.to)];
    const [top, bottom] = prices.map((price) => this.series?.priceToCoordinate(price) ?? null);
    if (left === null || right === null) return null;
    if (top === null || top === undefined || bottom === null || bottom === undefined) return null;
    return { left, right, top, bottom };
  }

  private draw(context: CanvasRenderingContext2D): void {
    const { tints, paths, steps, colours } = this.drawing;
    context.save();
    context.globalAlpha = TINT;
    for (const tint of tints) {
      const box = this.box(tint, [tint.start, tint.end]);
      if (!box) continue;
      context.fillStyle = tint.wins ? colours.gain : colours.loss;
      context.fillRect(box.left, box.top, Math.max(2, box.right - box.left), box.bottom - box.top);
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.path;
    context.setLineDash([2, 3]);
    for (const one of paths) {
      const box = this.box(one, [one.start, one.end]);
      if (!box) continue;
      context.beginPath();
      context.moveTo(box.left, box.top);
      context.lineTo(box.right, box.bottom);
      context.stroke();
    }
    context.setLineDash([]);
    context.strokeStyle = colours.loss;
    context.lineWidth = 1.6;
    context.beginPath();
    steps.forEach((step, place) => {
      const box = this.box(step, [step.price, step.price]);
      if (!box) return;
      if (place === 0) context.moveTo(box.left, box.top);
      else context.lineTo(box.left, box.top);
      context.lineTo(box.right, box.top);
    });
    context.stroke();
    context.restore();
  }
}
