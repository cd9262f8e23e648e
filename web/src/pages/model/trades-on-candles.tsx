/** The arm's trades on the candles of one symbol. */

import { lazy, Suspense, useMemo, useState } from "react";

import { useCandles, useRun } from "../../api/queries";
import type { Position, Trade } from "../../api/types";
import { Card } from "../../parts/card";
import { Segments } from "../../parts/segments";
import { Empty, Loaded, Loading } from "../../parts/states";
import { useStops } from "./stops";

// Drawing candles takes a library of its own: it comes after everything else on the page.
const CandleChart = lazy(async () => ({
  default: (await import("../../charts/candles/chart")).CandleChart,
}));
const TIMEFRAMES = ["5m", "15m", "1h", "4h"].map((id) => ({ id, label: id }));
const CANDLES = 240;

interface Props {
  trades: readonly Trade[];
  positions: readonly Position[];
}

export function TradesOnCandles({ trades, positions }: Props) {
  const symbols = useRun().data?.symbols ?? [];
  const first = positions[0]?.symbol ?? trades[0]?.symbol ?? symbols[0] ?? "";
  const [chosen, choose] = useState<string | null>(null);
  const [timeframe, setTimeframe] = useState("1h");
  const symbol = chosen ?? first;
  return (
    <Card
      className="o4"
      title={`${symbol} with this arm’s trades`}
      note="▲▼ entry · ■ exit with its net P&L · tint: entry to stop and target · line: the stop"
      actions={
        <>
          <Segments
            label="Timeframe"
            choices={TIMEFRAMES}
            chosen={timeframe}
            onChoose={setTimeframe}
          />
          <select
            className="select"
            aria-label="Symbol"
            value={symbol}
            onChange={(event) => choose(event.target.value)}
          >
            {symbols.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </>
      }
    >
      <div className="body chartbody">
        {symbol && (
          <Marked
            // Mounted anew for each symbol: candles of another must not stand under its trades.
            key={symbol + timeframe}
            symbol={symbol}
            timeframe={timeframe}
            trades={trades}
            positions={positions}
          />
        )}
      </div>
    </Card>
  );
}

interface MarkedProps extends Props {
  symbol: string;
  timeframe: string;
}

function Marked({ symbol, timeframe, trades, positions }: MarkedProps) {
  const query = useCandles(symbol, { timeframe, limit: CANDLES });
  const position = positions.find((one) => one.symbol === symbol) ?? null;
  const stops = useStops(position);
  const marked = useMemo(
    () => ({ trades: trades.filter((trade) => trade.symbol === symbol), position, stops }),
    [trades, symbol, position, stops],
  );
  return (
    <Loaded query={query} what="The candles" rows={8}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title="No mark of this symbol yet." />
        ) : (
          <Suspense fallback={<Loading rows={8} />}>
            <CandleChart
              candles={items}
              marked={marked}
              words={`${symbol}, ${timeframe} candles of marks, with the trades of this arm`}
            />
          </Suspense>
        )
      }
    </Loaded>
  );
}
