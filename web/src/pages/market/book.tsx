/** The order book where one is kept: both sides, how much has gathered, the spread. */

import { useBook } from "../../api/queries";
import type { Book as BookShape } from "../../api/types";
import { parse, plus, text, type Decimal } from "../../figures/decimal";
import { drawn, exact } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At } from "../../parts/figure";
import { Empty, Failed, Loading, Stale } from "../../parts/states";
import { spreadBps } from "./symbols";

const LEVELS = 10;

interface BookProps {
  symbol: string;
  kept: boolean;
  /** When the market was told of last, if that is too long ago to show a book. */
  staleSince: string | null;
}

export function Book({ symbol, kept, staleSince }: BookProps) {
  const { data, error, refetch } = useBook(symbol, kept);
  if (staleSince) return <StaleBook since={staleSince} />;
  if (!kept || error?.code === "no-book") return <NoBook />;
  if (!data) {
    return (
      <Card className="o3" title="Order book">
        {error ? (
          <Failed what="The book" problem={error} onRetry={() => void refetch()} />
        ) : (
          <Loading rows={8} />
        )}
      </Card>
    );
  }
  return <Depth book={data} />;
}

function StaleBook({ since }: { since: string }) {
  return (
    <Card className="o3" title="Order book" note={<At at={since} />}>
      <Empty
        title={
          <Stale words="A book is shown for a minute.">
            The book is stale since <At at={since} />.
          </Stale>
        }
      >
        Whoever led the arena has gone. The next one that is noted stands here again.
      </Empty>
    </Card>
  );
}

function NoBook() {
  return (
    <Card className="o3" title="Order book">
      <Empty title="No order book is kept.">
        Synthetic and recorded markets have prices, not orders: fills are computed from candles and
        the venue’s spread. Only a live market shows one.
      </Empty>
    </Card>
  );
}

type Level = BookShape["bids"][number];

/** Sizes added up from the best price outwards. */
export function gathered(levels: readonly Level[]): string[] {
  let sum: Decimal = { units: 0n, scale: 0 };
  return levels.map((level) => {
    sum = plus(sum, parse(level.size) ?? { units: 0n, scale: 0 });
    return text(sum);
  });
}

function Depth({ book }: { book: BookShape }) {
  const [bids, asks] = [book.bids.slice(0, LEVELS), book.asks.slice(0, LEVELS)];
  const sums = { bids: gathered(bids), asks: gathered(asks) };
  const most = Math.max(drawn(sums.bids.at(-1)) ?? 0, drawn(sums.asks.at(-1)) ?? 0);
  const bps = bids[0] && asks[0] ? spreadBps(bids[0].price, asks[0].price) : null;
  const row = (level: Level, sum: string | undefined, side: "bid" | "ask") => (
    <tr key={side + level.price} className={side}>
      <td className="num">{exact(level.price)}</td>
      <td className="num muted">{exact(level.size)}</td>
      <td className="num depth">
        <i style={{ width: `${most > 0 ? ((drawn(sum) ?? 0) / most) * 100 : 0}%` }} />
        <span>{exact(sum)}</span>
      </td>
    </tr>
  );
  return (
    <Card className="o3" title="Order book" note={<At at={book.at} />}>
      <table className="dense book">
        <caption className="sr">
          Order book of {book.symbol}: asks above the spread, bids below
        </caption>
        <thead>
          <tr>
            <th scope="col" className="num">
              Price
            </th>
            <th scope="col" className="num">
              Size
            </th>
            <th scope="col" className="num">
              Gathered
            </th>
          </tr>
        </thead>
        <tbody>
          {asks.map((level, place) => row(level, sums.asks[place], "ask")).reverse()}
          <tr className="spread">
            <th scope="row" colSpan={3}>
              {bps === null ? "One side is empty." : `Spread ${bps.toFixed(2)} bps`}
            </th>
          </tr>
          {bids.map((level, place) => row(level, sums.bids[place], "bid"))}
        </tbody>
      </table>
    </Card>
  );
}
