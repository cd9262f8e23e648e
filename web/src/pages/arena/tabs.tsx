/** Positions, Trades, Decisions: of all arms, or of one. */

import { useArms, useInvocations, usePositions, useTrades } from "../../api/queries";
import { armTitle } from "../../arms/look";
import { count } from "../../figures/figures";
import { Decision } from "../../lists/decisions";
import { Positions } from "../../lists/positions";
import { Trades } from "../../lists/trades";
import { Export } from "../../parts/exporting";
import { Paged } from "../../parts/paged";
import { Empty, Loaded } from "../../parts/states";
import { Tabs } from "../../parts/tabs";
import { useView, type TabId } from "./view";

const PATHS: Record<TabId, string> = {
  positions: "positions",
  trades: "trades",
  decisions: "invocations",
};

export function ArenaTabs() {
  const [view, change] = useView();
  const filters = view.arm ? { model: view.arm } : {};
  const positions = usePositions(filters);
  const arms = useArms().data?.items ?? [];
  const mine = view.arm ? arms.filter((arm) => arm.id === view.arm) : arms;
  const closed = mine.reduce((sum, arm) => sum + arm.trades, 0);
  const open = positions.data?.items.length;
  return (
    <Tabs<TabId>
      id="tabs"
      label="Positions, trades and decisions"
      chosen={view.tab}
      onChoose={(tab) => change({ tab })}
      tabs={[
        {
          id: "positions",
          label: "Positions",
          count: open === undefined ? undefined : count(open),
          panel: () => (
            <Loaded query={positions} what="The positions">
              {({ items }) =>
                items.length > 0 ? (
                  <Positions positions={items} />
                ) : (
                  <Empty title="No position is open.">
                    <button type="button" className="link" onClick={() => change({ tab: "trades" })}>
                      See the last trades
                    </button>
                  </Empty>
                )
              }
            </Loaded>
          ),
        },
        {
          id: "trades",
          label: "Trades",
          count: arms.length > 0 ? count(closed) : undefined,
          panel: () => <TradesPanel filters={filters} />,
        },
        { id: "decisions", label: "Decisions", panel: () => <DecisionsPanel filters={filters} /> },
      ]}
      actions={
        <>
          <select
            className="select"
            aria-label="Arm"
            value={view.arm}
            onChange={(event) => change({ arm: event.target.value })}
          >
            <option value="">All arms</option>
            {arms.map((arm) => (
              <option key={arm.id} value={arm.id}>
                {armTitle(arm)}
              </option>
            ))}
          </select>
          <Export path={PATHS[view.tab]} filters={filters} />
        </>
      }
    />
  );
}

interface PanelProps {
  filters: Record<string, string>;
}

function TradesPanel({ filters }: PanelProps) {
  return (
    <Paged query={useTrades(filters)} what="The trades" empty="No trade has closed yet.">
      {(trades) => <Trades trades={trades} />}
    </Paged>
  );
}

function DecisionsPanel({ filters }: PanelProps) {
  return (
    <Paged query={useInvocations(filters)} what="The decisions" empty="Nobody has decided yet.">
      {(invocations) =>
        invocations.map((invocation) => <Decision key={invocation.id} invocation={invocation} />)
      }
    </Paged>
  );
}
