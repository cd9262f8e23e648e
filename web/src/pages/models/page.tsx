/** All arms in one table: how each is run and how it stands. */

import { useArms, useLeaderboard } from "../../api/queries";
import type { Arm } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { KINDS } from "../../arms/look";
import { ABSENT, count, drawn, money } from "../../figures/figures";
import { Card } from "../../parts/card";
import { At, Return } from "../../parts/figure";
import { Export } from "../../parts/exporting";
import { Empty, Loaded } from "../../parts/states";
import { Table, type Column } from "../../parts/table";
import { ArmStateTag } from "../../parts/tag";
import { useTitle } from "../../shell/title";

export default function ModelsPage() {
  useTitle("Models");
  const query = useArms();
  const ranked = useLeaderboard(false).data?.items ?? [];
  const returns = new Map(ranked.map((row) => [row.arm.id, row.return]));
  return (
    <>
      <div className="pagehead">
        <h1>Models</h1>
      </div>
      <Card title="Arms" note={query.data && countWords(query.data.items)} actions={<Export path="arms" />}>
        <Loaded query={query} what="The arms" rows={12}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No arm competes yet." />
            ) : (
              <Table
                caption="Arms"
                className="dense"
                columns={columnsOf(returns)}
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

type Returns = ReadonlyMap<string, number | null>;

const columnsOf = (returns: Returns): Column<Arm>[] => [
  { id: "arm", head: "Arm", by: (arm) => arm.name, cell: (arm) => <ArmLabel arm={arm} /> },
  { id: "state", head: "State", by: (arm) => arm.state, cell: (arm) => <ArmStateTag state={arm.state} /> },
  {
    id: "kind",
    head: "Kind",
    className: "small muted",
    by: (arm) => arm.kind,
    cell: (arm) => KINDS[arm.kind],
  },
  {
    id: "model",
    head: "Model",
    className: "small muted",
    by: (arm) => arm.model,
    cell: (arm) => (arm.kind === "LLM" || arm.kind === "EXTERNAL" ? arm.model : ABSENT),
  },
  {
    id: "policy",
    head: "Policy",
    className: "small muted",
    by: (arm) => arm.policy,
    cell: (arm) => arm.policy,
  },
  {
    id: "nav",
    head: "NAV",
    numeric: true,
    by: (arm) => drawn(arm.nav),
    cell: (arm) => <b>{money(arm.nav)}</b>,
  },
  {
    id: "return",
    head: "Return",
    numeric: true,
    by: (arm) => returns.get(arm.id) ?? null,
    cell: (arm) => <Return value={returns.get(arm.id)} />,
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

function countWords(arms: readonly Arm[]): string {
  const controls = arms.filter((arm) => arm.kind === "CONTROL").length;
  return `${count(arms.length - controls)} competitors, ${count(controls)} controls`;
}

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
