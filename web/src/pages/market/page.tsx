/** One symbol of the market as the arena sees it: candles of marks, book, funding. */

import "../model/model.css";

import { lazy, Suspense, useState } from "react";
import { useLocation } from "wouter";

import { useBook, useCandles, useFunding, useMarket, useRun } from "../../api/queries";
import { exact, percent } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At, Pnl, Return } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { Segments } from "../../parts/segments";
import { Empty, Loaded, Loading } from "../../parts/states";
import { useTitle } from "../../shell/title";

const CandleChart = lazy(async () => ({
  default: (await import("../../charts/candles")).CandleChart,
}));
const TIMEFRAMES = ["1m", "5m", "15m", "1h", "4h", "1d"].map((id) => ({ id, label: id }));
const CANDLES = 300;
const LEVELS = 10;

export default function MarketPage({ symbol: asked }: { symbol?: string | undefined }) {
  const symbols = useRun().data?.symbols ?? [];
  const [, go] = useLocation();
  const symbol = asked ?? symbols[0];
  useTitle(symbol ? `${symbol} · Market` : "Market");
  return (
    <>
      <div className="pagehead">
        <h1>Market</h1>
        <Segments
          label="Symbol"
          choices={symbols.map((id) => ({ id, label: id }))}
          chosen={symbol ?? ""}
          onChoose={(id) => go(`/market/${id}`)}
        />
      </div>
      {symbol ? <Symbol key={symbol} symbol={symbol} /> : <Loading rows={8} />}
    </>
  );
}

function Symbol({ symbol }: { symbol: string }) {
  const [timeframe, setTimeframe] = useState("1h");
  const candles = useCandles(symbol, { timeframe, limit: CANDLES });
  const row = useMarket().data?.items.find((one) => one.symbol === symbol);
  return (
    <div className="model-layout">
      <div>
        <Card
          title={`${symbol}, ${timeframe}`}
          note="candles of marks"
          actions={
            <Segments
              label="Timeframe"
              choices={TIMEFRAMES}
              chosen={timeframe}
              onChoose={setTimeframe}
            />
          }
        >
          <div className="body chartbody">
            <Loaded query={candles} what="The candles" rows={8}>
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title="No mark of this symbol yet." />
                ) : (
                  <Suspense fallback={<Loading rows={8} />}>
                    <CandleChart candles={items} words={`${symbol}, ${timeframe} candles of marks`} />
                  </Suspense>
                )
              }
            </Loaded>
          </div>
        </Card>
      </div>
      <div>
        {row && (
          <Card title="Now">
            <div className="body">
              <Pairs
                pairs={[
                  ["Mark", exact(row.mark)],
                  ["Taken", <At key="at" at={row.markAt} />],
                  ["24 h", <Return key="day" value={row.change24h} />],
                  ["Last funding", percent(row.funding?.rate ?? null, 4)],
                  ["Bid", exact(row.best?.bid)],
                  ["Ask", exact(row.best?.ask)],
                ]}
              />
            </div>
          </Card>
        )}
        {row?.best ? <Book symbol={symbol} /> : <NoBook />}
        <Funding symbol={symbol} />
      </div>
    </div>
  );
}

function Book({ symbol }: { symbol: string }) {
  const { data } = useBook(symbol);
  if (!data) return <NoBook />;
  const levels = Array.from({ length: LEVELS }, (_, place) => place);
  return (
    <Card title="Order book" note={<At at={data.at} />}>
      <div className="scroll" tabIndex={0} role="region" aria-label="Order book">
        <table className="dense">
          <caption className="sr">Order book of {symbol}</caption>
          <thead>
            <tr>
              {["Size", "Bid", "Ask", "Size"].map((name, place) => (
                <th scope="col" className="num" key={place}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {levels.map((place) => (
              <tr key={place}>
                <td className="num muted">{exact(data.bids[place]?.size)}</td>
                <td className="num">{exact(data.bids[place]?.price)}</td>
                <td className="num">{exact(data.asks[place]?.price)}</td>
                <td className="num muted">{exact(data.asks[place]?.size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function NoBook() {
  return (
    <Card title="Order book">
      <Empty title="No order book.">Only a live market has one.</Empty>
    </Card>
  );
}

function Funding({ symbol }: { symbol: string }) {
  const query = useFunding(symbol);
  return (
    <Card title="Funding" note="what all arms together received">
      <Loaded query={query} what="The funding">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No settlement yet." />
          ) : (
            <table className="dense">
              <caption className="sr">Funding settlements of {symbol}</caption>
              <thead>
                <tr>
                  <th scope="col">Settled</th>
                  <th scope="col" className="num">
                    Arms
                  </th>
                  <th scope="col" className="num">
                    Received
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.slice(0, 20).map((one) => (
                  <tr key={one.at}>
                    <td className="small muted">
                      <At at={one.at} />
                    </td>
                    <td className="num">{one.arms}</td>
                    <td className="num">
                      <Pnl value={one.amount} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </Card>
  );
}
