/** Funding of one symbol: what all arms together received at each settlement. */

import { useFunding } from "../../api/queries";
import type { Settlement } from "../../api/types";
import { drawn, signedMoney } from "../../figures/figures";
import { day, millis } from "../../figures/time";
import { extent, linear } from "../../charts/scale";
import { useWidth } from "../../charts/width";
import { Card } from "../../parts/card";
import { Export } from "../../parts/exporting";
import { At, Pnl } from "../../parts/figure";
import { Paged } from "../../parts/paged";
import { Table, type Column } from "../../parts/table";

const HEIGHT = 92;
const PAD = 18;
const WIDEST_BAR = 10;

export function Funding({ symbol }: { symbol: string }) {
  const query = useFunding(symbol);
  return (
    <Card
      className="o4"
      title="Funding history"
      note="received by all arms together; paid is negative"
      actions={<Export path={`market/${symbol}/funding`} />}
    >
      <Paged
        query={query}
        what="The funding"
        empty="No settlement yet: no arm held this symbol when one was due."
      >
        {(items) => (
          <>
            <Bars items={items} symbol={symbol} />
            <div className="settlements">
              <Table
                caption={`Funding settlements of ${symbol}, newest first`}
                className="dense"
                columns={COLUMNS}
                rows={items}
                rowKey={(one) => one.at}
              />
            </div>
          </>
        )}
      </Paged>
    </Card>
  );
}

const COLUMNS: Column<Settlement>[] = [
  { id: "at", head: "Settled", className: "small muted", cell: (one) => <At at={one.at} /> },
  { id: "arms", head: "Arms", numeric: true, cell: (one) => one.arms },
  {
    id: "amount",
    head: "Received",
    numeric: true,
    by: (one) => drawn(one.amount),
    cell: (one) => <Pnl value={one.amount} />,
  },
];

/** Up is received, down is paid; paid is hatched, so that it is told without colour. */
function Bars({ items, symbol }: { items: readonly Settlement[]; symbol: string }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const points = items.map((one) => ({ t: millis(one.at) ?? 0, v: drawn(one.amount) ?? 0 }));
  const times = extent(points.map(({ t }) => t));
  const [last, first] = [points[0], points.at(-1)];
  const domain = extent([0, ...points.map(({ v }) => v)], 0);
  if (!times || !domain || !last || !first || points.length < 2) return null;
  const bar = Math.max(1, Math.min(WIDEST_BAR, ((width - 80) / points.length) * 0.7));
  const x = linear([first.t, last.t], [64, width - 20]);
  const y = linear(domain, [HEIGHT - PAD, 6]);
  return (
    <div className="body" ref={element}>
      <svg
        className="chart"
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={`Funding of ${symbol} at ${points.length} settlements, the newest ${signedMoney(last.v)}`}
      >
        <line className="zero" x1="56" x2={width - 8} y1={y(0)} y2={y(0)} />
        {[...new Set([domain[0], 0, domain[1]])].map((value) => (
          <text key={value} x="50" y={y(value) + 4} textAnchor="end">
            {signedMoney(Number(value.toFixed(2)))}
          </text>
        ))}
        {points.map(({ t, v }) => (
          <rect
            key={t}
            x={x(t) - bar / 2}
            width={bar}
            y={Math.min(y(0), y(v))}
            height={Math.max(0.5, Math.abs(y(v) - y(0)))}
            fill={v < 0 ? "url(#hatch)" : "var(--gain)"}
          />
        ))}
        <text x="64" y={HEIGHT - 2}>
          {day(first.t)}
        </text>
        <text x={width - 10} y={HEIGHT - 2} textAnchor="end">
          {day(last.t)}
        </text>
      </svg>
    </div>
  );
}
