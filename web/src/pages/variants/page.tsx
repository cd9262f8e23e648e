/** What the arms of each variant did together. */

import "./variants.css";

import { Link } from "wouter";

import { useLeaderboard, useVariantAggregates, useVariants } from "../../api/queries";
import type { LeaderboardRow, Variant, VariantAggregate } from "../../api/types";
import { Glyph } from "../../arms/glyph";
import { ArmLabel } from "../../arms/label";
import { MOST_FOCUS } from "../../charts/race/series";
import { count, money, share } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Pnl, Return } from "../../parts/figure";
import { Pairs } from "../../parts/pairs";
import { Loaded } from "../../parts/states";
import { useTitle } from "../../shell/title";

export default function VariantsPage() {
  useTitle("Variants");
  const variants = useVariants().data?.items ?? [];
  const query = useVariantAggregates();
  const ranked = useLeaderboard(false).data?.items ?? [];
  return (
    <>
      <div className="pagehead">
        <h1>Variants</h1>
        <span className="faint small">models and coded rules; controls are not counted</span>
      </div>
      <Loaded query={query} what="The variants" rows={8}>
        {({ items }) => (
          <div className="variants">
            {items.map((one) => (
              <Aggregate
                key={one.variant}
                aggregate={one}
                variant={variants.find(({ id }) => id === one.variant)}
                rows={ranked.filter(
                  ({ arm }) => arm.variant === one.variant && arm.kind !== "CONTROL",
                )}
              />
            ))}
          </div>
        )}
      </Loaded>
    </>
  );
}

interface AggregateProps {
  aggregate: VariantAggregate;
  variant: Variant | undefined;
  /** Its competitors, the best first. */
  rows: readonly LeaderboardRow[];
}

function Aggregate({ aggregate, variant, rows }: AggregateProps) {
  const { arms, nav, trades, wins } = aggregate;
  return (
    <Card
      title={
        <span className="v">
          <Glyph variant={aggregate.variant} /> {variant?.label ?? aggregate.variant}
        </span>
      }
      note={`${count(arms)} ${arms === 1 ? "arm" : "arms"}`}
      footer={variant?.description}
    >
      <div className="body">
        <p className="came">
          <Return value={aggregate.return} />
        </p>
        <Pairs
          pairs={[
            ["NAV", arms > 0 ? money(nav) : "–"],
            ["Starting capital", money(aggregate.startingCapital)],
            ["Net P&L of trades", <Pnl key="net" value={aggregate.netPnl} />],
            ["Trades", count(trades)],
            ["Won", trades > 0 ? `${count(wins)} (${share(wins / trades)})` : "no closed trade yet"],
            ["Fees", money(aggregate.fees)],
            ["Funding", <Pnl key="funding" value={aggregate.funding} />],
            ["Decisions", count(aggregate.invocations)],
            ["Failures", count(aggregate.failures)],
          ]}
        />
      </div>
      {rows.length > 0 && <Members rows={rows} />}
    </Card>
  );
}

function Members({ rows }: { rows: readonly LeaderboardRow[] }) {
  const ids = rows.slice(0, MOST_FOCUS).map(({ arm }) => `arm=${arm.id}`);
  return (
    <>
      <table className="members">
        <caption className="sr">Its arms, by return</caption>
        <tbody>
          {rows.map((row) => (
            <tr key={row.arm.id}>
              <th scope="row">
                <ArmLabel arm={row.arm} />
              </th>
              <td className="num">
                <Return value={row.return} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > 1 && (
        <p className="body">
          <Link className="link small" href={`/compare?${ids.join("&")}`}>
            Compare its arms →
          </Link>
        </p>
      )}
    </>
  );
}
