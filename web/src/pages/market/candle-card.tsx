/** Candles of one symbol with the indicators that models are shown, each to be switched. */

import { lazy, Suspense, useMemo } from "react";

import { useCandles, useIndicators } from "../../api/queries";
import { INDICATORS, type IndicatorId } from "../../charts/candles/indicators";
import { Card } from "../../parts/card";
import { Segments } from "../../parts/segments";
import { Empty, Failed, Loaded, Loading } from "../../parts/states";
import { useChoice, useSome } from "../../shell/preferences";

const CandleChart = lazy(async () => ({
  default: (await import("../../charts/candles/chart")).CandleChart,
}));
const TIMEFRAMES = ["1h", "1m", "5m", "15m", "4h", "1d"] as const;
const IN_ORDER = ["1m", "5m", "15m", "1h", "4h", "1d"].map((id) => ({ id, label: id }));
const CANDLES = 240;
const IDS = INDICATORS.map(({ id }) => id);
const AT_FIRST: readonly IndicatorId[] = ["ema20", "ema50", "rsi"];

export function CandleCard({ symbol }: { symbol: string }) {
  const [timeframe, setTimeframe] = useChoice("market.timeframe", TIMEFRAMES);
  const [shown, toggle] = useSome("market.indicators", IDS, AT_FIRST);
  const candles = useCandles(symbol, { timeframe, limit: CANDLES });
  const indicators = useIndicators(
    symbol,
    { timeframe, limit: CANDLES },
    shown.length > 0,
  );
  const points = useMemo(
    () => (indicators.data?.timeframe === timeframe ? indicators.data.items : []),
    [indicators.data, timeframe],
  );
  return (
    <Card
      className="o1"
      title={`${symbol}, ${timeframe}`}
      note="candles of marks, UTC"
      actions={
        <Segments
          label="Timeframe"
          choices={IN_ORDER}
          chosen={timeframe}
          onChoose={(id) => setTimeframe(id as typeof timeframe)}
        />
      }
      footer="Indicators are computed by the server with the functions that models and rules are shown, of closed candles; marks carry no volume."
    >
      <div className="switches" role="group" aria-label="Indicators">
        {INDICATORS.map(({ id, label, lines }) => (
          <button
            key={id}
            type="button"
            className="switch"
            aria-pressed={shown.includes(id)}
            onClick={() => toggle(id)}
          >
            <i style={{ background: `var(${lines.at(-1)?.token})` }} aria-hidden="true" />
            {label}
          </button>
        ))}
      </div>
      {indicators.error && shown.length > 0 && (
        <Failed
          what="The indicators"
          problem={indicators.error}
          onRetry={() => void indicators.refetch()}
        />
      )}
      <div className="body chartbody">
        <Loaded query={candles} what="The candles" rows={10}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No mark of this symbol yet." />
            ) : (
              <Suspense fallback={<Loading rows={10} />}>
                <CandleChart
                  key={timeframe}
                  candles={items}
                  points={points}
                  shown={shown}
                  words={`${symbol}, ${items.length} ${timeframe} candles of marks`}
                />
              </Suspense>
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}
