/** NAV, drawdown and leverage of one arm over a range of time. */

import { useState } from "react";

import { useAllTrades, useArms, useNav } from "../../api/queries";
import type { Arm, NavHistory, Position, Trade } from "../../api/types";
import { useLooks } from "../../arms/context";
import { armTitle } from "../../arms/look";
import { Curve } from "../../charts/curve/chart";
import { drawn, money } from "../../figures/figures";
import { DAY } from "../../figures/time";
import { Card } from "../../parts/card";
import { Segments } from "../../parts/segments";
import { Empty, Loaded } from "../../parts/states";
import { useArenaNow } from "../../shell/clock";
import { useSteady } from "../../shell/steady";

const RANGES = [
  { id: "24h", label: "24 h", ms: DAY },
  { id: "7d", label: "7 d", ms: 7 * DAY },
  { id: "30d", label: "30 d", ms: 30 * DAY },
  { id: "all", label: "All", ms: null },
] as const;
type RangeId = (typeof RANGES)[number]["id"];

const READ_EVERY_MS = 5000;
const NO_TRADES: readonly Trade[] = [];

interface CurveCardProps {
  arm: Arm;
  positions: readonly Position[];
}

export function CurveCard({ arm, positions }: CurveCardProps) {
  const [range, setRange] = useState<RangeId>("all");
  const [costs, setCosts] = useState<"trading" | "net">("trading");
  const hold = useArms().data?.items.find(
    (one) => one.kind === "CONTROL" && one.name.startsWith("Hold") && one.id !== arm.id,
  );
  const model = hold ? [arm.id, hold.id] : [arm.id];
  const since = useFrom(range);
  const query = useNav({ model, net: costs === "net", points: 800, ...since });
  const trades = useAllTrades(arm.id, since.from).data ?? NO_TRADES;
  const look = useLooks().look(arm);
  return (
    <Card
      className="o2"
      title="NAV, drawdown, gross leverage"
      note={<Segments label="Range" choices={RANGES} chosen={range} onChoose={setRange} />}
      actions={
        <Segments
          label="Costs"
          choices={[
            { id: "trading", label: "Trading" },
            { id: "net", label: "After inference" },
          ]}
          chosen={costs}
          onChoose={setCosts}
        />
      }
      footer="Leverage at entry prices. Ticks below: missed cycles. Dashed: holding, from the same capital."
    >
      <div className="body chartbody">
        <Loaded query={query} what="The NAV" rows={9}>
          {({ items }) => {
            const mine = items.find((history) => history.arm.id === arm.id);
            if (!mine || mine.points.length === 0) return <Empty title="No NAV yet." />;
            return (
              <Curve
                history={mine}
                look={look}
                capital={drawn(arm.startingCapital) ?? 0}
                benchmark={items.find((history) => history.arm.id === hold?.id) ?? null}
                trades={trades}
                positions={positions}
                words={curveWords(arm, mine)}
              />
            );
          }}
        </Loaded>
      </div>
    </Card>
  );
}

function useFrom(range: RangeId): { from?: string } {
  // In a fast arena a range begins elsewhere each second, and all of it would be read again.
  const now = useSteady(useArenaNow(), READ_EVERY_MS);
  const ms = RANGES.find(({ id }) => id === range)?.ms;
  if (!ms || now === null) return {};
  const step = ms / 100;
  return { from: new Date(Math.floor((now - ms) / step) * step).toISOString() };
}

function curveWords(arm: Arm, history: NavHistory): string {
  const last = history.points.at(-1)?.nav;
  return `NAV of ${armTitle(arm)} from ${money(arm.startingCapital)} to ${money(last)}, with drawdown and gross leverage over time`;
}
