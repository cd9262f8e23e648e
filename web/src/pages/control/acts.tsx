/** Halt, flatten and resume the arena: what each would do, and what it needs before it does. */

import { useState } from "react";

import { useArms, usePositions } from "../../api/queries";
import type { Arm, Position } from "../../api/types";
import { total } from "../../figures/decimal";
import { money, signedMoney } from "../../figures/figures";
import { Card } from "../../parts/card";
import { Pnl } from "../../parts/figure";
import { Tag } from "../../parts/tag";
import { armTitle } from "../../arms/look";
import { useCommanding } from "./commanding";
import { Why } from "./why";

const PHRASE = "FLATTEN";

export function Acts() {
  const arms = useArms().data?.items ?? [];
  const positions = usePositions().data?.items ?? [];
  return (
    <div className="acts">
      <Halt arms={arms} />
      <Flatten positions={positions} />
      <Resume arms={arms} />
    </div>
  );
}

function Halt({ arms }: { arms: readonly Arm[] }) {
  const { allowed, busy, command } = useCommanding();
  const [asks, setAsks] = useState(false);
  const going = arms.filter((arm) => arm.haltedReason === null).length;
  return (
    <Card title="Halt" actions={<span className="small faint">reversible</span>}>
      <div className="body">
        <p>
          No arm takes new risk. <b>Positions stay open</b> and keep their stops.
        </p>
        <p className="small muted">Models are still asked, and may close and tighten.</p>
        <div className="end">
          <button
            type="button"
            className="btn"
            disabled={!allowed || busy || going === 0}
            onClick={() => {
              setAsks(true);
            }}
          >
            {going === 0 ? "❚❚ Nothing to halt" : `❚❚ Halt ${armsOf(going)}`}
          </button>
        </div>
      </div>
      <div className="thumb narrow">
        <button
          type="button"
          className="btn"
          disabled={!allowed || busy || going === 0}
          onClick={() => {
            setAsks(true);
          }}
        >
          ❚❚ Halt all
        </button>
        <a className="btn danger" href="#flatten">
          ■ Flatten…
        </a>
      </div>
      {asks && (
        <Why
          title="Halt the arena"
          action="Halt"
          onReason={(reason) => command("control/halt", { reason })}
          onClose={() => {
            setAsks(false);
          }}
        />
      )}
    </Card>
  );
}

function Flatten({ positions }: { positions: readonly Position[] }) {
  const { allowed, busy, command } = useCommanding();
  const [phrase, setPhrase] = useState("");
  const [asks, setAsks] = useState(false);
  const gain = total(positions.map((one) => one.unrealizedPnl));
  return (
    <Card id="flatten" title="Flatten" actions={<Tag tone="loss">not reversible</Tag>}>
      <div className="body">
        <p>
          Halts, then closes{" "}
          {positions.length === 1 ? "1 position" : `${positions.length} positions`} at the market,
          with trigger HALT{positions.length > 0 ? ":" : "."}
        </p>
        {positions.length > 0 && <WouldClose positions={positions} gain={gain} />}
        <div className="end">
          <label className="in">
            Type {PHRASE} to arm the button
            <input
              className="txt code"
              value={phrase}
              disabled={!allowed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setPhrase(event.target.value);
              }}
            />
          </label>
          <button
            type="button"
            className="btn danger"
            disabled={!allowed || busy || phrase !== PHRASE}
            onClick={() => {
              setAsks(true);
            }}
          >
            ■ Flatten
          </button>
        </div>
      </div>
      {asks && (
        <Why
          title="Flatten the arena"
          action="■ Flatten now"
          danger
          onReason={(reason) => {
            setPhrase("");
            return command("control/flatten", { reason });
          }}
          onClose={() => {
            setAsks(false);
          }}
        >
          <p>
            {positions.length} positions close; about <b>{signedMoney(gain)}</b> before fees and
            spread.
          </p>
        </Why>
      )}
    </Card>
  );
}

/** What a flatten would sell and buy, and about what that would bring, before costs. */
function WouldClose({ positions, gain }: { positions: readonly Position[]; gain: string | null }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="What a flatten would close">
      <table>
        <caption className="sr">What a flatten would close</caption>
        <thead>
          <tr>
            <th>Order</th>
            <th>Arm</th>
            <th className="num">Notional</th>
            <th className="num">Would realize</th>
          </tr>
        </thead>
        <tbody>
          {positions.map((one) => (
            <tr key={one.id}>
              <td className="nowrap">
                {one.side === "LONG" ? "SELL" : "BUY"} <b>{one.symbol}</b>
              </td>
              <td>{armTitle(one.arm)}</td>
              <td className="num">{money(one.notional)}</td>
              <td className="num">
                <Pnl value={one.unrealizedPnl} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td colSpan={2}>at the last marks, before fees and spread</td>
            <td className="num">{money(total(positions.map((one) => one.notional)))}</td>
            <td className="num">
              <Pnl value={gain} />
            </td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function Resume({ arms }: { arms: readonly Arm[] }) {
  const { allowed, busy, command } = useCommanding();
  const [asks, setAsks] = useState(false);
  const halted = arms.filter((arm) => arm.haltedReason !== null);
  return (
    <Card title="Resume">
      <div className="body">
        {halted.length === 0 ? (
          <p>No arm is halted.</p>
        ) : (
          <p>
            <b>{armsOf(halted.length)}</b> {halted.length === 1 ? "is" : "are"} halted; each can be
            resumed by itself below.
          </p>
        )}
        <p className="small muted">
          Who resumes an arm accepts what it has lost: its peak begins anew. A resume asks for a
          reason and is written to the log.
        </p>
        <div className="end">
          <button
            type="button"
            className="btn"
            disabled={!allowed || busy || halted.length === 0}
            onClick={() => {
              setAsks(true);
            }}
          >
            ▶ {halted.length === 0 ? "Nothing to resume" : `Resume ${armsOf(halted.length)}`}
          </button>
        </div>
      </div>
      {asks && (
        <Why
          title={`Resume ${armsOf(halted.length)}`}
          action="▶ Resume"
          onReason={(reason) => command("control/resume", { reason })}
          onClose={() => {
            setAsks(false);
          }}
        >
          <p className="small muted">{halted.map(armTitle).join(", ")}</p>
        </Why>
      )}
    </Card>
  );
}

function armsOf(count: number): string {
  return count === 1 ? "1 arm" : `${count} arms`;
}
