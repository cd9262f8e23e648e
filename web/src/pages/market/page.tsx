/** The market as the arena sees it: every symbol, and one of them with candles, funding and book. */

import "../model/model.css";
import "./market.css";

import { useLocation } from "wouter";

import { useMarket } from "../../api/queries";
import type { MarketRow } from "../../api/types";
import { exact } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At, Return } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { Empty, Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";
import { Book } from "./book";
import { CandleCard } from "./candle-card";
import { Funding } from "./funding";
import { NextFunding, Predicted, Rate, SymbolList } from "./symbols";

export default function MarketPage({ symbol: asked }: { symbol?: string | undefined }) {
  const market = useMarket();
  const rows = market.data?.items ?? [];
  const symbol = asked ?? rows[0]?.symbol;
  useTitle(symbol ? `${symbol} · Market` : "Market");
  const [, go] = useLocation();
  return (
    <>
      <div className="pagehead">
        <h1>Market</h1>
        <span className="faint small">marks are the prices at which every NAV is taken</span>
      </div>
      <Card className="symbols" title="Symbols" note={`${rows.length}`}>
        <Loaded query={market} what="The market" rows={5}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No mark yet.">The first comes with the first minute.</Empty>
            ) : (
              <SymbolList
                rows={items}
                chosen={symbol ?? ""}
                onChoose={(id) => go(`/market/${id}`, { replace: true })}
              />
            )
          }
        </Loaded>
      </Card>
      {symbol && <Symbol key={symbol} symbol={symbol} row={rows.find((one) => one.symbol === symbol)} />}
    </>
  );
}

function Symbol({ symbol, row }: { symbol: string; row: MarketRow | undefined }) {
  return (
    <div className="model-layout">
      <div>
        <CandleCard symbol={symbol} />
        <Funding symbol={symbol} />
      </div>
      <div>
        {row && <Now row={row} />}
        <Book symbol={symbol} kept={Boolean(row?.best)} staleSince={row?.staleSince ?? null} />
      </div>
    </div>
  );
}

function Now({ row }: { row: MarketRow }) {
  return (
    <Card className="o2" title={`${row.symbol} now`}>
      <div className="body">
        <Pairs
          pairs={[
            ["Mark", <b key="mark">{exact(row.mark)}</b>],
            ["Taken", <At key="at" at={row.markAt} />],
            ["24 h", <Return key="day" value={row.change24h} />],
            ["Last funding", <Rate key="rate" rate={row.funding?.rate ?? null} />],
            ["Settled", <At key="settled" at={row.funding?.settledAt ?? null} />],
            ["Predicted funding", <Predicted key="next" row={row} />],
            ["Next settlement", <NextFunding key="in" at={row.nextFundingAt} />],
            ["Marks since", <At key="since" at={row.marksSince} />],
          ]}
        />
      </div>
    </Card>
  );
}
