/** The operator's page: checks, arms and the log. What acts needs an admin token. */

import "../model/model.css";

import { useArms, useControlLog, useHealth, usePositions, useSession } from "../../api/queries";
import type { Arm, ControlEntry } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { total } from "../../figures/decimal";
import { money, signedMoney } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Checks, HealthTag } from "../../parts/checks";
import { At, Pnl } from "../../parts/figure";
import { Empty, Loaded } from "../../parts/states";
import { Table, type Column } from "../../parts/table";
import { ArmStateTag } from "../../parts/tag";
import { useTitle } from "../../shell/title";

export default function ControlPage() {
  useTitle("Control");
  const health = useHealth();
  const arms = useArms();
  const log = useControlLog();
  const session = useSession().data;
  return (
    <>
      <div className="pagehead">
        <h1>Control</h1>
        <span className="spacer" />
        <span className="small muted">{session?.scope === "admin" ? "Signed in as admin" : "Read only"}</span>
      </div>
      <ReadOnly admin={session?.scope === "admin"} />
      <div className="model-layout">
        <div>
          <Card title="Arms" note={<Risk arms={arms.data?.items ?? []} />}>
            <Loaded query={arms} what="The arms">
              {({ items }) => (
                <Table
                  caption="Arms and their state"
                  className="dense"
                  columns={ARM_COLUMNS}
                  rows={items.filter((arm) => arm.kind !== "CONTROL")}
                  rowKey={(arm) => arm.id}
                />
              )}
            </Loaded>
          </Card>
          <Card title="Log of control" note="append only">
            <Loaded query={log} what="The log">
              {({ items }) =>
                items.length === 0 ? (
                  <Empty title="Nobody has commanded anything yet." />
                ) : (
                  <Table
                    caption="Log of control"
                    className="dense"
                    columns={LOG_COLUMNS}
                    rows={items}
                    rowKey={(entry) => entry.id}
                  />
                )
              }
            </Loaded>
          </Card>
        </div>
        <div>
          <Card title="Safety checks" actions={health.data && <HealthTag health={health.data} />}>
            <Loaded query={health} what="The checks">
              {(data) => <Checks health={data} />}
            </Loaded>
          </Card>
        </div>
      </div>
    </>
  );
}

/** Controls stay visible, and say what they need. */
function ReadOnly({ admin }: { admin: boolean }) {
  if (admin) return null;
  return (
    <p className="readonly">
      <button type="button" className="btn" disabled>
        ❚❚ Halt
      </button>{" "}
      <button type="button" className="btn" disabled>
        ■ Flatten
      </button>{" "}
      <button type="button" className="btn" disabled>
        ▶ Resume
      </button>{" "}
      <span className="small muted">
        need an admin token: <code>autonome token create --scope admin</code>; meanwhile{" "}
        <code>autonome halt</code>, <code>flatten</code> and <code>resume</code> do the same.
      </span>
    </p>
  );
}

function Risk({ arms }: { arms: readonly Arm[] }) {
  const positions = usePositions().data?.items ?? [];
  const risk = total(positions.map((one) => one.riskToStop));
  return (
    <>
      NAV {money(total(arms.map((arm) => arm.nav)))} of{" "}
      {money(total(arms.map((arm) => arm.startingCapital)))} · P&L if every stop is hit{" "}
      {signedMoney(risk)}
    </>
  );
}

const ARM_COLUMNS: Column<Arm>[] = [
  { id: "arm", head: "Arm", cell: (arm) => <ArmLabel arm={arm} /> },
  { id: "state", head: "State", by: (arm) => arm.state, cell: (arm) => <ArmStateTag state={arm.state} /> },
  { id: "why", head: "Why", className: "small", cell: (arm) => arm.haltedReason },
  { id: "nav", head: "NAV", numeric: true, cell: (arm) => <b>{money(arm.nav)}</b> },
  {
    id: "today",
    head: "Today",
    numeric: true,
    cell: (arm) => <Pnl value={today(arm)} />,
  },
  { id: "open", head: "Open", numeric: true, by: (arm) => arm.positions, cell: (arm) => arm.positions },
  {
    id: "spent",
    head: "Tokens today",
    numeric: true,
    className: "small",
    cell: (arm) =>
      arm.spentToday ? (
        <>
          {money(arm.spentToday.cost)}
          {arm.spentToday.moneyPerDay && (
            <span className="faint"> of {money(arm.spentToday.moneyPerDay)}</span>
          )}
        </>
      ) : (
        <span className="faint">none</span>
      ),
  },
];

/** NAV now less NAV when the day began. */
function today(arm: Arm): string | null {
  if (arm.nav === null || arm.dayOpeningNav === null) return null;
  const opening = arm.dayOpeningNav;
  return total([arm.nav, opening.startsWith("-") ? opening.slice(1) : `-${opening}`]);
}

const LOG_COLUMNS: Column<ControlEntry>[] = [
  { id: "at", head: "Time", className: "small muted nowrap", cell: (row) => <At at={row.requestedAt} /> },
  { id: "who", head: "What", cell: (row) => (row.arm ? armTitle(row.arm) : "arena") },
  {
    id: "change",
    head: "Change",
    cell: (row) => (
      <>
        <code>{row.kind}</code> {row.reason} <span className="faint">{row.outcome}</span>
      </>
    ),
  },
  { id: "by", head: "By", className: "small muted nowrap", cell: (row) => row.requestedBy },
];
