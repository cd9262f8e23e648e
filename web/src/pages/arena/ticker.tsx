/** Prices of the arena's symbols: mark, change over a day, the last funding. */

import { Link } from "wouter";

import { useMarket } from "../../api/queries";
import type { MarketRow } from "../../api/types";
import { exact, percent, signOf } from "../../figures/figures";
import { age } from "../../figures/time";
import { useStaleFrom } from "../../parts/mark";
import { Stale } from "../../parts/states";

const ARROWS = { gain: "▲", loss: "▼", none: "" };

export function Ticker() {
  const rows = useMarket().data?.items;
  if (!rows || rows.length === 0) return null;
  return (
    <div className="ticker" role="region" aria-label="Prices" tabIndex={0}>
      <ul>
        {rows.map((row) => (
          <li key={row.symbol}>
            <Quote row={row} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Quote({ row }: { row: MarketRow }) {
  const stale = row.staleMs > useStaleFrom() ? age(row.staleMs) : null;
  const sign = signOf(row.change24h, 4);
  const mark = exact(row.mark);
  return (
    <Link href={`/market/${row.symbol}`}>
      <div>
        <b>{row.symbol}</b> {stale ? <Stale words={`${stale} old`}>{mark}</Stale> : mark}
      </div>
      <div className="small">
        {row.change24h !== null && (
          <span className={`change ${sign}`}>
            {ARROWS[sign]} {percent(row.change24h)}
          </span>
        )}
        <span className="faint">
          {stale
            ? `stale ${stale}`
            : row.funding && `funding ${percent(row.funding.rate, 4)}`}
        </span>
      </div>
    </Link>
  );
}
