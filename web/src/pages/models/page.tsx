/** All arms in one table: how each is run and how it stands. */

import { useArms } from "../../api/queries";
import type { Arm } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { count, drawn, money } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At } from "../../parts/figure";
import { Export } from "../../parts/exporting";
import { Empty, Loaded } from "../../parts/states";
import { Table, type Column } from "../../parts/table";
import { ArmStateTag } from "../../parts/tag";
import { useTitle } from "../../shell/title";

export default function ModelsPage() {
  useTitle("Models");
  const query = useArms();
  return (
    <>
      <div className="pagehead">
        <h1>Models</h1>
      </div>
      <Card title="Arms" actions={<Export path="arms" />}>
        <Loaded query={query} what="The arms" rows={12}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No arm competes yet." />
            ) : (
              <Table
                caption="Arms"
                className="dense"
                columns={COLUMNS}
                rows={items}
                rowKey={(arm) => arm.id}
                card={(arm) => <ArmCard arm={arm} />}
              />
            )
          }
        </Loaded>
      </Card>
    </>
  );
}

const COLUMNS: Column<Arm>[] = [
  { id: "arm", head: "Arm", by: (arm) => arm.name, cell: (arm) => <ArmLabel arm={arm} /> },
  { id: "state", head: "State", by: (arm) => arm.state, cell: (arm) => <ArmStateTag state={arm.state} /> },
  { id: "kind", head: "Kind", className: "small muted", by: (arm) => arm.kind, cell: (arm) => arm.kind },
  { id: "model", head: "Model", className: "small muted", cell: (arm) => arm.model },
  {
    id: "nav",
    head: "NAV",
    numeric: true,
    by: (arm) => drawn(arm.nav),
    cell: (arm) => <b>{money(arm.nav)}</b>,
  },
  { id: "open", head: "Open", numeric: true, by: (arm) => arm.positions, cell: (arm) => count(arm.positions) },
  { id: "trades", head: "Trades", numeric: true, by: (arm) => arm.trades, cell: (arm) => count(arm.trades) },
  {
    id: "missed",
    head: "Missed",
    numeric: true,
    by: (arm) => arm.counters.missed,
    cell: (arm) => count(arm.counters.missed),
  },
  {
    id: "inference",
    head: "Inference",
    numeric: true,
    by: (arm) => drawn(arm.inferenceCost),
    cell: (arm) => money(arm.inferenceCost),
  },
  {
    id: "last",
    head: "Last decision",
    numeric: true,
    className: "small muted",
    cell: (arm) => <At at={arm.lastInvocationAt} />,
  },
];

function ArmCard({ arm }: { arm: Arm }) {
  return (
    <>
      <div className="r">
        <ArmLabel arm={arm} />
        <b className="end">{money(arm.nav)}</b>
      </div>
      <div className="r small muted">
        <ArmStateTag state={arm.state} />
        <span className="end">
          {count(arm.positions)} open · {count(arm.trades)} trades
        </span>
      </div>
    </>
  );
}
