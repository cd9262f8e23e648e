/** Trades on paper: sums by how they closed and by symbol, and the largest one by one. */

import type { Trade } from "../../api/types";
import { total } from "../../figures/decimal";
import { count, drawn, exact, money, placesOf, price, share } from "../../figures/figures";
import { clock, millis } from "../../figures/time";
import { Pnl } from "../../parts/figure";
import { SideMark, triggerWords } from "../../parts/side";

const LARGEST = 20;

/** The trades with the largest net P&L of either sign, the largest first. */
export function largest(trades: readonly Trade[], most: number): Trade[] {
  const size = (trade: Trade) => Math.abs(drawn(trade.netPnl) ?? 0);
  return [...trades].sort((one, other) => size(other) - size(one)).slice(0, most);
}

interface Group {
  name: string;
  trades: number;
  won: number;
  net: string | null;
  fees: string | null;
  funding: string | null;
}

/** Trades in groups by what `of` says of each, the most frequent first. */
export function grouped(trades: readonly Trade[], of: (trade: Trade) => string): Group[] {
  const groups = new Map<string, Trade[]>();
  for (const trade of trades) {
    const name = of(trade);
    groups.set(name, [...(groups.get(name) ?? []), trade]);
  }
  return [...groups]
    .map(([name, some]) => ({
      name,
      trades: some.length,
      won: some.filter((trade) => (drawn(trade.netPnl) ?? 0) > 0).length,
      net: total(some.map((trade) => trade.netPnl)),
      fees: total(some.map((trade) => trade.fees)),
      funding: total(some.map((trade) => trade.funding)),
    }))
    .sort((one, other) => other.trades - one.trades || one.name.localeCompare(other.name));
}

export function TradeSummary({ trades, closed }: { trades: readonly Trade[]; closed: number }) {
  return (
    <>
      <div className="pair">
        <Groups caption="By how they closed" groups={grouped(trades, (one) => triggerWords(one.closeTrigger))} />
        <Groups caption="By symbol" groups={grouped(trades, (one) => one.symbol)} />
      </div>
      <p className="small faint">
        {trades.length < closed
          ? `The newest ${count(trades.length)} of ${count(closed)} trades.`
          : `${count(closed)} trades. A partial close counts as one.`}
      </p>
    </>
  );
}

function Groups({ caption, groups }: { caption: string; groups: readonly Group[] }) {
  return (
    <table className="dense">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col" className="num">
            Trades
          </th>
          <th scope="col" className="num">
            Won
          </th>
          <th scope="col" className="num">
            Net P&L
          </th>
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => (
          <tr key={group.name}>
            <th scope="row">{group.name}</th>
            <td className="num">{count(group.trades)}</td>
            <td className="num">{share(group.won / group.trades)}</td>
            <td className="num">
              <Pnl value={group.net} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Largest({ trades }: { trades: readonly Trade[] }) {
  return (
    <table className="dense">
      <caption className="sr">The {LARGEST} largest trades</caption>
      <thead>
        <tr>
          {["Closed, UTC", "Trade", "Quantity", "Entry", "Exit", "Fees", "Funding", "Net P&L", "By"].map(
            (name, place) => (
              <th scope="col" key={name} className={place > 1 && place < 8 ? "num" : ""}>
                {name}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {largest(trades, LARGEST).map((trade) => (
          <tr key={trade.id}>
            <td className="nowrap">{clock(millis(trade.closedAt) ?? 0).replace(/:\d\d UTC$/, "")}</td>
            <td>
              <SideMark side={trade.side} symbol={trade.symbol} />
            </td>
            <td className="num">{exact(trade.quantity)}</td>
            <td className="num">{rounded(trade, trade.entryPrice)}</td>
            <td className="num">{rounded(trade, trade.exitPrice)}</td>
            <td className="num">
              {money(trade.fees)}
            </td>
            <td className="num">
              <Pnl value={trade.funding} />
            </td>
            <td className="num">
              <b>
                <Pnl value={trade.netPnl} />
              </b>
            </td>
            <td>{triggerWords(trade.closeTrigger)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function rounded(trade: Trade, value: string | null): string {
  return price(value, Math.min(6, Math.max(placesOf([trade.exitPrice]), 2)));
}
