/** The exit plan of a position: its bar, and in a dialog all of it in words. */

import { useRef, type ReactNode } from "react";
import { Link } from "wouter";

import type { Position } from "../api/types";
import { ArmLabel } from "../arms/label";
import { ExitPlanBar } from "../charts/exit-plan-bar";
import { exact, money, statistic } from "../figures/figures";
import { At, Pnl } from "../parts/figure";
import { SideMark } from "../parts/side";

/** The bar opens the whole exit plan. */
export function PlanButton({ position }: { position: Position }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className="plain"
        aria-haspopup="dialog"
        onClick={() => dialog.current?.showModal()}
      >
        <ExitPlanBar position={position} />
      </button>
      <dialog ref={dialog} className="dialog" aria-label="Exit plan">
        <header>
          <h2>
            <SideMark side={position.side} symbol={position.symbol} />
          </h2>
          <ArmLabel arm={position.arm} />
          <span className="spacer" />
          <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        <div className="body">
          <ExitPlanWords position={position} />
        </div>
      </dialog>
    </>
  );
}

/** The exit plan in words: every field that is there, and what hitting the stop would mean. */
function ExitPlanWords({ position }: { position: Position }) {
  const plan = position.exitPlan;
  const lines: [string, ReactNode][] = [
    ["Stop", position.stop ? exact(position.stop) : "none"],
    ["At the stop", <Pnl key="risk" value={position.riskToStop} />],
    ["Target", position.target ? exact(position.target) : position.trails ? "none, trails" : "none"],
    ["At the target", <Pnl key="reward" value={position.rewardToTarget} />],
    ["Liquidation", exact(position.liquidationPrice)],
    ["First stop", exact(position.firstStop)],
    ["Stop moved", position.stopMoves === null ? "–" : `${position.stopMoves}×`],
    ["Invalidation", plan?.invalidation ?? "none"],
    ["Invalidation price", exact(plan?.invalidationPrice)],
    ["Time exit", <At key="time" at={plan?.timeExit ?? null} />],
    ["Confidence", statistic(position.confidence)],
    ["Funding so far", <Pnl key="funding" value={position.funding} />],
    ["Fees so far", money(position.fees)],
    ["Opened", <At key="opened" at={position.openedAt} />],
  ];
  return (
    <>
      <dl className="kv">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {position.invocationId && (
        <p>
          <Link className="link small" href={`/invocations/${position.invocationId}`}>
            Why it was opened →
          </Link>
        </p>
      )}
    </>
  );
}
