/** The arm's trades on the candles of one symbol. */

import { lazy, Suspense, useState } from "react";

import { useCandles, useRun } from "../../api/queries";
import type { Position, Trade } from "../../api/types";
import { Card } from "../../parts/card";
import { Segments } from "../../parts/segments";
import { Empty, Loaded, Loading } from "../../parts/states";

// Drawing candles takes a library of its own: it comes after everything else on the page.
const CandleChart = lazy(async () => ({
  default: (await import("../../charts/candles")).CandleChart,
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
  const query = useCandles(symbol, { timeframe, limit: CANDLES }, symbol !== "");
  return (
    <Card
      className="o4"
      title={`${symbol} with this arm’s trades`}
      note="arrow: entry · square: exit with its net P&L · lines: entry, stop, target now"
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
        <Loaded query={query} what="The candles" rows={8}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No mark of this symbol yet." />
            ) : (
              <Suspense fallback={<Loading rows={8} />}>
                <CandleChart
                  candles={items}
                  trades={trades.filter((trade) => trade.symbol === symbol)}
                  position={positions.find((one) => one.symbol === symbol) ?? null}
                  words={`${symbol}, ${timeframe} candles of marks, with the trades of this arm`}
                />
              </Suspense>
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}
