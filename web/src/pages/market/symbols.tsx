/** Every symbol with its mark, its change over a day and its funding; one of them is chosen. */

import type { MarketRow } from "../../api/types";
import { ABSENT, drawn, exact, percent } from "../../figures/figures";
import { countdown, millis } from "../../figures/time";
import { At, Return } from "../../parts/figure";
import { Mark } from "../../parts/mark";
import { Stale } from "../../parts/states";
import { Table, type Column } from "../../parts/table";
import { useArenaClock } from "../../shell/clock";

interface SymbolListProps {
  rows: readonly MarketRow[];
  chosen: string;
  onChoose: (symbol: string) => void;
}

export function SymbolList({ rows, chosen, onChoose }: SymbolListProps) {
  const choice = (row: MarketRow) => (
    <button
      type="button"
      className="plain"
      aria-pressed={row.symbol === chosen}
      onClick={() => onChoose(row.symbol)}
    >
      <b>{row.symbol}</b>
    </button>
  );
  const columns: Column<MarketRow>[] = [
    { id: "symbol", head: "Symbol", by: (row) => row.symbol, cell: choice },
    {
      id: "mark",
      head: "Mark",
      numeric: true,
      cell: (row) => <Mark ageMs={row.staleMs}>{exact(row.mark)}</Mark>,
    },
    {
      id: "change",
      head: "24 h",
      numeric: true,
      by: (row) => drawn(row.change24h),
      cell: (row) => <Return value={row.change24h} />,
    },
    {
      id: "funding",
      head: "Last funding",
      numeric: true,
      by: (row) => drawn(row.funding?.rate),
      cell: (row) => <Rate rate={row.funding?.rate ?? null} />,
    },
    {
      id: "predicted",
      head: "Predicted",
      numeric: true,
      by: (row) => drawn(row.predictedFundingRate),
      cell: (row) => <Predicted row={row} />,
    },
    {
      id: "next",
      head: "Next settlement",
      numeric: true,
      cell: (row) => <NextFunding at={row.nextFundingAt} />,
    },
    {
      id: "spread",
      head: "Spread",
      numeric: true,
      className: "small muted",
      cell: (row) => spreadWords(row.best),
    },
  ];
  return (
    <Table
      caption="Symbols of the arena"
      className="dense"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.symbol}
      rowClass={(row) => (row.symbol === chosen ? "chosen" : "")}
      card={(row) => (
        <div className={row.symbol === chosen ? "r chosen" : "r"}>
          {choice(row)}
          <span>{exact(row.mark)}</span>
          <span className="end">
            <Return value={row.change24h} />
          </span>
        </div>
      )}
    />
  );
}

/** A rate of funding: a sign that is no gain, since longs pay what shorts receive. */
export function Rate({ rate }: { rate: string | null }) {
  return <>{percent(rate, 4)}</>;
}

/** The venue's estimate; of a market that nobody tells of any more, since when. */
export function Predicted({ row }: { row: MarketRow }) {
  if (!row.staleSince) return <Rate rate={row.predictedFundingRate} />;
  return (
    <Stale words="Whoever led the arena has gone.">
      <span className="small">
        stale since <At at={row.staleSince} />
      </span>
    </Stale>
  );
}

export function NextFunding({ at }: { at: string | null }) {
  const now = useArenaClock();
  const ms = millis(at);
  if (ms === null) return <>{ABSENT}</>;
  const left = now === null || ms < now ? null : countdown(ms - now);
  return (
    <>
      <At at={at} />
      {left && <span className="faint"> in {left}</span>}
    </>
  );
}

const BPS = 10_000;

/** (ask - bid) / their middle, in basis points. */
export function spreadBps(bid: string, ask: string): number | null {
  const [low, high] = [drawn(bid), drawn(ask)];
  if (low === null || high === null || low + high <= 0) return null;
  return ((high - low) / ((high + low) / 2)) * BPS;
}

function spreadWords(best: MarketRow["best"]): string {
  const bps = best && spreadBps(best.bid, best.ask);
  return bps === null ? ABSENT : `${bps.toFixed(2)} bps`;
}
