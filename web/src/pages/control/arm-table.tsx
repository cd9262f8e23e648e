/** Every arm with its state, its money, and what an operator may do with it alone. */

import { useState, type ReactNode } from "react";

import { useArms, usePositions } from "../../api/queries";
import type { Arm } from "../../api/types";
import { ArmLabel } from "../../arms/label";
import { armTitle } from "../../arms/look";
import { total } from "../../figures/decimal";
import { money, signedMoney } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Pnl } from "../../parts/figure";
import { Loaded } from "../../parts/states";
import { Table, type Column } from "../../parts/table";
import { ArmStateTag } from "../../parts/tag";
import { AddArm } from "./arms/add";
import { Reset, Settings } from "./arms/more";
import { useCommanding } from "./commanding";
import { Why } from "./why";

type Verb = "halt" | "resume" | "enable" | "disable";
type Rare = "settings" | "reset";

const TITLES: Record<Verb | Rare, string> = {
  halt: "Halt",
  resume: "Resume",
  enable: "Enable",
  disable: "Disable",
  settings: "Settings",
  reset: "Reset",
};
const WORDS: Record<Verb, string> = {
  halt: "It takes no new risk; it is still asked, and its exits go on.",
  resume: "It may take risk again. Its peak begins anew: the drawdown so far is accepted.",
  enable: "It is asked again, from the next tick on.",
  disable: "It is asked nothing more, and spends nothing; exits of what it holds go on.",
};

export function ArmTable() {
  const arms = useArms();
  const [asked, setAsked] = useState<{ arm: Arm; verb: Verb | Rare } | null>(null);
  const actions: Column<Arm> = {
    id: "act",
    head: <span className="sr">Actions</span>,
    cell: (arm) => (
      <ArmActions
        arm={arm}
        onAsk={(verb) => {
          setAsked({ arm, verb });
        }}
      />
    ),
  };
  return (
    <Card
      className="o3"
      title="Arms"
      note={<Risk arms={arms.data?.items ?? []} />}
      actions={<AddArm />}
    >
      <Loaded query={arms} what="The arms">
        {({ items }) => (
          <Table
            caption="Arms, their state, and what may be done with each"
            className="dense"
            columns={[...COLUMNS, actions]}
            rows={items}
            rowKey={(arm) => arm.id}
            card={(arm) => <ArmCard arm={arm} actions={actions.cell(arm)} />}
            footer={
              <tr>
                <td colSpan={2}>{items.length} arms</td>
                <td className="num">{money(total(items.map((arm) => arm.nav)))}</td>
                <td colSpan={4} />
              </tr>
            }
          />
        )}
      </Loaded>
      {asked && <Asked arm={asked.arm} verb={asked.verb} onClose={() => setAsked(null)} />}
    </Card>
  );
}

function ArmCard({ arm, actions }: { arm: Arm; actions: ReactNode }) {
  return (
    <>
      <div className="r">
        <ArmLabel arm={arm} />
        <b className="end">{money(arm.nav)}</b>
      </div>
      <div className="r small muted">
        <ArmStateTag state={arm.state} />
        <span>{arm.positions} open</span>
        <span className="end">
          today <Pnl value={today(arm)} />
        </span>
      </div>
      {arm.haltedReason && <p className="small muted">{arm.haltedReason}</p>}
      {arm.unaskedReason && <p className="small muted">asked nothing: {arm.unaskedReason}</p>}
      {actions}
    </>
  );
}

function Asked({ arm, verb, onClose }: { arm: Arm; verb: Verb | Rare; onClose: () => void }) {
  const { command } = useCommanding();
  if (verb === "settings") return <Settings arm={arm} onClose={onClose} />;
  if (verb === "reset") return <Reset arm={arm} onClose={onClose} />;
  return (
    <Why
      title={`${TITLES[verb]} ${armTitle(arm)}`}
      action={TITLES[verb]}
      onReason={(reason) => command(...requestOf(verb, arm.id, reason))}
      onClose={onClose}
    >
      <p>{WORDS[verb]}</p>
    </Why>
  );
}

function requestOf(verb: Verb, id: string, reason: string): [string, object] {
  const ofArena = verb === "halt" || verb === "resume";
  return ofArena
    ? [`control/${verb}`, { models: [id], reason }]
    : [`arms/${id}/${verb}`, { reason }];
}

function ArmActions({ arm, onAsk }: { arm: Arm; onAsk: (verb: Verb | Rare) => void }) {
  const { allowed, busy } = useCommanding();
  const verbs: (Verb | Rare)[] = [
    arm.haltedReason === null ? "halt" : "resume",
    arm.enabled ? "disable" : "enable",
    ...(arm.kind === "LLM" ? (["settings"] as const) : []),
    "reset",
  ];
  return (
    <div className="rowacts">
      {verbs.map((verb) => (
        <button
          key={verb}
          type="button"
          className="btn quiet"
          disabled={!allowed || busy}
          aria-label={`${TITLES[verb]} ${armTitle(arm)}`}
          onClick={() => {
            onAsk(verb);
          }}
        >
          {TITLES[verb]}
          {(verb === "reset" || verb === "settings") && "…"}
        </button>
      ))}
    </div>
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

const COLUMNS: Column<Arm>[] = [
  { id: "arm", head: "Arm", cell: (arm) => <ArmLabel arm={arm} /> },
  {
    id: "state",
    head: "State",
    by: (arm) => arm.state,
    cell: (arm) => (
      <>
        <ArmStateTag state={arm.state} />
        {arm.haltedReason && <p className="small muted">{arm.haltedReason}</p>}
        {arm.unaskedReason && <p className="small muted">asked nothing: {arm.unaskedReason}</p>}
      </>
    ),
  },
  { id: "nav", head: "NAV", numeric: true, cell: (arm) => <b>{money(arm.nav)}</b> },
  { id: "today", head: "Today", numeric: true, cell: (arm) => <Pnl value={today(arm)} /> },
  {
    id: "open",
    head: "Open",
    numeric: true,
    by: (arm) => arm.positions,
    cell: (arm) => arm.positions,
  },
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
