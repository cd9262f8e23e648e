/** Closed trades, newest first. */

import { Link } from "wouter";

import type { Trade } from "../api/types";
import { ArmLabel } from "../arms/label";
import { drawn, exact, placesOf, price } from "../figures/figures";
import { millis, span } from "../figures/time";
import { At, Pnl } from "../parts/figure";
import { SideMark, triggerWords } from "../parts/side";
import { Table, type Column } from "../parts/table";

interface TradesProps {
  trades: readonly Trade[];
  oneArm?: boolean;
}

export function Trades({ trades, oneArm = false }: TradesProps) {
  const columns = tradeColumns().filter((column) => !oneArm || column.id !== "arm");
  return (
    <Table
      caption="Closed trades, newest first"
      className="dense"
      columns={columns}
      rows={trades}
      rowKey={(row) => row.id}
      card={(row) => <TradeCard trade={row} />}
    />
  );
}

function tradeColumns(): Column<Trade>[] {
  return [
    {
      id: "closed",
      head: "Closed",
      className: "small muted nowrap",
      cell: (row) => <At at={row.closedAt} />,
    },
    { id: "arm", head: "Arm", cell: (row) => <ArmLabel arm={row.arm} /> },
    {
      id: "trade",
      head: "Trade",
      by: (row) => row.symbol,
      cell: (row) => <SideMark side={row.side} symbol={row.symbol} />,
    },
    { id: "quantity", head: "Quantity", numeric: true, cell: (row) => exact(row.quantity) },
    { id: "entry", head: "Entry", numeric: true, cell: (row) => tradePrice(row, row.entryPrice) },
    { id: "exit", head: "Exit", numeric: true, cell: (row) => tradePrice(row, row.exitPrice) },
    {
      id: "gross",
      head: "Gross",
      numeric: true,
      by: (row) => drawn(row.grossPnl),
      cell: (row) => <PlainPnl value={row.grossPnl} />,
    },
    {
      id: "funding",
      head: "Funding",
      numeric: true,
      cell: (row) => <PlainPnl value={row.funding} />,
    },
    {
      id: "net",
      head: "Net P&L",
      numeric: true,
      by: (row) => drawn(row.netPnl),
      cell: (row) => (
        <b>
          <Pnl value={row.netPnl} />
        </b>
      ),
    },
    { id: "held", head: "Held", numeric: true, className: "small muted", by: length, cell: held },
    {
      id: "by",
      head: "Closed by",
      className: "small",
      by: (row) => triggerWords(row.closeTrigger),
      cell: (row) => <ClosedBy trade={row} />,
    },
  ];
}

/** Only the net figure is coloured: colour on every part of a sum says nothing. */
function PlainPnl({ value }: { value: string | null }) {
  return (
    <span className="quiet">
      <Pnl value={value} />
    </span>
  );
}

/** Entry averages have many places; the exit's tick tells how many are worth reading. */
function tradePrice(trade: Trade, value: string | null): string {
  const places = Math.min(6, Math.max(placesOf([trade.exitPrice]), 2));
  return price(value, places);
}

function length(trade: Trade): number {
  return (millis(trade.closedAt) ?? 0) - (millis(trade.openedAt) ?? 0);
}

function held(trade: Trade): string {
  return span(length(trade));
}

function ClosedBy({ trade }: { trade: Trade }) {
  const words = triggerWords(trade.closeTrigger);
  if (!trade.closedBy) return <>{words}</>;
  return (
    <Link className="link" href={`/invocations/${trade.closedBy}`}>
      {words}
    </Link>
  );
}

function TradeCard({ trade }: { trade: Trade }) {
  return (
    <>
      <div className="r">
        <ArmLabel arm={trade.arm} />
        <b className="end">
          <Pnl value={trade.netPnl} />
        </b>
      </div>
      <div className="r">
        <SideMark side={trade.side} symbol={trade.symbol} />
        <span>{exact(trade.quantity)}</span>
        <span className="end faint small">
          <ClosedBy trade={trade} />
        </span>
      </div>
      <div className="r small muted">
        <span>
          {tradePrice(trade, trade.entryPrice)} → {tradePrice(trade, trade.exitPrice)}
        </span>
        <span className="end faint">
          <At at={trade.closedAt} /> · {held(trade)}
        </span>
      </div>
    </>
  );
}
