/** Every arm with its state, its money, and what an operator may do with it alone. */

import { useState } from "react";

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
import { useCommanding } from "./commanding";
import { Why } from "./why";

type Verb = "halt" | "resume" | "enable" | "disable";

const TITLES: Record<Verb, string> = {
  halt: "Halt",
  resume: "Resume",
  enable: "Enable",
  disable: "Disable",
};
const WORDS: Record<Verb, string> = {
  halt: "It takes no new risk; it is still asked, and its exits go on.",
  resume: "It may take risk again. Its peak begins anew: the drawdown so far is accepted.",
  enable: "It is asked again, from the next tick on.",
  disable: "It is asked nothing more, and spends nothing; exits of what it holds go on.",
};

export function ArmTable() {
  const arms = useArms();
  const { command } = useCommanding();
  const [asked, setAsked] = useState<{ arm: Arm; verb: Verb } | null>(null);
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
    <Card title="Arms" note={<Risk arms={arms.data?.items ?? []} />}>
      <Loaded query={arms} what="The arms">
        {({ items }) => (
          <Table
            caption="Arms, their state, and what may be done with each"
            className="dense"
            columns={[...COLUMNS, actions]}
            rows={items}
            rowKey={(arm) => arm.id}
            footer={
              <tr>
                <td colSpan={3}>{items.length} arms</td>
                <td className="num">{money(total(items.map((arm) => arm.nav)))}</td>
                <td colSpan={4} />
              </tr>
            }
          />
        )}
      </Loaded>
      {asked && (
        <Why
          title={`${TITLES[asked.verb]} ${armTitle(asked.arm)}`}
          action={TITLES[asked.verb]}
          onReason={(reason) => command(...requestOf(asked.verb, asked.arm.id, reason))}
          onClose={() => {
            setAsked(null);
          }}
        >
          <p>{WORDS[asked.verb]}</p>
        </Why>
      )}
    </Card>
  );
}

function requestOf(verb: Verb, id: string, reason: string): [string, object] {
  const ofArena = verb === "halt" || verb === "resume";
  return ofArena
    ? [`control/${verb}`, { models: [id], reason }]
    : [`arms/${id}/${verb}`, { reason }];
}

function ArmActions({ arm, onAsk }: { arm: Arm; onAsk: (verb: Verb) => void }) {
  const { allowed, busy } = useCommanding();
  const verbs: Verb[] = [
    arm.haltedReason === null ? "halt" : "resume",
    arm.enabled ? "disable" : "enable",
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
    cell: (arm) => <ArmStateTag state={arm.state} />,
  },
  { id: "why", head: "Why", className: "small", cell: (arm) => arm.haltedReason },
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
