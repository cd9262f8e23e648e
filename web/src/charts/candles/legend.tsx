/** The values under the crosshair, of the newest candle while nobody points. */

import type { Candle, IndicatorPoint } from "../../api/types";
import { drawn, exact, percent, placesOf, price, statistic } from "../../figures/figures";
import { dayMinute, millis } from "../../figures/time";
import type { Read } from "./indicators";

interface LegendProps {
  candle: Candle;
  point: IndicatorPoint | null;
  reads: readonly Read[];
}

export function Legend({ candle, point, reads }: LegendProps) {
  const places = placesOf([candle.open, candle.high, candle.low, candle.close]);
  const [open, close] = [drawn(candle.open), drawn(candle.close)];
  const change = open && close !== null ? close / open - 1 : null;
  return (
    <dl className="values" aria-label="Values">
      <div>
        <dt className="sr">Candle</dt>
        <dd className="muted">{dayMinute(millis(candle.at) ?? 0)}</dd>
      </div>
      {(["open", "high", "low", "close"] as const).map((name) => (
        <div key={name}>
          <dt title={name}>{name.charAt(0).toUpperCase()}</dt>
          <dd>{price(candle[name], places)}</dd>
        </div>
      ))}
      <div>
        <dt className="sr">Change</dt>
        <dd className="muted">{percent(change)}</dd>
      </div>
      {reads.map(({ field, words, token, places: fixed }) => {
        const value = point?.[field] ?? null;
        return (
          <div key={field}>
            <dt>
              <i style={{ background: `var(${token})` }} /> {words}
            </dt>
            <dd>{fixed === null ? rounded(value, places) : statistic(value, fixed)}</dd>
          </div>
        );
      })}
    </dl>
  );
}

/** A statistic of prices, to one place more than the prices have. */
function rounded(value: number | null, places: number): string {
  return value === null ? exact(null) : statistic(value, Math.min(6, places + 1));
}
