/** What the arms of each variant did together. */

import "./variants.css";

import { useVariantAggregates, useVariants } from "../../api/queries";
import type { Variant, VariantAggregate } from "../../api/types";
import { Glyph } from "../../arms/glyph";
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
}

function Aggregate({ aggregate, variant }: AggregateProps) {
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
    </Card>
  );
}
